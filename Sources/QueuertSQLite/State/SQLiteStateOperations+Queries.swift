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
        try connection.all(statements.read.failedAttempts, [SQLiteValue(jobID)]) { $0.attempt() }
    }

    /// Finds the last attempts of a job that did not succeed.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - count: How many at most.
    /// - Returns: The attempts, from the first of them to the last.
    /// - Throws: ``SQLiteError``.
    public func failedAttempts(ofJob jobID: JobID, last count: Int) throws -> [AttemptRow] {
        let values = [SQLiteValue(jobID), .integer(Int64(count))]
        return try connection.all(statements.read.lastFailedAttempts, values) { $0.attempt() }.reversed()
    }

    /// Counts how many of the last attempts of jobs failed or were lost in a row.
    ///
    /// - Parameter counts: By job, how many attempts to look at; those that were given back are passed over.
    /// - Returns: By job, how many of them failed or were lost in a row.
    /// - Throws: ``SQLiteError``.
    public func failures(inLastAttempts counts: [JobID: Int]) throws -> [JobID: Int] {
        var failures: [JobID: Int] = [:]
        for (jobID, count) in counts {
            let values = [SQLiteValue(jobID), .integer(Int64(count))]
            failures[jobID] = try connection.first(statements.read.failures, values) { Int($0.int64(0)) }
        }
        return failures
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

    /// Asks for the time.
    ///
    /// - Returns: The time by the adapter's clock.
    /// - Throws: Never.
    public func databaseTime() throws -> Timestamp { clock.now }
}

extension SQLiteStatement {
    fileprivate func attempt() -> AttemptRow {
        AttemptRow(
            jobID: jobID(0), attempt: Int(int64(1)), worker: optionalText(2), startedAt: optionalTime(3),
            endedAt: time(4), outcome: AttemptOutcome(rawValue: text(5)) ?? .failed, error: optionalText(6),
            attemptContext: optionalText(7))
    }
}

extension JobCounts {
    fileprivate mutating func addReady(_ count: Int, since moment: Timestamp) {
        ready += count
        oldestReadyAt = min(oldestReadyAt ?? moment, moment)
    }
}
