/// One middleware, without its types, on its way around one attempt.
///
/// The context that it yields is kept for the handler, and for the middleware's own `prepare` and `complete`.
struct MiddlewareLayer: Sendable {
    let handle: @Sendable (AttemptDetails, @escaping () async throws -> Void) async throws -> Void
    let prepare: @Sendable (AttemptDetails, @escaping () async throws -> Void) async throws -> Void
    let complete: @Sendable (AttemptDetails, @escaping () async throws -> Void) async throws -> Void

    init<M: AttemptMiddleware>(_ middleware: M, keepingContextIn context: MiddlewareContext<M.Context>) {
        handle = { attempt, next in
            let call = MiddlewareCall(M.self)
            let next = MiddlewareNext<M.Context> { value in
                context.set(value)
                try await call.run(next)
            }
            try await middleware.handle(attempt, next)
            try call.check()
        }
        prepare = { attempt, next in
            let call = MiddlewareCall(M.self)
            let next = MiddlewareNext<Void> { try await call.run(next) }
            try await middleware.prepare(attempt, try context.get(M.self), next)
            try call.check()
        }
        complete = { attempt, next in
            let call = MiddlewareCall(M.self)
            let next = MiddlewareNext<Void> { try await call.run(next) }
            try await middleware.complete(attempt, try context.get(M.self), next)
            try call.check()
        }
    }
}

/// What one middleware gave to the handler of one attempt.
final class MiddlewareContext<Value: Sendable>: Sendable {
    private let value = Locked<Value?>(nil)

    func set(_ new: Value) { value.withLock { $0 = new } }

    func get(_ middleware: Any.Type) throws -> Value {
        guard let value = value.withLock({ $0 }) else {
            throw MiddlewareSkippedHandlerError(middleware: "\(middleware)")
        }
        return value
    }
}

/// Sees to it that a middleware runs what it is around.
private final class MiddlewareCall: Sendable {
    private let middleware: String
    private let hasRun = Locked(false)

    init(_ middleware: Any.Type) { self.middleware = "\(middleware)" }

    func run(_ next: () async throws -> Void) async throws {
        hasRun.withLock { $0 = true }
        try await next()
    }

    func check() throws {
        if !hasRun.withLock({ $0 }) { throw MiddlewareSkippedHandlerError(middleware: middleware) }
    }
}

/// The middleware of one attempt, the outermost first.
struct MiddlewareRun: Sendable {
    var layers: [MiddlewareLayer] = []
    var details = AttemptDetails(jobs: [], worker: "")

    func handle<R>(_ body: @escaping () async throws -> R) async throws -> R {
        try await around(layers.map(\.handle)[...], body)
    }

    func prepare<R>(_ body: @escaping () async throws -> R) async throws -> R {
        try await around(layers.map(\.prepare)[...], body)
    }

    func complete<R>(_ body: @escaping () async throws -> R) async throws -> R {
        try await around(layers.map(\.complete)[...], body)
    }

    private typealias Wrap = @Sendable (AttemptDetails, @escaping () async throws -> Void) async throws -> Void

    private func around<R>(_ wraps: ArraySlice<Wrap>, _ body: @escaping () async throws -> R) async throws -> R {
        guard let outermost = wraps.first else { return try await body() }
        var result: R?
        try await outermost(details) { result = try await around(wraps.dropFirst(), body) }
        // Each layer checks that what it is around has run.
        guard let result else { throw MiddlewareSkippedHandlerError(middleware: "A middleware") }
        return result
    }
}
