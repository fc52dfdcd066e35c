public import Queuert

extension PostgresStateOperations {
    private func parameters(_ id: JobID) -> PostgresParameters {
        var parameters = PostgresParameters()
        parameters.add(lookedFor: id, idType)
        return parameters
    }

    /// Finds a job.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The job; `nil` if there is none.
    /// - Throws: ``PostgresError``.
    public func job(_ jobID: JobID) throws -> JobRow? {
        try session.run(statements.read.job, parameters(jobID)).first?.job(idType)
    }

    /// Finds the ends of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: Its first and its last job; `nil` if there is no such chain.
    /// - Throws: ``PostgresError``.
    public func chainEnds(_ chainID: JobID) throws -> ChainEnds? {
        try session.run(statements.read.chainEnds, parameters(chainID)).first.map { ends($0) }
    }

    func ends(_ row: PostgresResult.Row, from start: Int = 0) -> ChainEnds {
        ChainEnds(
            first: row.job(idType, from: start), last: row.job(idType, from: start + PostgresTables.columnNames.count))
    }

    /// Finds the jobs of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The jobs, from the first to the last; empty if there is no such chain.
    /// - Throws: ``PostgresError``.
    public func jobs(ofChain chainID: JobID) throws -> [JobRow] {
        try session.run(statements.read.chainJobs, parameters(chainID)).rows.map { $0.job(idType) }
    }

    /// Finds the attempts of a job that did not succeed.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The attempts, from the first to the last.
    /// - Throws: ``PostgresError``.
    public func failedAttempts(ofJob jobID: JobID) throws -> [AttemptRow] {
        try session.run(statements.read.failedAttempts, parameters(jobID)).rows.map { attempt($0, of: jobID) }
    }

    /// Finds the last attempts of a job that did not succeed.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - count: How many at most.
    /// - Returns: The attempts, from the first of them to the last.
    /// - Throws: ``PostgresError``.
    public func failedAttempts(ofJob jobID: JobID, last count: Int) throws -> [AttemptRow] {
        var parameters = self.parameters(jobID)
        parameters.add(Int64(count))
        let rows = try session.run(statements.read.lastFailedAttempts, parameters).rows
        return rows.map { attempt($0, of: jobID) }.reversed()
    }

    private func attempt(_ row: PostgresResult.Row, of jobID: JobID) -> AttemptRow {
        AttemptRow(
            jobID: jobID, attempt: Int(row.int32(0)), worker: row.optionalText(1), startedAt: row.optionalTime(2),
            endedAt: row.time(3), outcome: AttemptOutcome(rawValue: row.text(4)) ?? .failed,
            error: row.optionalText(5), attemptContext: row.optionalText(6))
    }

    /// Counts how many of the last attempts of jobs failed or were lost in a row.
    ///
    /// - Parameter counts: By job, how many attempts to look at; those that were given back are passed over.
    /// - Returns: By job, how many of them failed or were lost in a row, if any.
    /// - Throws: ``PostgresError``.
    public func failures(inLastAttempts counts: [JobID: Int]) throws -> [JobID: Int] {
        if counts.isEmpty { return [:] }
        var parameters = list(counts.keys)
        parameters.add(counts.values.map { Int32(clamping: $0) })
        let rows = try session.run(statements.read.failures, parameters).rows
        return Dictionary(
            rows.map { ($0.jobID(0, idType), Int($0.int64(1))) }, uniquingKeysWith: { first, _ in first })
    }

    /// Finds what a job waits or waited for.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The chains, in the order in which the job's handler sees them.
    /// - Throws: ``PostgresError``.
    public func blockers(ofJob jobID: JobID) throws -> [JobBlocker] {
        try session.run(statements.read.blockers, parameters(jobID)).rows.map { row in
            JobBlocker(chain: ends(row, from: 2), blockedAt: row.time(0), resolvedAt: row.optionalTime(1))
        }
    }

    /// Counts the jobs that have not ended or have failed, without looking at those that have completed.
    ///
    /// - Returns: The counts of each type that has such jobs.
    /// - Throws: ``PostgresError``.
    public func jobCounts() throws -> [String: JobCounts] {
        var counts: [String: JobCounts] = [:]
        for row in try session.run(statements.read.counts, parametersWithTime()).rows {
            let count = Int(row.int64(2))
            var type = counts[row.text(0)] ?? JobCounts()
            switch row.text(1) {
            case "ready":
                type.ready += count
                let since = row.time(3)
                type.oldestReadyAt = min(type.oldestReadyAt ?? since, since)
            case "scheduled": type.scheduled += count
            case "blocked": type.blocked += count
            case "failed": type.failed += count
            default:
                type.running += count
                type.overdue += Int(row.int64(4))
            }
            counts[row.text(0)] = type
        }
        return counts
    }

    /// Asks for the time.
    ///
    /// - Returns: The server's time.
    /// - Throws: ``PostgresError``.
    public func databaseTime() throws -> Timestamp { try now() }
}
