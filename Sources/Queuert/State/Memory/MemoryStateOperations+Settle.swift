extension MemoryStateOperations {
    /// Ends attempts.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each, in the order of the settlements.
    /// - Throws: What ``insertJobs(_:)`` throws of a successor. Then nothing is written.
    public func settle(_ settlements: [Settlement]) throws -> [SettlementResult] {
        try whole { try settlements.map { try settle($0) } }
    }

    private func settle(_ settlement: Settlement) throws -> SettlementResult {
        guard let before = jobToSettle(settlement) else { return .leaseLost }
        let now = now
        let superseded = settlement.worker == nil && before.leasedUntil != nil ? claimed(before) : nil
        var row = before
        row.leasedBy = nil
        row.leasedUntil = nil
        if superseded != nil {
            record(.superseded, of: before, error: nil, context: before.trace.attemptContext, at: now)
        }
        row.trace.attemptContext = settlement.attemptContext
        var settled = try write(settlement, of: &row, before, at: now)
        settled.superseded = superseded
        return .settled(settled)
    }

    private func jobToSettle(_ settlement: Settlement) -> JobRow? {
        if settlement.worker != nil {
            let job = leasedJob(settlement.lease)
            if settlement.requiresLapsedLease, let end = job?.leasedUntil, end >= now { return nil }
            return job
        }
        guard let row = row(settlement.lease.jobID), row.leaseToken == settlement.lease.token, !row.isEnded else {
            return nil
        }
        return row
    }

    private func write(
        _ settlement: Settlement, of row: inout JobRow, _ before: JobRow, at now: Timestamp
    ) throws -> SettledAttempt {
        let context = settlement.attemptContext
        switch settlement.outcome {
        case .completed(let output):
            row.output = output
            complete(&row, by: settlement.worker, at: now)
            return chainEnded(row, at: now)
        case .continued(let job):
            row.successorID = job.id
            complete(&row, by: settlement.worker, at: now)
            return SettledAttempt(at: now, successor: try insert(job, at: now))
        case .retried(let schedule, let error, let outcome):
            row.scheduledAt = schedule.dueTime(at: now)
            row.readyAt = now
            row.lastAttemptError = error
            record(outcome, of: before, error: error, context: context, at: now)
        case .failed(let error, let outcome):
            row.failedAt = now
            row.lastAttemptError = error
            record(outcome, of: before, error: error, context: context, at: now)
            store.update(row)
            return SettledAttempt(at: now)
        case .released:
            row.readyAt = now
            row.attempt -= 1
            record(.released, of: before, error: nil, context: context, at: now)
        }
        store.update(row)
        return SettledAttempt(at: now, scheduledAt: row.scheduledAt)
    }

    private func complete(_ row: inout JobRow, by worker: String?, at now: Timestamp) {
        row.completedAt = now
        row.completedBy = worker
        row.failedAt = nil
        row.lastAttemptError = nil
        store.update(row)
    }

    /// Records an attempt that did not succeed.
    func record(
        _ outcome: AttemptOutcome, of row: JobRow, error: String?, context: String?, at now: Timestamp
    ) {
        store.append(
            AttemptRow(
                jobID: row.id, attempt: row.attempt, worker: row.leasedBy, startedAt: row.lastAttemptAt, endedAt: now,
                outcome: outcome, error: error, attemptContext: context))
    }

    private func chainEnded(_ last: JobRow, at now: Timestamp) -> SettledAttempt {
        let first = row(last.chainID) ?? last
        return SettledAttempt(
            at: now, chainStart: ChainStart(createdAt: first.createdAt, context: first.trace.jobContext),
            resolved: resolveWaits(forChain: last.chainID, at: now))
    }

    /// Finds the last job of a chain; nobody else can end or claim it before the transaction is over.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The job, with the outputs of what it waited for; `nil` if there is no such chain.
    /// - Throws: Never.
    public func lockedLastJob(ofChain chainID: JobID) throws -> ClaimedJob? {
        lastJob(ofChain: chainID).map { claimed($0) }
    }
}
