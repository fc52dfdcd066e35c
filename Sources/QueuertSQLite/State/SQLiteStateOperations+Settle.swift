public import Queuert

extension SQLiteStateOperations {
    /// Ends attempts.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each, in the order of the settlements.
    /// - Throws: What ``insertJobs(_:)`` throws of a successor, or ``SQLiteError``.
    public func settle(_ settlements: [Settlement]) throws -> [SettlementResult] {
        try settlements.map(settle)
    }

    private func settle(_ settlement: Settlement) throws -> SettlementResult {
        let now = clock.now
        let id = SQLiteValue.text(settlement.lease.jobID.rawValue)
        let token = SQLiteValue.integer(settlement.lease.token)
        let context = SQLiteValue(settlement.attemptContext)
        switch settlement.outcome {
        case .completed(let output):
            let values = [id, token, .text(output), .integer(now.microseconds), .text(settlement.worker), context]
            guard try connection.run(statements.complete, values) == 1 else { return .leaseLost }
            return .settled(try chainEnded(settlement.chainID, at: now))
        case .continued(let job):
            let values = [
                id, token, .text(job.id.rawValue), .integer(now.microseconds), .text(settlement.worker), context,
            ]
            guard try connection.run(statements.handOver, values) == 1 else { return .leaseLost }
            return .settled(SettledAttempt(at: now, successor: try insert(job, at: now)))
        case .retried(let schedule, let error, let outcome):
            guard let row = try leasedJob(settlement.lease) else { return .leaseLost }
            let scheduledAt = schedule.dueTime(at: now)
            try connection.run(
                statements.retry,
                [
                    id, token, .integer(scheduledAt.microseconds), .integer(now.microseconds), SQLiteValue(error),
                    context,
                ])
            try record(outcome, error, of: row, settlement, at: now)
            return .settled(SettledAttempt(at: now, scheduledAt: scheduledAt))
        case .released:
            guard let row = try leasedJob(settlement.lease) else { return .leaseLost }
            try connection.run(statements.release, [id, token, .integer(now.microseconds), context])
            try record(.released, nil, of: row, settlement, at: now)
            return .settled(SettledAttempt(at: now, scheduledAt: row.scheduledAt))
        }
    }

    private func leasedJob(_ lease: Lease) throws -> JobRow? {
        var job: JobRow?
        try connection.each(statements.leasedJob, [.text(lease.jobID.rawValue), .integer(lease.token)]) {
            job = Self.job($0)
        }
        return job
    }

    private func record(
        _ outcome: AttemptOutcome, _ error: String?, of row: JobRow, _ settlement: Settlement, at now: Timestamp
    ) throws {
        try connection.run(
            statements.insertAttempt,
            [
                .text(row.id.rawValue), .integer(row.leaseToken), .integer(Int64(row.attempt)),
                SQLiteValue(row.leasedBy), SQLiteValue(row.lastAttemptAt?.microseconds), .integer(now.microseconds),
                .text(outcome.rawValue), SQLiteValue(error), SQLiteValue(settlement.attemptContext),
            ])
    }

    /// Resolves the waits for a chain that has ended.
    private func chainEnded(_ chainID: JobID, at now: Timestamp) throws -> SettledAttempt {
        var resolved: [ResolvedBlocker] = []
        try connection.each(statements.dependants, [.text(chainID.rawValue)]) { row in
            resolved.append(
                ResolvedBlocker(
                    jobID: JobID(rawValue: row.text(0)), jobTypeName: row.text(1),
                    jobChainID: JobID(rawValue: row.text(2)), jobContext: row.optionalText(3),
                    awaitContext: row.optionalText(4), ordinal: Int(row.int64(5)),
                    blockedAt: Timestamp(microseconds: row.int64(6)), unblocksJob: row.int64(7) != 0,
                    scheduledAt: Timestamp(microseconds: row.int64(8))))
        }
        if !resolved.isEmpty {
            try connection.run(statements.resolveBlockers, [.text(chainID.rawValue), .integer(now.microseconds)])
            for wait in resolved where wait.unblocksJob {
                try connection.run(statements.unblock, [.text(wait.jobID.rawValue), .integer(now.microseconds)])
            }
        }
        var start = ChainStart(createdAt: now, context: nil)
        try connection.each(statements.chainStart, [.text(chainID.rawValue)]) { row in
            start = ChainStart(createdAt: Timestamp(microseconds: row.int64(0)), context: row.optionalText(1))
        }
        return SettledAttempt(at: now, chainStart: start, resolved: resolved)
    }
}
