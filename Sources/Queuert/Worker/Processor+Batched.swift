extension Processor {
    /// Processes several jobs of a type in one transaction: the handler is its body.
    ///
    /// A batch is what is there: it never waits to be filled, and takes one of the worker's slots. The user's writes and all
    /// results commit together. A handler that throws undoes them all, and each job is tried again after its own backoff;
    /// a job whose last attempt failed runs alone, so that one bad job fails its batch once.
    ///
    /// Each attempt has a span of its own; the current one is the first job's.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - limit: How many jobs a batch has at most.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many attempts a job that fails is not tried again; by default as the worker says.
    ///   - timeout: How long a batch may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the jobs and the transaction's connection, and returns a decision for each job.
    /// - Returns: The processor.
    public static func batched<Kind: JobType>(
        _ type: Kind.Type, upTo limit: Int, backoff: Backoff? = nil, maximumAttempts: Int? = nil,
        timeout: Duration? = nil,
        handler: @escaping @Sendable ([Job<Kind>], isolated Adapter.Connection) async throws -> [BatchDecision<Kind>]
    ) -> Self {
        let settings = Settings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return Self(
            type, settings,
            .batch(limit: max(1, limit)) { attempts in
                let (decodable, undecodable) = decode(Kind.self, attempts)
                if decodable.isEmpty { return undecodable }
                let jobs = decodable.map(\.job)
                do {
                    let ends = try await decodable[0].attempt.client.adapter.withTransaction { connection in
                        let decisions = try await handler(jobs, connection)
                        return try settle(decisions, of: decodable.map(\.attempt), on: connection)
                    }
                    for end in ends {
                        end.attempt.progress = .settled
                        end.attempt.endPhase(nil)
                        if let error = end.failure { end.attempt.worker.reportFailure(of: end.attempt, error) }
                    }
                    return ends + undecodable
                } catch {
                    for item in decodable { item.attempt.endPhase(error) }
                    throw error
                }
            })
    }

    /// Processes several jobs of a type without a transaction of their own; their results are committed together with
    /// others.
    ///
    /// For work that writes nothing to this database, as when one call to another system serves many jobs. It may happen
    /// more than once, when a worker dies. For the rest see ``batched(_:upTo:backoff:maximumAttempts:timeout:handler:)``.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - limit: How many jobs a batch has at most.
    ///   - backoff: How long a job waits after a failed attempt; by default as the worker says.
    ///   - maximumAttempts: After how many attempts a job that fails is not tried again; by default as the worker says.
    ///   - timeout: How long a batch may take, from the start of its handler; by default as long as it takes.
    ///   - handler: Is given the jobs, and returns a decision for each.
    /// - Returns: The processor.
    public static func detachedBatched<Kind: JobType>(
        _ type: Kind.Type, upTo limit: Int, backoff: Backoff? = nil, maximumAttempts: Int? = nil,
        timeout: Duration? = nil,
        handler: @escaping @Sendable ([Job<Kind>]) async throws -> [BatchDecision<Kind>]
    ) -> Self {
        let settings = Settings(backoff: backoff, maximumAttempts: maximumAttempts, timeout: timeout)
        return Self(
            type, settings,
            .batch(limit: max(1, limit)) { attempts in
                let (decodable, undecodable) = decode(Kind.self, attempts)
                if decodable.isEmpty { return undecodable }
                let decisions = try await handler(decodable.map(\.job))
                return try match(decisions, with: decodable.map(\.attempt)).map(settling) + undecodable
            })
    }

    /// The jobs of a batch; those that can't be decoded fail alone.
    private static func decode<Kind: JobType>(
        _: Kind.Type, _ attempts: [Attempt<Adapter>]
    ) -> ([(attempt: Attempt<Adapter>, job: Job<Kind>)], [BatchEnd<Adapter>]) {
        var decodable: [(Attempt<Adapter>, Job<Kind>)] = []
        var undecodable: [BatchEnd<Adapter>] = []
        for attempt in attempts {
            do {
                decodable.append((attempt, try attempt.job(Kind.self)))
            } catch {
                undecodable.append(BatchEnd(attempt: attempt, result: .failed(error)))
            }
        }
        return (decodable, undecodable)
    }

    /// Finds each attempt's decision, in the order of the attempts.
    private static func match<Kind: JobType>(
        _ decisions: [BatchDecision<Kind>], with attempts: [Attempt<Adapter>]
    ) throws -> [(Attempt<Adapter>, BatchDecision<Kind>)] {
        var byJob: [JobID: BatchDecision<Kind>] = [:]
        var unexpected: [JobID] = []
        let known = Set(attempts.map(\.row.id))
        for decision in decisions {
            let isNew = byJob.updateValue(decision, forKey: decision.jobID) == nil
            if !isNew || !known.contains(decision.jobID) { unexpected.append(decision.jobID) }
        }
        let missing = attempts.map(\.row.id).filter { byJob[$0] == nil }
        guard missing.isEmpty, unexpected.isEmpty else {
            throw BatchMismatchError(missing: missing, unexpected: unexpected)
        }
        return attempts.compactMap { attempt in byJob[attempt.row.id].map { (attempt, $0) } }
    }

    private static func settling<Kind: JobType>(
        _ attempt: Attempt<Adapter>, _ decision: BatchDecision<Kind>
    ) -> BatchEnd<Adapter> {
        switch decision.body {
        case .failed(let error):
            return BatchEnd(attempt: attempt, result: .failed(error))
        case .decided(let decision):
            attempt.startPhase(.complete)
            do {
                return BatchEnd(attempt: attempt, result: .settling(try attempt.settling(decision)))
            } catch {
                attempt.endPhase(error)
                return BatchEnd(attempt: attempt, result: .failed(error))
            }
        }
    }

    /// Writes a batch's decisions as part of the handler's transaction.
    private static func settle<Kind: JobType>(
        _ decisions: [BatchDecision<Kind>], of attempts: [Attempt<Adapter>],
        on connection: isolated Adapter.Connection
    ) throws -> [BatchEnd<Adapter>] {
        let ends = try match(decisions, with: attempts).map(settling)
        let writing = ends.map { end in
            switch end.result {
            case .settling(let settling): settling
            case .failed(let error): end.attempt.worker.failure(of: end.attempt, error)
            case .settled: preconditionFailure("Nothing of the batch is settled before it is written.")
            }
        }
        var isTold = writing.map { _ in false }
        do {
            // A batch that was given up on must not write: what it was asked to do may be done again already.
            for attempt in attempts { try attempt.beginSettling() }
            isTold = try attempts[0].client.settle(writing, on: connection)
            // The user's writes for a job that is another worker's by now can't be told from the others: all are undone.
            var lost: LeaseLostError?
            for (end, isWritten) in zip(ends, isTold) where !isWritten { lost = end.attempt.leaseLost() }
            if let lost { throw lost }
        } catch {
            for (settling, isTold) in zip(writing, isTold) where !isTold { settling.successor?.rolledBack() }
            for end in ends { end.attempt.progress = .running }
            throw error
        }
        return ends.map { end in
            if case .failed(let error) = end.result {
                return BatchEnd(attempt: end.attempt, result: .settled, failure: error)
            }
            return BatchEnd(attempt: end.attempt, result: .settled)
        }
    }
}
