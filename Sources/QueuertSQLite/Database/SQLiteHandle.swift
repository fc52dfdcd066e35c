internal import CSQLite

/// A connection of libsqlite3 and its prepared statements.
///
/// Not thread-safe: it belongs to one ``SQLiteConnection``, on whose thread all calls are made.
package final class SQLiteHandle {
    let database: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    /// The statements that begin and end transactions; never in reach of users' statements of the same text.
    private var transactionStatements: [String: SQLiteStatement] = [:]
    let watch: SQLiteTransactionWatch
    /// Whether a transaction was begun by ``begin(_:)`` and not ended.
    private(set) var isInTransaction = false
    /// Why SQLite has rolled back the open transaction by itself, as it does when the disk is full.
    private(set) var lossOfTransaction: SQLiteError?
    private let queries = SQLiteQueryCache()
    /// What ends the statements of the read that is under way.
    var readCancellation: SQLiteReadCancellation? {
        didSet {
            oldValue?.end()
            if let readCancellation {
                readCancellation.watch(database)
            } else {
                sqlite3_progress_handler(database, 0, nil, nil)
            }
        }
    }

    /// Statements with text made on the fly would fill the cache for ever: it starts anew when it holds so many.
    private let cacheLimit: Int

    package init(
        path: String, readOnly: Bool, creates: Bool = true, busyTimeout: Duration, cacheLimit: Int = 512
    ) throws {
        var opened: OpaquePointer?
        let creation = creates ? SQLITE_OPEN_CREATE : 0
        let mode = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | creation
        let code = sqlite3_open_v2(path, &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nil)
        guard code == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw SQLiteError(resultCode: code, message: message)
        }
        database = opened
        csqlite_set_lookaside(opened, Self.smallAllocation.size, Self.smallAllocation.count)
        self.cacheLimit = cacheLimit
        watch = SQLiteTransactionWatch(opened)
        sqlite3_extended_result_codes(database, 1)
        setBusyTimeout(busyTimeout)
    }

    /// The size, in bytes, and the number of small allocations that a connection makes from memory of its own.
    ///
    /// They spare it the lock that all connections of the process share. SQLite's default is a tenth of them, which a few
    /// statements that are kept use up.
    private static let smallAllocation = (size: Int32(1200), count: Int32(500))

    /// Sets how long a statement waits for another process's lock; 24 days at most.
    func setBusyTimeout(_ timeout: Duration) {
        sqlite3_busy_timeout(database, Int32(min(max(timeout / .milliseconds(1), 0), Double(Int32.max))))
    }

    deinit {
        for statement in statements.values { statement.finalize() }
        for statement in transactionStatements.values { statement.finalize() }
        queries.finalize()
        sqlite3_close_v2(database)
    }

    /// How many pages the write-ahead log had after the last commit.
    package var walPages: Int { watch.walPages }
    /// How many pages the write-ahead log has, if something was committed since the last call; what wrote nothing is no commit.
    package func takeWALPages() -> Int? { watch.takeWALPages() }

    /// Whether no transaction is open.
    var isAutocommit: Bool { sqlite3_get_autocommit(database) != 0 }

    /// How many rows the last statement changed.
    var changes: Int { Int(sqlite3_changes64(database)) }

    /// How many rows all statements have changed so far, and what they led to.
    var totalChanges: Int64 { sqlite3_total_changes64(database) }

    /// How many rows a statement changed: SQLite tells of the one before if this one can't change any.
    ///
    /// - Parameter before: ``totalChanges`` when it began.
    /// - Returns: The number of rows.
    func changes(since before: Int64) -> Int { totalChanges == before ? 0 : changes }

    /// How many statements are kept prepared.
    package var preparedStatementCount: Int {
        var count = 0
        var statement = sqlite3_next_stmt(database, nil)
        while statement != nil {
            count += 1
            statement = sqlite3_next_stmt(database, statement)
        }
        return count
    }

    /// Sets how large a value may be.
    ///
    /// - Parameter bytes: The size in bytes.
    package func limitValues(to bytes: Int32) { sqlite3_limit(database, SQLITE_LIMIT_LENGTH, bytes) }

    /// The database's file, however it was named; empty for a database in memory and for a temporary one.
    var filePath: String {
        guard let path = sqlite3_db_filename(database, "main") else { return "" }
        return String(cString: path)
    }

    /// The file of the write-ahead log, whether there is one or not; `nil` for a database in memory.
    var walPath: String? {
        guard let path = sqlite3_db_filename(database, "main"), path.pointee != 0, let log = sqlite3_filename_wal(path)
        else { return nil }
        return String(cString: log)
    }

    /// The version of the library that runs.
    static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    // MARK: Statements

    /// Runs statements without parameters, such as a schema.
    package func run(script: String) throws {
        if let lossOfTransaction { throw lossOfTransaction }
        let code = sqlite3_exec(database, script, nil, nil, nil)
        if code != SQLITE_OK { throw error(code, sql: script) }
    }

    /// The first value that a query returns.
    func value(_ sql: String) throws -> SQLiteValue {
        let statement = try prepare(sql, flags: 0)
        return try statement.use { try statement.step() ? statement.value(0) : .null }
    }

    /// A statement, prepared once and kept.
    package func statement(_ sql: String) throws -> SQLiteStatement {
        if let lossOfTransaction { throw lossOfTransaction }
        if let known = statements[sql], !known.isInUse { return known }
        watch.sawTransactionStatement = false
        let prepared = try prepare(sql, flags: UInt32(SQLITE_PREPARE_PERSISTENT))
        // What begins or ends a transaction is looked at each time that it is prepared.
        if watch.sawTransactionStatement { return prepared }
        if statements.count >= cacheLimit {
            for (key, statement) in statements where !statement.isInUse {
                statement.finalize()
                statements[key] = nil
            }
        }
        if statements[sql] == nil { statements[sql] = prepared }
        return prepared
    }

    /// A statement of the state adapter, prepared once and kept.
    func statement(_ query: SQLiteQuery, slot: Int = 0) throws -> SQLiteStatement {
        if let lossOfTransaction { throw lossOfTransaction }
        return try queries.statement(query, slot: slot) { try prepare($0, flags: UInt32(SQLITE_PREPARE_PERSISTENT)) }
    }

    private func prepare(_ sql: String, flags: UInt32) throws -> SQLiteStatement {
        var pointer: OpaquePointer?
        var hasMore = false
        let code = sql.withCString { start in
            var rest: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(database, start, -1, flags, &pointer, &rest)
            if code == SQLITE_OK, let rest { hasMore = hasStatement(rest) }
            return code
        }
        guard code == SQLITE_OK else { throw error(code, sql: sql) }
        guard let pointer else {
            throw SQLiteError(code: .other, reason: "the statement is empty", hint: "Pass one SQL statement.")
        }
        if hasMore {
            sqlite3_finalize(pointer)
            throw SQLiteError(
                code: .other, reason: "there is more than one statement in the text",
                hint: "Call once for each statement, or `executeScript` for several without parameters.")
        }
        return SQLiteStatement(pointer, sql: sql, of: self)
    }

    /// Whether there is another statement behind one, or something else that is no comment.
    private func hasStatement(_ text: UnsafePointer<CChar>) -> Bool {
        // As it mostly is.
        if String(cString: text).allSatisfy({ $0.isWhitespace || $0 == ";" }) { return false }
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(database, text, -1, 0, &pointer, nil)
        sqlite3_finalize(pointer)
        // If it is about a transaction, it may have been refused; that there is one is what is told.
        _ = watch.takeRefusal()
        return code != SQLITE_OK || pointer != nil
    }

    /// The error for a result code, which notes whether SQLite has rolled back the transaction.
    func error(_ code: Int32, sql: String) -> any Error {
        if code & 0xff == SQLITE_AUTH, let refusal = watch.takeRefusal() { return refusal }
        let error = SQLiteError(resultCode: code, message: String(cString: sqlite3_errmsg(database)), sql: sql)
        if isInTransaction, lossOfTransaction == nil, isAutocommit { lossOfTransaction = error }
        return error
    }

    // MARK: Transactions

    /// How a transaction begins.
    package enum Beginning: String { case writing = "BEGIN IMMEDIATE", reading = "BEGIN" }

    /// Begins a transaction; tries again while another process holds the lock, for as long as the timeout says.
    package func begin(_ beginning: Beginning, busyTimeout: Duration) throws {
        try retryWhileBusy(for: busyTimeout) { try runTransactionStatement(beginning.rawValue) }
        isInTransaction = true
        lossOfTransaction = nil
    }

    /// Commits.
    ///
    /// If that fails the transaction is still to be rolled back.
    package func commit(busyTimeout: Duration) throws {
        if let lossOfTransaction { throw lossOfTransaction }
        try retryWhileBusy(for: busyTimeout) { try runTransactionStatement("COMMIT") }
        isInTransaction = false
    }

    /// Rolls back whatever is open.
    package func rollback() {
        // If the statement itself fails, the next BEGIN does too, with an error of its own.
        if !isAutocommit { try? runTransactionStatement("ROLLBACK") }
        isInTransaction = false
        lossOfTransaction = nil
    }

    /// Runs a statement for a transaction or savepoint.
    func runTransactionStatement(_ sql: String) throws {
        // Also while it runs: SQLite prepares it anew when the schema has changed.
        let refuses = watch.refusesTransactionStatements
        watch.refusesTransactionStatements = false
        defer { watch.refusesTransactionStatements = refuses }
        let statement = try transactionStatements[sql] ?? prepare(sql, flags: UInt32(SQLITE_PREPARE_PERSISTENT))
        transactionStatements[sql] = statement
        _ = try statement.use { try statement.step() }
    }

    /// Whether rows refer to others that don't exist yet, so that a commit would be refused.
    var hasUnresolvedForeignKeys: Bool {
        var current: Int32 = 0
        var highest: Int32 = 0
        sqlite3_db_status(database, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0)
        return current != 0
    }

    /// Whether the open transaction has written.
    var hasWritten: Bool { sqlite3_txn_state(database, nil) == SQLITE_TXN_WRITE }

    /// How far a checkpoint goes.
    package enum Checkpoint {
        /// Copies what it can beside others.
        case copy
        /// Waits for reads to end and copies the rest, so that the next commit begins the log anew, in a file that stays as
        /// large as it is: to write over it is cheaper than to make a file grow.
        case restart
        /// The same, and cuts the file down to nothing.
        case empty

        fileprivate var mode: Int32 {
            switch self {
            case .copy: SQLITE_CHECKPOINT_PASSIVE
            case .restart: SQLITE_CHECKPOINT_RESTART
            case .empty: SQLITE_CHECKPOINT_TRUNCATE
            }
        }
    }

    /// Copies what the write-ahead log holds into the database.
    ///
    /// - Returns: How many pages the log has, and whether others kept it from being done as a whole; no number if they did so
    ///   by a checkpoint of their own, beside which there is no other.
    package func checkpoint(_ checkpoint: Checkpoint) throws -> (pages: Int?, isBusy: Bool) {
        var pages: Int32 = 0
        var copied: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(database, nil, checkpoint.mode, &pages, &copied)
        if code & 0xff == SQLITE_BUSY { return (pages < 0 ? nil : Int(pages), true) }
        guard code == SQLITE_OK else { throw error(code, sql: "") }
        return (Int(pages), false)
    }

    /// Tries again while SQLite reports at once, without waiting, that another connection is busy.
    ///
    /// The pauses are short and differ, so that two processes don't meet again and again.
    func retryWhileBusy(for timeout: Duration, _ body: () throws -> Void) throws {
        let deadline = ContinuousClock.now + timeout
        var pause: Int32 = 1
        while true {
            do {
                return try body()
            } catch let error as SQLiteError where error.code == .busy && ContinuousClock.now < deadline {
                sqlite3_sleep(Int32.random(in: 1...pause))
                pause = min(pause * 2, 20)
            }
        }
    }
}
