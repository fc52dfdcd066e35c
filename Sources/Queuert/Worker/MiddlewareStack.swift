/// The middleware that processors are made with, without their types.
struct MiddlewareStack<Context: Sendable>: Sendable {
    /// The types of the middleware, the outermost first.
    let types: [any AttemptMiddleware.Type]
    /// Begins an attempt: yields the middleware around it, and what the handler is given once all of them have run.
    let begin: @Sendable ([JobRow], _ worker: String) -> (MiddlewareRun, @Sendable () throws -> Context)
}

extension MiddlewareStack where Context == Void {
    /// No middleware.
    static var none: Self { Self(types: []) { _, _ in (MiddlewareRun(), {}) } }
}

extension MiddlewareStack {
    /// Runs the handler of attempts inside the middleware.
    func handle<R>(
        _ attempts: [Attempt], _ body: @escaping (Context, MiddlewareRun) async throws -> R
    ) async throws -> R {
        if types.isEmpty {
            let (run, context) = begin([], "")
            return try await body(try context(), run)
        }
        let (run, context) = begin(attempts.map(\.row), attempts[0].worker.id)
        return try await run.handle { try await body(try context(), run) }
    }
}
