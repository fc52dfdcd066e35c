public import Queuert

extension SQLiteStateOperations {
    /// Finds a job.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The job; `nil` if there is none.
    /// - Throws: ``SQLiteError``.
    public func job(_ jobID: JobID) throws -> JobRow? {
        try connection.first(statements.read.job, [SQLiteValue(jobID)]) { $0.job() }
    }

    /// Finds the ends of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: Its first and its last job; `nil` if there is no such chain.
    /// - Throws: ``SQLiteError``.
    public func chainEnds(_ chainID: JobID) throws -> ChainEnds? {
        guard let first = try job(chainID), first.chainIndex == 0 else { return nil }
        guard first.successorID != nil else { return ChainEnds(first: first, last: first) }
        let last = try connection.first(statements.read.last, [SQLiteValue(chainID)]) { $0.job() }
        return ChainEnds(first: first, last: last ?? first)
    }

    /// Finds the jobs of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The jobs, from the first to the last; empty if there is no such chain.
    /// - Throws: ``SQLiteError``.
    public func jobs(ofChain chainID: JobID) throws -> [JobRow] {
        try connection.all(statements.read.chainJobs, [SQLiteValue(chainID)]) { $0.job() }
    }

    /// Finds the attempts of a job that did not succeed.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The attempts, from the first to the last.
    /// - Throws: ``SQLiteError``.
    public func failedAttempts(ofJob jobID: JobID) throws -> [AttemptRow] {
        try connection.all(statements.read.failedAttempts, [SQLiteValue(jobID)]) { row in
            AttemptRow(
                jobID: row.jobID(0), attempt: Int(row.int64(1)), worker: row.optionalText(2),
                startedAt: row.optionalTime(3), endedAt: row.time(4),
                outcome: AttemptOutcome(rawValue: row.text(5)) ?? .failed, error: row.optionalText(6),
                attemptContext: row.optionalText(7))
        }
    }

    /// Finds what a job waits or waited for.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The chains, in the order in which the job's handler sees them.
    /// - Throws: ``SQLiteError``.
    public func blockers(ofJob jobID: JobID) throws -> [JobBlocker] {
        let blockers = try connection.all(statements.read.blockers, [SQLiteValue(jobID)]) { row in
            (chainID: row.jobID(0), blockedAt: row.time(1), resolvedAt: row.optionalTime(2))
        }
        return try blockers.compactMap { blocker in
            try chainEnds(blocker.chainID).map {
                JobBlocker(chain: $0, blockedAt: blocker.blockedAt, resolvedAt: blocker.resolvedAt)
            }
        }
    }

    /// Counts the jobs that have not ended or have failed, without looking at those that have completed.
    ///
    /// - Returns: The counts of each type that has such jobs.
    /// - Throws: ``SQLiteError``.
    public func jobCounts() throws -> [String: JobCounts] {
        var counts: [String: JobCounts] = [:]
        try connection.each(statements.read.readyCounts, []) { row in
            counts[row.text(0), default: JobCounts()].addReady(Int(row.int64(1)), since: row.time(2))
        }
        let now = SQLiteValue(clock.now)
        try connection.each(statements.read.waitingCounts, [now]) { row in
            let typeName = row.text(0)
            let count = Int(row.int64(4))
            var type = counts[typeName] ?? JobCounts()
            if row.int64(1) != 0 {
                type.blocked += count
            } else if row.int64(2) != 0 {
                type.failed += count
            } else if row.int64(3) != 0 {
                // Due, though no claim has found it yet.
                type.addReady(count, since: row.time(5))
            } else {
                type.scheduled += count
            }
            counts[typeName] = type
        }
        try connection.each(statements.read.runningCounts, [now]) { row in
            counts[row.text(0), default: JobCounts()].running += Int(row.int64(1))
            counts[row.text(0), default: JobCounts()].overdue += Int(row.int64(2))
        }
        return counts
    }
}

extension JobCounts {
    fileprivate mutating func addReady(_ count: Int, since moment: Timestamp) {
        ready += count
        oldestReadyAt = min(oldestReadyAt ?? moment, moment)
    }
}
