/// Middleware around handlers, the outermost first; makes processors whose handlers are given what each middleware yields.
///
/// ```swift
/// let stack = Middleware(Tenancy(), Audit())
/// let processor: Processor<SQLiteStateAdapter> = stack.atomic(ResizeImage.self) { job, context, db in
///     let (tenant, audit) = context.values
///     …
/// }
/// ```
public struct Middleware<each Layer: AttemptMiddleware>: Sendable {
    /// What handlers are given.
    public struct Contexts: Sendable {
        /// The context of each middleware, in order; of a single one, its context itself.
        public let values: (repeat (each Layer).Context)
    }

    private let layers: (repeat each Layer)

    /// Makes a stack.
    ///
    /// - Parameter layers: The middleware, the outermost first.
    public init(_ layers: repeat each Layer) { self.layers = (repeat each layers) }

    var stack: MiddlewareStack<Contexts> {
        var types: [any AttemptMiddleware.Type] = []
        repeat types.append((each Layer).self)
        return MiddlewareStack(types: types, begin: begin)
    }

    @Sendable private func begin(
        _ jobs: [JobRow], _ worker: String
    ) -> (MiddlewareRun, @Sendable () throws -> Contexts) {
        let contexts = (repeat Self.context(of: each layers))
        var run = MiddlewareRun(details: AttemptDetails(jobs: jobs, worker: worker))
        repeat run.layers.append(MiddlewareLayer(each layers, keepingContextIn: each contexts))
        return (run, { Contexts(values: (repeat try (each contexts).get((each Layer).self))) })
    }

    private static func context<M: AttemptMiddleware>(of _: M) -> MiddlewareContext<M.Context> { MiddlewareContext() }

    /// Processes jobs in one transaction each, as ``Processor/atomic(_:backoff:maximumAttempts:timeout:handler:)``.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many failed attempts a job is not tried again; by default as the worker says.
    ///   - timeout: How long an attempt may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the job, what the middleware yielded and the transaction's connection, and decides how the
    ///     chain goes on.
    /// - Returns: The processor.
    public func atomic<Kind: JobType, Adapter: StateAdapter>(
        _ type: Kind.Type, backoff: Backoff? = nil, maximumAttempts: Int? = nil, timeout: Duration? = nil,
        handler: @escaping @Sendable (Job<Kind>, Contexts, isolated Adapter.Connection) async throws -> Decision<Kind>
    ) -> Processor<Adapter> {
        let settings = ProcessorSettings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return .makeAtomic(type, settings, stack, handler)
    }

    /// Processes jobs in two transactions with free work between, as
    /// ``Processor/staged(_:backoff:maximumAttempts:timeout:handler:)``.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many failed attempts a job is not tried again; by default as the worker says.
    ///   - timeout: How long an attempt may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the job, what the middleware yielded and the attempt, which it must complete.
    /// - Returns: The processor.
    public func staged<Kind: JobType, Adapter: StateAdapter>(
        _ type: Kind.Type, backoff: Backoff? = nil, maximumAttempts: Int? = nil, timeout: Duration? = nil,
        handler:
            @escaping @Sendable (Job<Kind>, Contexts, consuming StagedAttempt<Kind, Adapter>) async throws -> Completed<
                Kind
            >
    ) -> Processor<Adapter> {
        let settings = ProcessorSettings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return .makeStaged(type, settings, stack, handler)
    }

    /// Processes jobs without a transaction of their own, as
    /// ``Processor/detached(_:backoff:maximumAttempts:timeout:handler:)``.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many failed attempts a job is not tried again; by default as the worker says.
    ///   - timeout: How long an attempt may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the job and what the middleware yielded, and decides how the chain goes on.
    /// - Returns: The processor.
    public func detached<Kind: JobType, Adapter: StateAdapter>(
        _ type: Kind.Type, backoff: Backoff? = nil, maximumAttempts: Int? = nil, timeout: Duration? = nil,
        handler: @escaping @Sendable (Job<Kind>, Contexts) async throws -> Decision<Kind>
    ) -> Processor<Adapter> {
        let settings = ProcessorSettings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return .makeDetached(type, settings, stack, handler)
    }

    /// Processes several jobs of a type in one transaction, as
    /// ``Processor/batched(_:upTo:backoff:maximumAttempts:timeout:handler:)``.
    ///
    /// The middleware runs once for the batch.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - limit: How many jobs a batch has at most; never more than 10,000.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many failed attempts a job is not tried again; by default as the worker says.
    ///   - timeout: How long a batch may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the jobs, what the middleware yielded and the transaction's connection, and returns a decision
    ///     for each job.
    /// - Returns: The processor.
    public func batched<Kind: JobType, Adapter: StateAdapter>(
        _ type: Kind.Type, upTo limit: Int, backoff: Backoff? = nil, maximumAttempts: Int? = nil,
        timeout: Duration? = nil,
        handler:
            @escaping @Sendable ([Job<Kind>], Contexts, isolated Adapter.Connection) async throws -> [BatchDecision<
                Kind
            >]
    ) -> Processor<Adapter> {
        let settings = ProcessorSettings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return .makeBatched(type, limit, settings, stack, handler)
    }

    /// Processes several jobs of a type without a transaction of their own, as
    /// ``Processor/detachedBatched(_:upTo:backoff:maximumAttempts:timeout:handler:)``.
    ///
    /// The middleware runs once for the batch.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - limit: How many jobs a batch has at most; never more than 10,000.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many failed attempts a job is not tried again; by default as the worker says.
    ///   - timeout: How long a batch may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the jobs and what the middleware yielded, and returns a decision for each job.
    /// - Returns: The processor.
    public func detachedBatched<Kind: JobType, Adapter: StateAdapter>(
        _ type: Kind.Type, upTo limit: Int, backoff: Backoff? = nil, maximumAttempts: Int? = nil,
        timeout: Duration? = nil,
        handler: @escaping @Sendable ([Job<Kind>], Contexts) async throws -> [BatchDecision<Kind>]
    ) -> Processor<Adapter> {
        let settings = ProcessorSettings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return .makeDetachedBatched(type, limit, settings, stack, handler)
    }
}
