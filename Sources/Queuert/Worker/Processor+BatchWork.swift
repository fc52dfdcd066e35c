extension Processor {
    static func makeBatched<Kind: JobType, Context>(
        _ type: Kind.Type, _ limit: Int, _ settings: ProcessorSettings, _ middleware: MiddlewareStack<Context>,
        _ handler:
            @escaping @Sendable ([Job<Kind>], Context, isolated Adapter.Connection) async throws -> [BatchDecision<
                Kind
            >]
    ) -> Self {
        Self(
            type, settings, middleware.types,
            .batch(limit: limit) { attempts, client in
                let (decodable, undecodable) = decode(Kind.self, attempts)
                if decodable.isEmpty { return undecodable }
                let jobs = decodable.map(\.job)
                let attempts = decodable.map(\.attempt)
                do {
                    let ends = try await middleware.handle(attempts) { context, run in
                        let ends = try await client.adapter.withTransaction { connection in
                            let decisions = try await run.complete { try await handler(jobs, context, connection) }
                            return try settle(decisions, of: attempts, by: client, on: connection)
                        }
                        for end in ends {
                            end.attempt.progress = .settled
                            end.attempt.endPhase(nil)
                            if let written = end.written { end.attempt.worker.reportFailure(written) }
                        }
                        return ends
                    }
                    return ends + undecodable
                } catch {
                    let isForOthers = attempts.contains(where: \.isWriteRefused)
                    for attempt in attempts {
                        // What is committed stands, whatever the middleware throws afterwards.
                        if attempt.progress != .settled { attempt.progress = .running }
                        // Who is given back for another job's sake has failed at nothing.
                        attempt.endPhase(isForOthers && !attempt.isWriteRefused ? nil : error)
                    }
                    return undone(attempts, error) + undecodable
                }
            })
    }

    static func makeDetachedBatched<Kind: JobType, Context>(
        _ type: Kind.Type, _ limit: Int, _ settings: ProcessorSettings, _ middleware: MiddlewareStack<Context>,
        _ handler: @escaping @Sendable ([Job<Kind>], Context) async throws -> [BatchDecision<Kind>]
    ) -> Self {
        Self(
            type, settings, middleware.types,
            .batch(limit: limit) { attempts, _ in
                let (decodable, undecodable) = decode(Kind.self, attempts)
                if decodable.isEmpty { return undecodable }
                let jobs = decodable.map(\.job)
                let attempts = decodable.map(\.attempt)
                do {
                    let decisions = try await middleware.handle(attempts) { context, _ in
                        try await handler(jobs, context)
                    }
                    return try match(decisions, with: attempts).map(settling) + undecodable
                } catch {
                    return failed(attempts, error) + undecodable
                }
            })
    }

    /// The jobs of a batch; those that can't be decoded fail alone.
    private static func decode<Kind: JobType>(
        _: Kind.Type, _ attempts: [Attempt]
    ) -> ([(attempt: Attempt, job: Job<Kind>)], [BatchEnd]) {
        var decodable: [(Attempt, Job<Kind>)] = []
        var undecodable: [BatchEnd] = []
        for attempt in attempts {
            do {
                decodable.append((attempt, try attempt.job(Kind.self)))
            } catch {
                undecodable.append(BatchEnd(attempt: attempt, result: .failed(error)))
            }
        }
        return (decodable, undecodable)
    }

    /// The ends of attempts that failed together.
    private static func failed(_ attempts: [Attempt], _ error: any Error) -> [BatchEnd] {
        attempts.map { BatchEnd(attempt: $0, result: .failed(error)) }
    }

    /// The ends of attempts whose transaction was undone: they failed together, unless some of them had lost their
    /// leases, which is no failure of the others.
    private static func undone(_ attempts: [Attempt], _ error: any Error) -> [BatchEnd] {
        guard attempts.contains(where: \.isWriteRefused) else { return failed(attempts, error) }
        return attempts.map { attempt in
            BatchEnd(attempt: attempt, result: .failed(attempt.isWriteRefused ? error : BatchUndone()))
        }
    }

    /// Finds each attempt's decision, in the order of the attempts.
    private static func match<Kind: JobType>(
        _ decisions: [BatchDecision<Kind>], with attempts: [Attempt]
    ) throws -> [(Attempt, BatchDecision<Kind>)] {
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
        _ attempt: Attempt, _ decision: BatchDecision<Kind>
    ) -> BatchEnd {
        switch decision.body {
        case .failed(let error):
            return BatchEnd(attempt: attempt, result: .failed(error))
        case .decided(let decision):
            do {
                try attempt.checkTime()
                attempt.startPhase(.complete)
                return BatchEnd(attempt: attempt, result: .settling(try attempt.settling(decision)))
            } catch {
                attempt.endPhase(error)
                return BatchEnd(attempt: attempt, result: .failed(error))
            }
        }
    }

    /// Writes a batch's decisions as part of the handler's transaction.
    private static func settle<Kind: JobType>(
        _ decisions: [BatchDecision<Kind>], of attempts: [Attempt], by client: Client<Adapter>,
        on connection: isolated Adapter.Connection
    ) throws -> [BatchEnd] {
        let ends = try match(decisions, with: attempts).map(settling)
        var isTold = ends.map { _ in false }
        do {
            let earlierFailures = try countFailures(before: ends, by: client, on: connection)
            let writing = ends.map { end in
                switch end.result {
                case .settling(let settling): settling
                case .failed(let error):
                    end.attempt.worker.failure(
                        of: end.attempt, error, earlierFailures: earlierFailures[end.attempt.row.id] ?? 0)
                case .settled: preconditionFailure("Nothing of the batch is settled before it is written.")
                }
            }
            // A batch that was given up on must not write: what it was asked to do may be done again already.
            for attempt in attempts { try attempt.beginSettling() }
            isTold = try client.settle(writing, on: connection)
            // The user's writes for a job that is another worker's by now can't be told from the others: all are
            // undone, and done again without it.
            var lost: LeaseLostError?
            for (end, isWritten) in zip(ends, isTold) where !isWritten { lost = end.attempt.leaseLost() }
            if let lost { throw lost }
            return zip(ends, writing).map { BatchEnd(attempt: $0.attempt, result: .settled, written: $1) }
        } catch {
            for (end, isTold) in zip(ends, isTold) where !isTold {
                if case .settling(let settling) = end.result { settling.successor?.rolledBack() }
            }
            for end in ends { end.attempt.progress = .running }
            throw error
        }
    }

    /// Counts how often jobs of a batch had failed before, of those whose attempts fail now.
    private static func countFailures(
        before ends: [BatchEnd], by client: Client<Adapter>, on connection: isolated Adapter.Connection
    ) throws -> [JobID: Int] {
        let failed = ends.filter { end in
            if case .failed(let error) = end.result { !(error is RescheduleJob) } else { false }
        }
        guard let worker = failed.first?.attempt.worker else { return [:] }
        let counts = worker.attemptsToCount(of: failed.map { $0.attempt.row })
        if counts.isEmpty { return [:] }
        return try client.adapter.operations(on: connection).failures(inLastAttempts: counts)
    }
}
