internal import Foundation
public import Queuert

/// The queue's statements on a SQLite connection.
public struct SQLiteStateOperations: StateOperations {
    let connection: SQLiteStatementRunner
    let statements: SQLiteStatements
    let clock: any QueueClock

    /// Writes jobs, the first of new chains, with what they wait for.
    ///
    /// - Parameter jobs: The jobs.
    /// - Returns: The rows, in the order of the jobs.
    /// - Throws: ``Queuert/DuplicateJobIDError`` if a job of that identifier exists, ``Queuert/ChainNotFoundError`` if a
    ///   blocker doesn't, ``Queuert/JobTypeMismatchError`` if it started with another type, or ``SQLiteError``.
    public func insertJobs(_ jobs: [NewJob]) throws -> [JobRow] {
        let now = clock.now
        return try jobs.map { try insert($0, at: now) }
    }

    func insert(_ job: NewJob, at now: Timestamp) throws -> JobRow {
        let areCompleted = try job.blockers.map(isCompleted)
        let isBlocked = areCompleted.contains(false)
        let row = JobRow(
            id: job.id, typeName: job.typeName, chainID: job.chainID, chainTypeName: job.chainTypeName,
            chainIndex: job.chainIndex, input: job.input, createdAt: now, scheduledAt: job.schedule.dueTime(at: now),
            readyAt: isBlocked ? nil : now, hasOpenBlockers: isBlocked, trace: job.trace)
        do {
            try connection.run(
                statements.insertJob,
                [
                    .text(row.id.rawValue), .text(row.typeName), .text(row.chainID.rawValue), .text(row.chainTypeName),
                    .integer(Int64(row.chainIndex)), .text(row.input), .integer(now.microseconds),
                    .integer(row.scheduledAt.microseconds), SQLiteValue(row.readyAt?.microseconds),
                    .integer(isBlocked ? 1 : 0), SQLiteValue(row.trace.chainContext), SQLiteValue(row.trace.jobContext),
                    SQLiteValue(row.trace.carrier), SQLiteValue(row.trace.segment),
                ])
        } catch let error as SQLiteError where error.code == .constraint {
            // Which constraint SQLite names is its choice: a first job's identifier is also its place in its chain.
            if try exists(job.id) { throw DuplicateJobIDError(id: job.id) }
            throw error
        }
        for (ordinal, blocker) in job.blockers.enumerated() {
            try connection.run(
                statements.insertBlocker,
                [
                    .text(row.id.rawValue), .integer(Int64(ordinal)), .text(blocker.chainID.rawValue),
                    .integer(now.microseconds), areCompleted[ordinal] ? .integer(now.microseconds) : .null,
                    SQLiteValue(blocker.traceContext),
                ])
        }
        return row
    }

    private func exists(_ jobID: JobID) throws -> Bool {
        var exists = false
        try connection.each(statements.chainStart, [.text(jobID.rawValue)]) { _ in exists = true }
        return exists
    }

    /// Whether the chain of a blocker has ended.
    private func isCompleted(_ blocker: NewJob.Blocker) throws -> Bool {
        var found: (isCompleted: Bool, typeName: String)?
        try connection.each(statements.chainIsCompleted, [.text(blocker.chainID.rawValue)]) {
            found = ($0.int64(0) != 0, $0.text(1))
        }
        guard let found else { throw ChainNotFoundError(chainID: blocker.chainID) }
        if let expected = blocker.chainTypeName, expected != found.typeName {
            throw JobTypeMismatchError(chainID: blocker.chainID, expected: expected, actual: found.typeName)
        }
        return found.isCompleted
    }

    /// Takes jobs that are due and leases them to a worker.
    ///
    /// - Parameter request: Which jobs, how many, for whom.
    /// - Returns: The jobs, in the order in which they became due, and when the next one is.
    /// - Throws: ``SQLiteError``.
    public func claimJobs(_ request: ClaimRequest) throws -> ClaimResult {
        struct Candidate {
            let id: String
            let scheduledAt: Int64
            let attemptContext: String?
        }
        let now = clock.now
        var candidates: [Candidate] = []
        // One probe per type, each in the order of the index: over several types at once SQLite would sort the backlog.
        for typeName in request.typeNames {
            try connection.each(statements.claimable, [.text(typeName), .integer(Int64(request.limit))]) { row in
                candidates.append(
                    Candidate(id: row.text(0), scheduledAt: row.int64(1), attemptContext: row.optionalText(2)))
            }
        }
        candidates.sort { ($0.scheduledAt, $0.id) < ($1.scheduledAt, $1.id) }
        var claimed: [ClaimedJob] = []
        let leasedUntil = now + request.leaseDuration
        for candidate in candidates.prefix(request.limit) {
            if candidate.scheduledAt > now.microseconds {
                return ClaimResult(
                    jobs: claimed, nextDueIn: .microseconds(candidate.scheduledAt - now.microseconds))
            }
            let context = claimed.count < request.attemptContexts.count ? request.attemptContexts[claimed.count] : nil
            try connection.each(
                statements.lease,
                [
                    .text(candidate.id), .integer(now.microseconds), .text(request.worker),
                    .integer(leasedUntil.microseconds), SQLiteValue(context),
                ]
            ) { row in
                claimed.append(
                    ClaimedJob(row: Self.job(row), previousAttemptContext: candidate.attemptContext))
            }
        }
        for index in claimed.indices where request.typesWithBlockers.contains(claimed[index].row.typeName) {
            claimed[index].blockers = try claimedBlockers(of: claimed[index].row.id)
        }
        return ClaimResult(jobs: claimed)
    }

