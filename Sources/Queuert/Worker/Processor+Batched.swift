extension Processor {
    /// Processes several jobs of a type in one transaction: the handler is its body.
    ///
    /// A batch is what is there: it never waits to be filled, and takes one of the worker's slots. The user's writes and all
    /// results commit together. A handler that throws undoes them all, and each job is tried again after its own backoff;
    /// a job whose last attempt failed runs alone, so that one bad job fails its batch once.
    ///
    /// If one of the jobs has lost its lease all is undone too, but the others are given back, which doesn't count as
    /// an attempt, and run again together.
    ///
    /// Each attempt has a span of its own; the current one is the first job's.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - limit: How many jobs a batch has at most; never more than 10,000.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many failed attempts a job is not tried again; by default as the worker says.
    ///   - timeout: How long a batch may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the jobs and the transaction's connection, and returns a decision for each job.
    /// - Returns: The processor.
    public static func batched<Kind: JobType>(
        _ type: Kind.Type, upTo limit: Int, backoff: Backoff? = nil, maximumAttempts: Int? = nil,
        timeout: Duration? = nil,
        handler: @escaping @Sendable ([Job<Kind>], isolated Adapter.Connection) async throws -> [BatchDecision<Kind>]
    ) -> Self {
        let settings = ProcessorSettings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return .makeBatched(type, limit, settings, .none) { jobs, _, db in try await handler(jobs, db) }
    }

    /// Processes several jobs of a type without a transaction of their own; their results are committed together with
    /// others.
    ///
    /// For work that writes nothing to this database, as when one call to another system serves many jobs. It may happen
    /// more than once, when a worker dies. For the rest see ``batched(_:upTo:backoff:maximumAttempts:timeout:handler:)``.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - limit: How many jobs a batch has at most; never more than 10,000.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many failed attempts a job is not tried again; by default as the worker says.
    ///   - timeout: How long a batch may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the jobs, and returns a decision for each.
    /// - Returns: The processor.
    public static func detachedBatched<Kind: JobType>(
        _ type: Kind.Type, upTo limit: Int, backoff: Backoff? = nil, maximumAttempts: Int? = nil,
        timeout: Duration? = nil,
        handler: @escaping @Sendable ([Job<Kind>]) async throws -> [BatchDecision<Kind>]
    ) -> Self {
        let settings = ProcessorSettings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return .makeDetachedBatched(type, limit, settings, .none) { jobs, _ in try await handler(jobs) }
    }
}
