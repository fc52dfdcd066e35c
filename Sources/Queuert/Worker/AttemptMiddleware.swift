/// Something that many handlers need around their work, such as the tenant that a job belongs to.
///
/// ```swift
/// struct Tenancy: AttemptMiddleware {
///     func handle(_ attempt: AttemptDetails, _ next: MiddlewareNext<Tenant>) async throws {
///         try await next(try await tenant(of: attempt))
///     }
/// }
/// let stack = Middleware(Tenancy(), Audit())
/// let resize = stack.atomic(ResizeImage.self) { job, context, db in
///     let (tenant, audit) = context.values
///     …
/// }
/// ```
public protocol AttemptMiddleware<Context>: Sendable {
    /// What handlers are given.
    associatedtype Context: Sendable = Void

    /// Runs around the handler, outside of its transaction if it has one.
    ///
    /// What it throws fails the attempt; but where the handler has a transaction, its result is committed when `next`
    /// returns, and stands.
    ///
    /// - Parameters:
    ///   - attempt: The attempt, or the batch of attempts.
    ///   - next: Runs the next middleware, or the handler. To be called once.
    /// - Throws: What `next` throws, or what the attempt is to fail with.
    func handle(_ attempt: AttemptDetails, _ next: MiddlewareNext<Context>) async throws

    /// Runs around the body of a staged handler's `prepare`, inside its transaction; around nothing of other handlers.
    ///
    /// It is not given the transaction's connection: what is to be written there the handler writes.
    ///
    /// - Parameters:
    ///   - attempt: The attempt.
    ///   - context: What the handler was given.
    ///   - next: Runs the next middleware, or the body. To be called once.
    /// - Throws: What `next` throws, or what undoes the transaction.
    func prepare(_ attempt: AttemptDetails, _ context: Context, _ next: MiddlewareNext<Void>) async throws

    /// Runs around what is committed with the result, inside the transaction: the body of `complete`, or of an atomic handler.
    ///
    /// A detached handler, alone or of a batch, has no transaction, and this is not called. It is not given the transaction's
    /// connection: what is to be written there the handler writes.
    ///
    /// - Parameters:
    ///   - attempt: The attempt, or the batch of attempts.
    ///   - context: What the handler was given.
    ///   - next: Runs the next middleware, or the body. To be called once.
    /// - Throws: What `next` throws, or what undoes the transaction.
    func complete(_ attempt: AttemptDetails, _ context: Context, _ next: MiddlewareNext<Void>) async throws
}

extension AttemptMiddleware {
    /// Runs the next.
    ///
    /// - Parameters:
    ///   - attempt: The attempt.
    ///   - context: What the handler was given.
    ///   - next: Runs the next middleware, or the body.
    /// - Throws: What `next` throws.
    public func prepare(
        _ attempt: AttemptDetails, _ context: Context, _ next: MiddlewareNext<Void>
    ) async throws { try await next() }

    /// Runs the next.
    ///
    /// - Parameters:
    ///   - attempt: The attempt.
    ///   - context: What the handler was given.
    ///   - next: Runs the next middleware, or the body.
    /// - Throws: What `next` throws.
    public func complete(
        _ attempt: AttemptDetails, _ context: Context, _ next: MiddlewareNext<Void>
    ) async throws { try await next() }
}

/// What a middleware is around: the next one, or the handler, or the body of a transaction.
public struct MiddlewareNext<Context> {
    let body: (Context) async throws -> Void

    /// Runs it.
    ///
    /// - Parameter context: What the handler is given.
    /// - Throws: What it throws.
    public func callAsFunction(_ context: Context) async throws { try await body(context) }
}

extension MiddlewareNext where Context == Void {
    /// Runs it.
    ///
    /// - Throws: What it throws.
    public func callAsFunction() async throws { try await body(()) }
}

/// What a middleware is told of an attempt, or of a batch of attempts.
public struct AttemptDetails: Sendable {
    /// The jobs as they are stored; one, unless it is a batch.
    public let jobs: [JobRow]
    /// The worker that has them.
    public let worker: String
}

/// A middleware that returned without having run what it is around: the attempt has failed.
public struct MiddlewareSkippedHandlerError: RedactedError, Sendable, Hashable {
    /// The name of the middleware's type.
    public let middleware: String

    /// What was wrong and what to do.
    public var description: String {
        "\(middleware) returned without calling `next`. Call it once, or throw what the attempt is to fail with."
    }
}

/// A processor without the middleware that its worker requires.
public struct MissingMiddlewareError: RedactedError, Sendable, Hashable {
    /// The name of the type of the processor's jobs.
    public let typeName: String
    /// What the worker requires, the outermost first.
    public let required: [String]
    /// What the processor has.
    public let actual: [String]

    /// What was wrong and what to do.
    public var description: String {
        """
        The processor of \(typeName) has the middleware [\(actual.joined(separator: ", "))], but its worker requires \
        [\(required.joined(separator: ", "))], in this order. Make it with a `Middleware` that has them.
        """
    }
}

extension Processor {
    /// Refuses a processor that lacks middleware, or has it in another order.
    func check(requires required: [any AttemptMiddleware.Type]) throws {
        var missing = required[...]
        for type in middleware {
            guard let next = missing.first else { break }
            if ObjectIdentifier(type) == ObjectIdentifier(next) { missing = missing.dropFirst() }
        }
        if missing.isEmpty { return }
        throw MissingMiddlewareError(
            typeName: typeName, required: required.map { "\($0)" }, actual: middleware.map { "\($0)" })
    }
}
