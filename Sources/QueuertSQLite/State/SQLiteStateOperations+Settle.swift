public import Queuert

extension SQLiteStateOperations {
    /// Ends attempts.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each, in the order of the settlements.
    /// - Throws: What ``insertJobs(_:)`` throws of a successor, or ``SQLiteError``. Then nothing is written.
    public func settle(_ settlements: [Settlement]) throws -> [SettlementResult] {
        // What a worker can't write undoes its transaction, unless it is a successor that is refused; and the one of a
        // worker alone is so before anything is written.
        let mayGoOn = settlements.contains { $0.worker == nil }
        let mayBeRefused = settlements.count > 1 && settlements.contains(where: \.hasSuccessor)
        guard mayGoOn || mayBeRefused else { return try settlements.map(settle) }
        return try connection.whole { try settlements.map(settle) }
    }

    private func settle(_ settlement: Settlement) throws -> SettlementResult {
        if let worker = settlement.worker, case .completed(let output) = settlement.outcome {
            return try complete(settlement, output: output, worker: worker)
        }
        let query = settlement.worker == nil ? statements.settle.unendedJob : statements.settle.leasedJob
        let lease = [SQLiteValue(settlement.lease.jobID), .integer(settlement.lease.token)]
        guard let job = try connection.first(query, lease, { $0.numberedJob() }) else { return .leaseLost }
        let now = clock.now
        if settlement.requiresLapsedLease, let end = job.row.leasedUntil, end >= now { return .leaseLost }
        var superseded: ClaimedJob?
        if settlement.worker == nil {
            if job.row.leasedUntil != nil {
                superseded = try claimed(job.row)
                try record(.superseded, of: job.row, error: nil, context: job.row.trace.attemptContext, at: now)
            }
            if settlement.isEnd { try connection.run(statements.settle.leaveQueue, [.integer(job.rowID)]) }
        }
        var settled = try write(settlement, of: job, at: now)
        settled.superseded = superseded
        return .settled(settled)
    }

    /// What most attempts end with: looks at as little as possible.
    private func complete(_ settlement: Settlement, output: String, worker: String) throws -> SettlementResult {
        let leased = try connection.use(statements.settle.leased) { statement -> LeasedJob? in
            statement.bind(text: settlement.lease.jobID.rawValue, at: 1)
            statement.bind(settlement.lease.token, at: 2)
            return try statement.step() ? LeasedJob(statement) : nil
        }
        guard let leased else { return .leaseLost }
        let now = clock.now
        try connection.use(statements.settle.complete) { statement in
            statement.bind(leased.rowID, at: 1)
            statement.bind(text: output, at: 2)
            statement.bind(now.microseconds, at: 3)
            statement.bind(text: worker, at: 4)
            statement.bind(text: settlement.attemptContext, at: 5)
            _ = try statement.step()
        }
        let start = leased.isFirst ? leased.start : try chainStart(settlement.chainID) ?? leased.start
        let resolved = leased.hasDependants ? try resolveWaits(forChain: settlement.chainID, at: now) : []
        return .settled(SettledAttempt(at: now, chainStart: start, resolved: resolved))
    }

