/// How a worker processes one type of job.
public struct Processor<Adapter: StateAdapter>: Sendable {
    let type: any JobType.Type
    let typeName: String
    let hasBlockers: Bool
    var backoff: Backoff?
    /// Runs an attempt until it is settled, or returns what is still to be written; throws what it failed with.
    let run: @Sendable (Attempt<Adapter>) async throws -> Settling?

    private init<Kind: JobType>(
        _: Kind.Type, backoff: Backoff?, run: @escaping @Sendable (Attempt<Adapter>) async throws -> Settling?
    ) {
        type = Kind.self
        typeName = Kind.name
        hasBlockers = Kind.Blockers.self != NoBlockers.self
        self.backoff = backoff
        self.run = run
    }

    /// Processes jobs in one transaction each: the handler is its body.
    ///
    /// The user's writes, the result and the next job commit together. A handler that throws undoes them all, and the job
    /// is tried again.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - handler: Is given the job and the transaction's connection, and decides how the chain goes on.
    /// - Returns: The processor.
    public static func atomic<Kind: JobType>(
        _ type: Kind.Type, backoff: Backoff? = nil,
        handler: @escaping @Sendable (Job<Kind>, isolated Adapter.Connection) async throws -> Decision<Kind>
    ) -> Self {
        Self(type, backoff: backoff) { attempt in
            let job = try attempt.job(Kind.self)
            do {
                try await attempt.settling {
                    try await attempt.client.adapter.withTransaction { connection in
                        let decision = try await handler(job, connection)
                        attempt.startPhase(.complete)
                        try attempt.settle(decision, on: connection)
                    }
                }
                attempt.endPhase(nil)
            } catch {
                attempt.endPhase(error)
                throw error
            }
            return nil
        }
    }

    /// Processes jobs in two transactions with free work between, while the lease is kept alive.
    ///
    /// The work between may happen more than once, when a worker dies; what is written in `complete` happens once.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - handler: Is given the job and the attempt, which it must complete. What it throws after that is only logged.
    /// - Returns: The processor.
    public static func staged<Kind: JobType>(
        _ type: Kind.Type, backoff: Backoff? = nil,
        handler:
            @escaping @Sendable (Job<Kind>, consuming StagedAttempt<Kind, Adapter>) async throws -> Completed<Kind>
    ) -> Self {
        Self(type, backoff: backoff) { attempt in
            let job = try attempt.job(Kind.self)
            _ = try await handler(job, StagedAttempt(attempt: attempt))
            return nil
        }
    }

    /// Processes jobs without a transaction of their own; their results are committed together with other jobs'.
    ///
    /// The fastest way, for work that writes nothing to this database. It may happen more than once, when a worker dies.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - handler: Is given the job, and decides how the chain goes on.
    /// - Returns: The processor.
    public static func detached<Kind: JobType>(
        _ type: Kind.Type, backoff: Backoff? = nil,
        handler: @escaping @Sendable (Job<Kind>) async throws -> Decision<Kind>
    ) -> Self {
        Self(type, backoff: backoff) { attempt in
            let decision = try await handler(try attempt.job(Kind.self))
            attempt.startPhase(.complete)
            do {
                return try attempt.settling(decision)
            } catch {
                attempt.endPhase(error)
                throw error
            }
        }
    }
}
