import Queuert

/// The parts that the statements of lists are put together from, and those that stay the same.
struct ListStatements: Sendable {
    let tables: SQLiteTables
    let job, rowOfJob, createdFrom, lastRow: SQLiteQuery

    init(_ tables: SQLiteTables) {
        self.tables = tables
        job = SQLiteQuery("SELECT \(SQLiteTables.columns) FROM \(tables.job) WHERE rowid = ?1")
        rowOfJob = SQLiteQuery("SELECT rowid FROM \(tables.job) WHERE id = ?1")
        createdFrom = SQLiteQuery(
            "SELECT rowid, created_at FROM \(tables.job) WHERE rowid >= ?1 ORDER BY rowid LIMIT 1")
        lastRow = SQLiteQuery("SELECT max(rowid) FROM \(tables.job)")
    }

    /// Whether a job has one of some statuses: in the order of ``Queuert/JobStatus``.
    ///
    /// A job that is in line stays there when the clock is set back, and is ready for a claim, whenever it is due.
    func hasStatus(_ statuses: Set<JobStatus>, _ job: String, at now: Timestamp) -> SQLiteCondition {
        SQLiteCondition(
            """
            CASE WHEN \(job).completed_at IS NOT NULL THEN iif(\(job).successor_id IS NULL, 'completed', 'continued')
                WHEN \(job).cancelled_at IS NOT NULL THEN 'cancelled' WHEN \(job).failed_at IS NOT NULL THEN 'failed'
                WHEN \(job).leased_until IS NOT NULL THEN 'running' WHEN \(job).is_blocked THEN 'blocked'
                WHEN \(job).rank IS NULL AND \(job).scheduled_at > ? THEN 'scheduled' ELSE 'ready' END
                IN \(SQLiteTables.list("?"))
            """, SQLiteValue(now), SQLiteValue(list: statuses.map(\.rawValue).sorted()))
    }

    /// The jobs that may have some statuses, found without looking at those that have completed.
    ///
    /// - Returns: A query for a column of the jobs; `nil` if jobs that have completed are wanted too.
    func candidates(_ statuses: Set<JobStatus>, column: String, at now: Timestamp) -> SQLiteCondition? {
        guard statuses.isDisjoint(with: [.completed, .continued]) else { return nil }
        let waiting = "SELECT \(column) FROM \(tables.waitingJob) WHERE \(SQLiteTables.isWaiting) AND"
        var parts: [SQLiteCondition] = []
        if statuses.contains(.ready) {
            parts.append(SQLiteCondition("SELECT \(column) FROM \(tables.readyJob) WHERE rank IS NOT NULL"))
        }
        if statuses.contains(.running) {
            parts.append(SQLiteCondition("SELECT \(column) FROM \(tables.leasedJob) WHERE leased_until IS NOT NULL"))
        }
        if statuses.contains(.cancelled) { parts.append(SQLiteCondition("\(waiting) cancelled_at IS NOT NULL")) }
        if statuses.contains(.blocked) {
            parts.append(SQLiteCondition("\(waiting) cancelled_at IS NULL AND is_blocked = 1"))
        }
        if statuses.contains(.failed) {
            parts.append(
                SQLiteCondition("\(waiting) cancelled_at IS NULL AND is_blocked = 0 AND failed_at IS NOT NULL"))
        }
        let scheduled = "\(waiting) cancelled_at IS NULL AND is_blocked = 0 AND failed_at IS NULL"
        if statuses.contains(.scheduled) {
            parts.append(SQLiteCondition(scheduled))
        } else if statuses.contains(.ready) {
            // Due, though no claim has found it yet.
            parts.append(SQLiteCondition("\(scheduled) AND scheduled_at <= ?", SQLiteValue(now)))
        }
        guard !parts.isEmpty else { return SQLiteCondition("SELECT NULL WHERE 0") }
        return SQLiteCondition(
            parts.map(\.sql).joined(separator: "\nUNION ALL "), values: parts.flatMap(\.values))
    }

    /// The jobs of some types, found by these: a query for a column of `first`.
    func jobs(ofTypes typeNames: [String], column: String) -> SQLiteCondition {
        SQLiteCondition(
            """
            SELECT \(column) FROM json_each(?) t CROSS JOIN \(tables.job) first INDEXED BY \(tables.prefix)job_type
            WHERE first.type_name = t.value
            """, SQLiteValue(list: typeNames))
    }
}

/// A part of a statement, and the values for its parameters in order.
struct SQLiteCondition {
    var sql: String
    var values: [SQLiteValue]

    init(_ sql: String, values: [SQLiteValue]) {
        self.sql = sql
        self.values = values
    }

    init(_ sql: String, _ values: SQLiteValue...) { self.init(sql, values: values) }
}
