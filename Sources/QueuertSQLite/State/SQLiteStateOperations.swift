public import Queuert

/// The queue's statements on a SQLite connection.
public struct SQLiteStateOperations: StateOperations {
    let connection: SQLiteStatementRunner
    let statements: SQLiteStatements
    let clock: any QueueClock
    /// How far lists look; tests have them look less far.
    package var listReach = ListReach()

    package init(connection: SQLiteStatementRunner, statements: SQLiteStatements, clock: any QueueClock) {
        self.connection = connection
        self.statements = statements
        self.clock = clock
    }

    /// Writes jobs, the first of new chains, with what they wait for.
    ///
    /// - Parameter jobs: The jobs.
    /// - Returns: What came of each, in the order of the jobs.
    /// - Throws: ``Queuert/ChainNotFoundError`` if a blocker doesn't exist, ``Queuert/ChainCancelledError`` if it was
    ///   cancelled, ``Queuert/JobTypeMismatchError`` if it started with another type, ``Queuert/DuplicateJobIDError``
    ///   if there is a job with an identifier already, or ``SQLiteError``. Then nothing is written.
    public func insertJobs(_ jobs: [NewJob]) throws -> [InsertedJob] {
        let now = clock.now
        // One job alone fails before anything of it is written, or not at all.
        if jobs.count == 1 { return [try insertOrFind(jobs[0], at: now)] }
        return try connection.whole { try jobs.map { try insertOrFind($0, at: now) } }
    }

    private func insertOrFind(_ job: NewJob, at now: Timestamp) throws -> InsertedJob {
        guard let rule = job.deduplication else { return InsertedJob(row: try insert(job, at: now)) }
        let key = [SQLiteValue.text(job.chainTypeName), .text(rule.key)]
        let known = try connection.first(statements.insert.chainOfKey, key) { $0.jobID(0) }
        if let known, let chain = try chainEnds(known), rule.matches(chain, at: now) {
            return InsertedJob(row: chain.first, isExisting: true)
        }
        let row = try insert(job, at: now)
        try connection.run(statements.insert.key, key + [SQLiteValue(row.chainID)])
        return InsertedJob(row: row)
    }

    func insert(_ job: NewJob, at now: Timestamp) throws -> JobRow {
        let areCompleted = try job.blockers.map(isCompleted)
        let isBlocked = areCompleted.contains(false)
        let row = JobRow(
            id: job.id, typeName: job.typeName, chainID: job.chainID, chainTypeName: job.chainTypeName,
            chainIndex: job.chainIndex, input: job.input, createdAt: now, scheduledAt: job.schedule.dueTime(at: now),
            priority: job.priority, readyAt: isBlocked ? nil : now, hasOpenBlockers: isBlocked, trace: job.trace)
        do {
            try write(row, rank: row.rank(at: now))
        } catch let error as SQLiteError where error.code == .constraint {
            let exists = try connection.first(statements.insert.jobExists, [SQLiteValue(row.id)]) { _ in true }
            throw exists == true ? DuplicateJobIDError(id: row.id) : error
        }
        for (ordinal, blocker) in job.blockers.enumerated() {
            try connection.run(
                statements.insert.blocker,
                [
                    SQLiteValue(row.id), .integer(Int64(ordinal)), SQLiteValue(blocker.chainID), SQLiteValue(now),
                    areCompleted[ordinal] ? SQLiteValue(now) : .null, SQLiteValue(blocker.traceContext),
                ])
        }
        return row
    }

    private func write(_ row: JobRow, rank: Int64?) throws {
        try connection.use(statements.insert.job) { statement in
            statement.bind(text: row.id.rawValue, at: 1)
            statement.bind(text: row.typeName, at: 2)
            statement.bind(text: row.chainID.rawValue, at: 3)
            statement.bind(text: row.chainTypeName, at: 4)
            statement.bind(Int64(row.chainIndex), at: 5)
            statement.bind(text: row.input, at: 6)
            statement.bind(row.createdAt.microseconds, at: 7)
            statement.bind(row.scheduledAt.microseconds, at: 8)
            statement.bind(Int64(row.priority.rawValue), at: 9)
            statement.bind(rank, at: 10)
            statement.bind(row.readyAt?.microseconds, at: 11)
            statement.bind(row.hasOpenBlockers ? 1 : 0, at: 12)
            statement.bind(text: row.trace.chainContext, at: 13)
            statement.bind(text: row.trace.jobContext, at: 14)
            statement.bind(text: row.trace.carrier, at: 15)
            statement.bind(text: row.trace.segment, at: 16)
            _ = try statement.step()
        }
    }

    /// Whether the chain of a blocker has completed.
    private func isCompleted(_ blocker: NewJob.Blocker) throws -> Bool {
        let chainID = blocker.chainID
        let last = try connection.first(statements.insert.last, [SQLiteValue(chainID)]) { row in
            (isCompleted: row.int64(0) != 0, isCancelled: row.int64(1) != 0, typeName: row.text(2))
        }
        guard let last else { throw ChainNotFoundError(chainID: chainID) }
        if let expected = blocker.chainTypeName, expected != last.typeName {
            throw JobTypeMismatchError(chainID: chainID, expected: expected, actual: last.typeName)
        }
        if last.isCancelled { throw ChainCancelledError(chainID: chainID) }
        return last.isCompleted
    }
}
