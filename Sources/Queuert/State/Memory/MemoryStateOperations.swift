/// The queue's statements on a ``MemoryStateAdapter``.
public final class MemoryStateOperations: StateOperations {
    let store = MemoryStore()
    private let clock: any QueueClock

    init(clock: any QueueClock) { self.clock = clock }

    /// Writes jobs, the first of new chains, with what they wait for.
    ///
    /// - Parameter jobs: The jobs.
    /// - Returns: The rows, in the order of the jobs.
    /// - Throws: ``DuplicateJobIDError`` if a job of that identifier exists, ``ChainNotFoundError`` if a blocker doesn't, or
    ///   ``JobTypeMismatchError`` if it started with another type.
    public func insertJobs(_ jobs: [NewJob]) throws -> [JobRow] {
        let now = clock.now
        return try jobs.map { try insert($0, at: now) }
    }

    private func insert(_ job: NewJob, at now: Timestamp) throws -> JobRow {
        if store.jobs[job.id] != nil { throw DuplicateJobIDError(id: job.id) }
        var blockers: [MemoryStore.Blocker] = []
        for (ordinal, blocker) in job.blockers.enumerated() {
            guard let last = store.chains[blocker.chainID]?.last, let row = store.jobs[last] else {
                throw ChainNotFoundError(chainID: blocker.chainID)
            }
            if let expected = blocker.chainTypeName, expected != row.chainTypeName {
                throw JobTypeMismatchError(chainID: blocker.chainID, expected: expected, actual: row.chainTypeName)
            }
            blockers.append(
                MemoryStore.Blocker(
                    jobID: job.id, chainID: blocker.chainID, ordinal: ordinal, traceContext: blocker.traceContext,
                    blockedAt: now, resolvedAt: row.completedAt == nil ? nil : now))
        }
        let isBlocked = blockers.contains { $0.resolvedAt == nil }
        let row = JobRow(
            id: job.id, typeName: job.typeName, chainID: job.chainID, chainTypeName: job.chainTypeName,
            chainIndex: job.chainIndex, input: job.input, createdAt: now, scheduledAt: job.schedule.dueTime(at: now),
            readyAt: isBlocked ? nil : now, hasOpenBlockers: isBlocked, trace: job.trace)
        store.set(row)
        store.append(job.id, toChain: job.chainID)
        if !blockers.isEmpty { store.setBlockers(blockers, of: job.id) }
        for blocker in blockers where blocker.resolvedAt == nil { store.addDependant(job.id, of: blocker.chainID) }
        return row
    }

    /// Takes jobs that are due and leases them to a worker.
    ///
    /// - Parameter request: Which jobs, how many, for whom.
    /// - Returns: The jobs, in the order in which they became due, and when the next one is.
    /// - Throws: Never.
    public func claimJobs(_ request: ClaimRequest) throws -> ClaimResult {
        let now = clock.now
        var claimed: [ClaimedJob] = []
        while claimed.count < request.limit, let row = store.firstClaimable(of: request.typeNames) {
            if row.scheduledAt > now { return ClaimResult(jobs: claimed, nextDueIn: row.scheduledAt - now) }
            var leased = row
            leased.attempt += 1
            leased.lastAttemptAt = now
            leased.leasedBy = request.worker
            leased.leaseToken += 1
            leased.leasedUntil = now + request.leaseDuration
            let contexts = request.attemptContexts
            leased.trace.attemptContext = claimed.count < contexts.count ? contexts[claimed.count] : nil
            store.set(leased)
            let waits = request.typesWithBlockers.contains(row.typeName)
            claimed.append(
                ClaimedJob(
                    row: leased, previousAttemptContext: row.trace.attemptContext,
                    blockers: waits ? claimedBlockers(of: row.id) : []))
        }
        return ClaimResult(jobs: claimed)
    }

    private func claimedBlockers(of jobID: JobID) -> [ClaimedBlocker] {
        (store.blockers[jobID] ?? []).compactMap { blocker in
            guard let chain = store.chains[blocker.chainID], let first = chain.first.flatMap({ store.jobs[$0] }),
                let output = chain.last.flatMap({ store.jobs[$0]?.output })
            else { return nil }
            return ClaimedBlocker(
                chainID: blocker.chainID, chainTypeName: first.typeName, output: output,
                chainStartContext: first.trace.jobContext)
        }
    }

    /// Prolongs leases.
    ///
    /// - Parameters:
    ///   - leases: The leases.
    ///   - duration: How long they last from now on.
    /// - Returns: The leases that were prolonged.
    /// - Throws: Never.
    public func renewLeases(_ leases: [Lease], for duration: Duration) throws -> Set<Lease> {
        let until = clock.now + duration
        var renewed: Set<Lease> = []
        for lease in leases {
            guard var row = held(lease) else { continue }
            row.leasedUntil = until
            store.set(row)
            renewed.insert(lease)
        }
        return renewed
    }