    private func write(_ settlement: Settlement, of job: NumberedJob, at now: Timestamp) throws -> SettledAttempt {
        let rowID = SQLiteValue.integer(job.rowID)
        let context = SQLiteValue(settlement.attemptContext)
        let end = [SQLiteValue(now), SQLiteValue(settlement.worker), context]
        switch settlement.outcome {
        case .completed(let output):
            try connection.run(statements.settle.complete, [rowID, .text(output)] + end)
            let start = try chainStart(job.row.chainID) ?? ChainStart(createdAt: now, context: nil)
            return SettledAttempt(
                at: now, chainStart: start, resolved: try resolveWaits(forChain: job.row.chainID, at: now))
        case .continued(let next):
            // First the successor, which may be refused.
            let successor = try insert(next, at: now)
            try connection.run(statements.settle.continueWith, [rowID, SQLiteValue(successor.id)] + end)
            return SettledAttempt(at: now, successor: successor)
        case .retried(let schedule, let error, let outcome):
            var row = job.row
            row.leasedUntil = nil
            row.scheduledAt = schedule.dueTime(at: now)
            try connection.run(
                statements.settle.retry,
                [
                    rowID, SQLiteValue(row.rank(at: now)), context, SQLiteValue(now), SQLiteValue(row.scheduledAt),
                    SQLiteValue(error),
                ])
            try record(outcome, of: job.row, error: error, context: settlement.attemptContext, at: now)
            return SettledAttempt(at: now, scheduledAt: row.scheduledAt)
        case .failed(let error, let outcome):
            try connection.run(statements.settle.fail, [rowID, .null, context, SQLiteValue(now), SQLiteValue(error)])
            try record(outcome, of: job.row, error: error, context: settlement.attemptContext, at: now)
            return SettledAttempt(at: now)
        case .released:
            var row = job.row
            row.leasedUntil = nil
            try connection.run(
                statements.settle.release, [rowID, SQLiteValue(row.rank(at: now)), context, SQLiteValue(now)])
            try record(.released, of: job.row, error: nil, context: settlement.attemptContext, at: now)
            return SettledAttempt(at: now, scheduledAt: row.scheduledAt)
        }
    }

    /// Records an attempt that did not succeed.
    func record(
        _ outcome: AttemptOutcome, of row: JobRow, error: String?, context: String?, at now: Timestamp
    ) throws {
        try connection.run(
            statements.settle.attempt,
            [
                SQLiteValue(row.id), .integer(row.leaseToken), .integer(Int64(row.attempt)), SQLiteValue(row.leasedBy),
                SQLiteValue(row.lastAttemptAt?.microseconds), SQLiteValue(now), .text(outcome.rawValue),
                SQLiteValue(error), SQLiteValue(context),
            ])
    }

    private func chainStart(_ chainID: JobID) throws -> ChainStart? {
        try connection.first(statements.settle.chainStart, [SQLiteValue(chainID)]) { row in
            ChainStart(createdAt: row.time(0), context: row.optionalText(1))
        }
    }

    /// Resolves the waits for a chain that has ended.
    private func resolveWaits(forChain chainID: JobID, at now: Timestamp) throws -> [ResolvedBlocker] {
        let resolved = try connection.all(statements.settle.dependants, [SQLiteValue(chainID)]) { row in
            let unblocksJob = row.int64(7) != 0
            return ResolvedBlocker(
                jobID: row.jobID(0), jobTypeName: row.text(1), jobChainID: row.jobID(2),
                jobContext: row.optionalText(3),
                awaitContext: row.optionalText(4), ordinal: Int(row.int64(5)), blockedAt: row.time(6),
                unblocksJob: unblocksJob, scheduledAt: unblocksJob ? max(row.time(8), now) : row.time(8))
        }
        let values = [SQLiteValue(chainID), SQLiteValue(now)]
        try connection.run(statements.settle.resolve, values)
        if resolved.contains(where: \.unblocksJob) { try connection.run(statements.settle.unblock, values) }
        return resolved
    }

    /// Finds the last job of a chain; the transaction keeps others from ending or claiming it until it is over.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The job, with the outputs of what it waited for; `nil` if there is no such chain.
    /// - Throws: ``SQLiteError``.
    public func lockedLastJob(ofChain chainID: JobID) throws -> ClaimedJob? {
        try lastJob(ofChain: chainID).map { try claimed($0.row) }
    }
}

/// What is to be known of a job to complete it.
private struct LeasedJob {
    let rowID: Int64
    let isFirst: Bool
    let start: ChainStart
    let hasDependants: Bool

    init(_ row: SQLiteStatement) {
        rowID = row.int64(0)
        isFirst = row.int64(1) == 0
        start = ChainStart(createdAt: row.time(2), context: row.optionalText(3))
        hasDependants = row.int64(4) != 0
    }
}

extension Settlement {
    fileprivate var hasSuccessor: Bool {
        if case .continued = outcome { true } else { false }
    }

    /// Whether nothing more becomes of the job.
    fileprivate var isEnd: Bool {
        switch outcome {
        case .completed, .continued: true
        case .retried, .failed, .released: false
        }
    }
}
