internal import Queuert

/// The SQL of the state adapter, made once for a table prefix.
///
/// None of the hot statements has a RETURNING clause: SQLite collects what it returns in a table of its own, which costs more
/// than reading the row by its number before it is changed.
package final class SQLiteStatements: Sendable {
    let tables: SQLiteTables
    package let insert: InsertStatements
    package let claim: ClaimStatements
    package let settle: SettleStatements
    let change: ChangeStatements
    let delete: DeleteStatements
    let read: ReadStatements
    let list: ListStatements
    let telemetry: TelemetryStatements

    /// What the names of the tables begin with.
    package var prefix: String { tables.prefix }

    private static let made = Locked<[String: SQLiteStatements]>([:])

    /// The statements for a table prefix: always the same, since connections keep them prepared for each.
    ///
    /// - Parameter prefix: What the names of the tables begin with: letters, digits and underscores, and no digit first.
    /// - Returns: The statements.
    package static func shared(prefix: String) -> SQLiteStatements {
        made.withLock { made in
            if let known = made[prefix] { return known }
            let statements = SQLiteStatements(prefix: prefix)
            made[prefix] = statements
            return statements
        }
    }

    private init(prefix: String) {
        precondition(
            prefix.utf8.first.map { !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0) } ?? true
                && prefix.utf8.allSatisfy { byte in
                    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
                }, "The table prefix “\(prefix)” may hold letters, digits and underscores only, and no digit first.")
        tables = SQLiteTables(prefix: prefix)
        insert = InsertStatements(tables)
        claim = ClaimStatements(tables)
        settle = SettleStatements(tables)
        change = ChangeStatements(tables)
        delete = DeleteStatements(tables)
        read = ReadStatements(tables)
        list = ListStatements(tables)
        telemetry = TelemetryStatements(tables)
    }
}

/// The names of the queue's tables, and what is said of them in several statements.
struct SQLiteTables: Sendable {
    let prefix, job, blocker, attempt, deduplication, pausedType, telemetryOutbox, telemetryLeader: String
    /// Jobs, by one of the small indexes: whatever statistics SQLite was given, it must not look at all jobs instead.
    let readyJob, waitingJob, leasedJob: String

    init(prefix: String) {
        self.prefix = prefix
        job = "\(prefix)job"
        blocker = "\(prefix)job_blocker"
        attempt = "\(prefix)job_attempt"
        deduplication = "\(prefix)deduplication"
        pausedType = "\(prefix)paused_type"
        telemetryOutbox = "\(prefix)telemetry_outbox"
        telemetryLeader = "\(prefix)telemetry_leader"
        readyJob = "\(job) INDEXED BY \(prefix)job_ready"
        waitingJob = "\(job) INDEXED BY \(prefix)job_waiting"
        leasedJob = "\(job) INDEXED BY \(prefix)job_leased"
    }

    /// The columns of a job in the order in which ``SQLiteStatement/job(from:)`` decodes them.
    static let columnNames = [
        "id", "chain_index", "type_name", "chain_id", "chain_type_name", "successor_id", "input", "output",
        "created_at",
        "scheduled_at", "priority", "ready_at", "completed_at", "completed_by", "failed_at", "cancelled_at", "attempt",
        "last_attempt_at", "last_attempt_error", "leased_by", "lease_token", "leased_until", "is_blocked",
        "chain_trace_context", "job_trace_context", "attempt_trace_context", "trace_carrier", "trace_segment",
    ]
    static let columns = columnNames.joined(separator: ", ")
    static let columnCount = Int32(columnNames.count)

    static func columns(of alias: String) -> String {
        columnNames.map { "\(alias).\($0)" }.joined(separator: ", ")
    }

    /// The number of the row of a chain's last job.
    func lastRow(ofChain chainID: String) -> String {
        "(SELECT place.rowid FROM \(job) place WHERE place.chain_id = \(chainID) ORDER BY place.chain_index DESC LIMIT 1)"
    }

    /// The elements of the list that a parameter holds.
    static func list(_ parameter: String) -> String { "(SELECT value FROM json_each(\(parameter)))" }

    /// What the index job_waiting holds, word for word, or SQLite would not use it.
    static let isWaiting = "rank IS NULL AND leased_until IS NULL AND completed_at IS NULL"
    /// What is due later, or was not found due yet, of what ``isWaiting``: the first columns of the index.
    static let isScheduled = "cancelled_at IS NULL AND is_blocked = 0 AND failed_at IS NULL AND \(isWaiting)"
    /// A job of which something may still become.
    static let isUnended = "completed_at IS NULL AND cancelled_at IS NULL"
    /// The place in line of a job that is due.
    static let rank = "scheduled_at - priority * 60000000"

    /// What becomes of a job that waits for nothing more, at a moment: it gets in line then, however long it has waited.
    static func unblocking(at moment: String) -> String {
        """
        is_blocked = 0, ready_at = \(moment), scheduled_at = max(scheduled_at, \(moment)),
            rank = CASE WHEN scheduled_at <= \(moment) THEN \(moment) - priority * 60000000 END
        """
    }
}