    /// Finds jobs whose lease is over.
    ///
    /// - Parameters:
    ///   - typeNames: The types to look for.
    ///   - limit: How many at most.
    /// - Returns: The jobs, the longest overdue first.
    /// - Throws: Never.
    public func expiredLeases(typeNames: [String], limit: Int) throws -> [ClaimedJob] {
        let now = clock.now
        let types = Set(typeNames)
        return store.leased.compactMap { store.jobs[$0] }
            .filter { types.contains($0.typeName) && ($0.leasedUntil ?? now) < now }
            .sorted { ($0.leasedUntil ?? now, $0.id.rawValue) < ($1.leasedUntil ?? now, $1.id.rawValue) }
            .prefix(limit)
            .map { row in
                ClaimedJob(
                    row: row, previousAttemptContext: store.attempts[row.id]?.last?.attemptContext,
                    blockers: claimedBlockers(of: row.id))
            }
    }

    private func held(_ lease: Lease) -> JobRow? {
        guard let row = store.jobs[lease.jobID], row.leaseToken == lease.token, row.leasedUntil != nil else {
            return nil
        }
        return row
    }

    /// Ends attempts.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each, in the order of the settlements.
    /// - Throws: What ``insertJobs(_:)`` throws of a successor.
    public func settle(_ settlements: [Settlement]) throws -> [SettlementResult] {
        try settlements.map { settlement in
            guard var row = held(settlement.lease) else { return .leaseLost }
            let now = clock.now
            let worker = row.leasedBy
            row.leasedBy = nil
            row.leasedUntil = nil
            row.trace.attemptContext = settlement.attemptContext
            switch settlement.outcome {
            case .completed(let output):
                row.output = output
                complete(&row, by: settlement.worker, at: now)
                return .settled(chainEnded(row, at: now))
            case .continued(let job):
                row.successorID = job.id
                complete(&row, by: settlement.worker, at: now)
                return .settled(SettledAttempt(at: now, successor: try insert(job, at: now)))
            case .retried(let schedule, let error, let outcome):
                row.scheduledAt = schedule.dueTime(at: now)
                row.readyAt = now
                row.lastAttemptError = error
                record(outcome, of: row, worker: worker, at: now)
                return .settled(SettledAttempt(at: now, scheduledAt: row.scheduledAt))
            case .released:
                row.readyAt = now
                record(.released, of: row, worker: worker, at: now)
                row.attempt -= 1
                store.set(row)
                return .settled(SettledAttempt(at: now, scheduledAt: row.scheduledAt))
            }
        }
    }

    private func complete(_ row: inout JobRow, by worker: String, at now: Timestamp) {
        row.completedAt = now
        row.completedBy = worker
        row.lastAttemptError = nil
        store.set(row)
    }

    private func record(_ outcome: AttemptOutcome, of row: JobRow, worker: String?, at now: Timestamp) {
        store.set(row)
        store.append(
            AttemptRow(
                jobID: row.id, attempt: row.attempt, worker: worker, startedAt: row.lastAttemptAt, endedAt: now,
                outcome: outcome, error: outcome == .released ? nil : row.lastAttemptError,
                attemptContext: row.trace.attemptContext))
    }

    /// Resolves the waits for a chain that has ended.
    private func chainEnded(_ last: JobRow, at now: Timestamp) -> SettledAttempt {
        var resolved: [ResolvedBlocker] = []
        for jobID in store.takeDependants(of: last.chainID) {
            guard var job = store.jobs[jobID], var blockers = store.blockers[jobID] else { continue }
            guard let index = blockers.firstIndex(where: { $0.chainID == last.chainID && $0.resolvedAt == nil }) else {
                continue
            }
            blockers[index].resolvedAt = now
            store.setBlockers(blockers, of: jobID)
            let isUnblocked = blockers.allSatisfy { $0.resolvedAt != nil }
            if isUnblocked {
                job.hasOpenBlockers = false
                job.readyAt = now
                store.set(job)
            }
            resolved.append(
                ResolvedBlocker(
                    jobID: jobID, jobTypeName: job.typeName, jobChainID: job.chainID, jobContext: job.trace.jobContext,
                    awaitContext: blockers[index].traceContext, ordinal: blockers[index].ordinal,
                    blockedAt: blockers[index].blockedAt, unblocksJob: isUnblocked, scheduledAt: job.scheduledAt))
        }
        let first = store.jobs[last.chainID] ?? last
        return SettledAttempt(
            at: now, chainStart: ChainStart(createdAt: first.createdAt, context: first.trace.jobContext),
            resolved: resolved)
    }

    /// Finds the ends of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: Its first and its last job; `nil` if there is no such chain.
    /// - Throws: Never.
    public func chainEnds(_ chainID: JobID) throws -> ChainEnds? {
        let rows = try jobs(ofChain: chainID)
        guard let first = rows.first, let last = rows.last else { return nil }
        return ChainEnds(first: first, last: last)
    }

    /// Finds the jobs of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The jobs, from the first to the last.
    /// - Throws: Never.
    public func jobs(ofChain chainID: JobID) throws -> [JobRow] {
        (store.chains[chainID] ?? []).compactMap { store.jobs[$0] }
    }

    /// Finds the attempts of a job that did not succeed.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The attempts, from the first to the last.
    /// - Throws: Never.
    public func failedAttempts(ofJob jobID: JobID) throws -> [AttemptRow] { store.attempts[jobID] ?? [] }

    /// Counts the jobs that wait to run, by type.
    ///
    /// - Returns: The number for each type that has any.
    /// - Throws: Never.
    public func waitingJobCounts() throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for row in store.jobs.values where row.completedAt == nil && row.leasedUntil == nil {
            counts[row.typeName, default: 0] += 1
        }
        return counts
    }
}
