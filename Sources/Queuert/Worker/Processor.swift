/// How a worker processes one type of job.
public struct Processor<Adapter: StateAdapter>: Sendable {
    /// How jobs of the type are run.
    enum Work: Sendable {
        /// Runs an attempt until it is settled, or returns what is still to be written; throws what it failed with.
        case single(@Sendable (Attempt, Client<Adapter>) async throws -> Settling?)
        /// Runs attempts together, up to a number, and says how each of them ended.
        case batch(limit: Int, @Sendable ([Attempt], Client<Adapter>) async -> [BatchEnd])
    }
    let type: any JobType.Type
    let typeName: String
    let hasBlockers: Bool
    let settings: ProcessorSettings
    /// The types of the middleware around the handler, the outermost first.
    let middleware: [any AttemptMiddleware.Type]
    let work: Work
    /// How many jobs run together at most.
    let batchLimit: Int
    /// Which part of a slot a job fills.
    let load: Double

    /// The most that ``batchLimit`` may be: a claim asks for as many jobs as all free slots have places for.
    private static var largestBatch: Int { 10_000 }

    init<Kind: JobType>(
        _: Kind.Type, _ settings: ProcessorSettings, _ middleware: [any AttemptMiddleware.Type], _ work: Work
    ) {
        type = Kind.self
        typeName = Kind.name
        hasBlockers = Kind.Blockers.self != NoBlockers.self
        self.settings = settings
        self.middleware = middleware
        self.work = work
        if case .batch(let limit, _) = work {
            batchLimit = min(max(1, limit), Self.largestBatch)
        } else {
            batchLimit = 1
        }
        load = 1 / Double(batchLimit)
    }

    /// Processes jobs in one transaction each: the handler is its body.
    ///
    /// The user's writes, the result and the next job commit together. A handler that throws undoes them all, and the job
    /// is tried again.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many failed attempts a job is not tried again; by default as the worker says.
    ///   - timeout: How long an attempt may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the job and the transaction's connection, and decides how the chain goes on.
    /// - Returns: The processor.
    public static func atomic<Kind: JobType>(
        _ type: Kind.Type, backoff: Backoff? = nil, maximumAttempts: Int? = nil, timeout: Duration? = nil,
        handler: @escaping @Sendable (Job<Kind>, isolated Adapter.Connection) async throws -> Decision<Kind>
    ) -> Self {
        let settings = ProcessorSettings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return .makeAtomic(type, settings, .none) { job, _, db in try await handler(job, db) }
    }

    /// Processes jobs in two transactions with free work between, while the lease is kept alive.
    ///
    /// The work between may happen more than once, when a worker dies; what is written in `complete` happens once. Its
    /// transaction is committed when the handler returns; a handler that throws after it undoes it.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many failed attempts a job is not tried again; by default as the worker says.
    ///   - timeout: How long an attempt may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the job and the attempt, which it must complete.
    /// - Returns: The processor.
    public static func staged<Kind: JobType>(
        _ type: Kind.Type, backoff: Backoff? = nil, maximumAttempts: Int? = nil, timeout: Duration? = nil,
        handler:
            @escaping @Sendable (Job<Kind>, consuming StagedAttempt<Kind, Adapter>) async throws -> Completed<Kind>
    ) -> Self {
        let settings = ProcessorSettings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return .makeStaged(type, settings, .none) { job, _, attempt in try await handler(job, attempt) }
    }

    /// Processes jobs without a transaction of their own; their results are committed together with other jobs'.
    ///
    /// The fastest way, for work that writes nothing to this database. It may happen more than once, when a worker dies.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many failed attempts a job is not tried again; by default as the worker says.
    ///   - timeout: How long an attempt may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the job, and decides how the chain goes on.
    /// - Returns: The processor.
    public static func detached<Kind: JobType>(
        _ type: Kind.Type, backoff: Backoff? = nil, maximumAttempts: Int? = nil, timeout: Duration? = nil,
        handler: @escaping @Sendable (Job<Kind>) async throws -> Decision<Kind>
    ) -> Self {
        let settings = ProcessorSettings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return .makeDetached(type, settings, .none) { job, _ in try await handler(job) }
    }
}

/// What a processor says for itself, instead of the worker for all.
struct ProcessorSettings: Sendable {
    var backoff: Backoff?
    var maximumAttempts: Int?
    var timeout: Duration?
}