    private func claimedBlockers(of jobID: JobID) throws -> [ClaimedBlocker] {
        var blockers: [ClaimedBlocker] = []
        try connection.each(statements.claimedBlockers, [.text(jobID.rawValue)]) { row in
            blockers.append(
                ClaimedBlocker(
                    chainID: JobID(rawValue: row.text(0)), chainTypeName: row.text(1), output: row.text(2),
                    chainStartContext: row.optionalText(3)))
        }
        return blockers
    }

    /// Prolongs leases.
    ///
    /// - Parameters:
    ///   - leases: The leases.
    ///   - duration: How long they last from now on.
    /// - Returns: The leases that were prolonged; the others are lost.
    /// - Throws: ``SQLiteError``.
    public func renewLeases(_ leases: [Lease], for duration: Duration) throws -> Set<Lease> {
        let until = clock.now + duration
        var renewed: Set<Lease> = []
        for lease in leases {
            let values: [SQLiteValue] = [
                .text(lease.jobID.rawValue), .integer(lease.token), .integer(until.microseconds),
            ]
            if try connection.run(statements.renew, values) == 1 { renewed.insert(lease) }
        }
        return renewed
    }

    /// Finds jobs whose lease is over.
    ///
    /// - Parameters:
    ///   - typeNames: The types to look for.
    ///   - limit: How many at most.
    /// - Returns: The jobs, the longest overdue first.
    /// - Throws: ``SQLiteError``.
    public func expiredLeases(typeNames: [String], limit: Int) throws -> [ClaimedJob] {
        let types = String(decoding: try JSONEncoder().encode(typeNames), as: UTF8.self)
        var expired: [ClaimedJob] = []
        try connection.each(
            statements.expired, [.integer(clock.now.microseconds), .text(types), .integer(Int64(limit))]
        ) { row in
            expired.append(
                ClaimedJob(
                    row: Self.job(row), previousAttemptContext: row.optionalText(SQLiteStatements.jobColumnCount)))
        }
        for index in expired.indices { expired[index].blockers = try claimedBlockers(of: expired[index].row.id) }
        return expired
    }

    /// Finds the ends of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: Its first and its last job; `nil` if there is no such chain.
    /// - Throws: ``SQLiteError``.
    public func chainEnds(_ chainID: JobID) throws -> ChainEnds? {
        let rows = try rows(statements.chainEnds, chainID)
        guard let first = rows.first, let last = rows.last else { return nil }
        return ChainEnds(first: first, last: last)
    }

    /// Finds the jobs of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The jobs, from the first to the last; empty if there is no such chain.
    /// - Throws: ``SQLiteError``.
    public func jobs(ofChain chainID: JobID) throws -> [JobRow] { try rows(statements.chainJobs, chainID) }

    private func rows(_ sql: String, _ chainID: JobID) throws -> [JobRow] {
        var rows: [JobRow] = []
        try connection.each(sql, [.text(chainID.rawValue)]) { rows.append(Self.job($0)) }
        return rows
    }

    /// Finds the attempts of a job that did not succeed.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The attempts, from the first to the last.
    /// - Throws: ``SQLiteError``.
    public func failedAttempts(ofJob jobID: JobID) throws -> [AttemptRow] {
        var attempts: [AttemptRow] = []
        try connection.each(statements.failedAttempts, [.text(jobID.rawValue)]) { row in
            attempts.append(
                AttemptRow(
                    jobID: JobID(rawValue: row.text(0)), attempt: Int(row.int64(1)), worker: row.optionalText(2),
                    startedAt: row.optionalInt64(3).map(Timestamp.init(microseconds:)),
                    endedAt: Timestamp(microseconds: row.int64(4)),
                    outcome: AttemptOutcome(rawValue: row.text(5)) ?? .failed, error: row.optionalText(6),
                    attemptContext: row.optionalText(7)))
        }
        return attempts
    }

    /// Counts the jobs that wait to run, by type.
    ///
    /// - Returns: The number for each type that has any.
    /// - Throws: ``SQLiteError``.
    public func waitingJobCounts() throws -> [String: Int] {
        var counts: [String: Int] = [:]
        try connection.each(statements.waitingCounts, []) { counts[$0.text(0)] = Int($0.int64(1)) }
        return counts
    }

    /// A job of a row whose columns are ``SQLiteStatements/jobColumns``.
    static func job(_ row: SQLiteStatement) -> JobRow {
        func time(_ column: Int32) -> Timestamp { Timestamp(microseconds: row.int64(column)) }
        func optionalTime(_ column: Int32) -> Timestamp? {
            row.optionalInt64(column).map(Timestamp.init(microseconds:))
        }
        return JobRow(
            id: JobID(rawValue: row.text(0)), typeName: row.text(1), chainID: JobID(rawValue: row.text(2)),
            chainTypeName: row.text(3), chainIndex: Int(row.int64(4)),
            successorID: row.optionalText(5).map(JobID.init(rawValue:)), input: row.text(6),
            output: row.optionalText(7), createdAt: time(8), scheduledAt: time(9), readyAt: optionalTime(10),
            completedAt: optionalTime(11), completedBy: row.optionalText(12), attempt: Int(row.int64(13)),
            lastAttemptAt: optionalTime(14), lastAttemptError: row.optionalText(15), leasedBy: row.optionalText(16),
            leaseToken: row.int64(17), leasedUntil: optionalTime(18), hasOpenBlockers: row.int64(19) != 0,
            trace: JobTraceColumns(
                chainContext: row.optionalText(20), jobContext: row.optionalText(21),
                attemptContext: row.optionalText(22), carrier: row.optionalText(23), segment: row.optionalText(24)))
    }
}
