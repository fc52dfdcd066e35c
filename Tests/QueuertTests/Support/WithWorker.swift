import Queuert

/// Runs a worker while a body runs, and stops it afterwards.
func withWorker<Adapter: StateAdapter, R: Sendable>(
    _ client: Client<Adapter>, _ processors: [Processor<Adapter>], _ body: @Sendable () async throws -> R
) async throws -> R {
    let configuration = Worker<Adapter>.Configuration(backoff: Backoff(initial: .milliseconds(1)))
    let worker = try Worker(client: client, processors: processors, configuration: configuration)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await worker.run() }
        // A body that throws cancels the group, which stops the worker.
        let result = try await body()
        await worker.stop()
        try await group.waitForAll()
        return result
    }
}
