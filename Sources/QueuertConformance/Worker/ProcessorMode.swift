import Queuert

/// The ways in which a processor runs its handler, for cases that hold for each of them.
enum ProcessorMode: String, CaseIterable, Sendable {
    case atomic, staged, detached

    func processor<Kind: JobType, Adapter: StateAdapter>(
        _ type: Kind.Type, on _: Adapter.Type,
        handler: @escaping @Sendable (Job<Kind>) async throws -> Decision<Kind>
    ) -> Processor<Adapter> {
        switch self {
        case .atomic: .atomic(type) { job, _ in try await handler(job) }
        case .staged:
            .staged(type) { job, attempt in
                let decision = try await handler(job)
                return try await attempt.complete { _ in decision }
            }
        case .detached: .detached(type, handler: handler)
        }
    }
}
