internal import CSQLite

/// A connection of libsqlite3 and its prepared statements.
///
/// Not thread-safe: it belongs to one ``SQLiteConnection``, on whose thread all calls are made.
final class SQLiteHandle {
    let database: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private let queries = SQLiteQueryCache()

    /// Statements with text made on the fly would fill the cache for ever: it starts anew when it holds so many.
    private static let cacheLimit = 256

    init(path: String, readOnly: Bool, busyTimeout: Duration) throws {
        var opened: OpaquePointer?
        let mode = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = sqlite3_open_v2(path, &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nil)
        guard code == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw SQLiteError(resultCode: code, message: message)
        }
        database = opened
        sqlite3_extended_result_codes(database, 1)
        sqlite3_busy_timeout(database, Int32(clamping: Int64(busyTimeout / .milliseconds(1))))
    }

    deinit {
        for statement in statements.values { statement.finalize() }
        queries.finalize()
        sqlite3_close_v2(database)
    }

    /// Whether no transaction is open.
    var isAutocommit: Bool { sqlite3_get_autocommit(database) != 0 }

    /// How many rows the last statement changed.
    var changes: Int { Int(sqlite3_changes64(database)) }

    /// The version of the library that runs.
    static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    /// Runs statements without parameters, such as a schema.
    func run(script: String) throws {
        let code = sqlite3_exec(database, script, nil, nil, nil)
        if code != SQLITE_OK { throw error(code, sql: script) }
    }

    /// A statement, prepared once and kept.
    func statement(_ sql: String) throws -> SQLiteStatement {
        if let known = statements[sql], !known.isInUse { return known }
        let prepared = try prepare(sql)
        if statements.count >= Self.cacheLimit {
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
        try queries.statement(query, slot: slot) { try prepare($0) }
    }

    private func prepare(_ sql: String) throws -> SQLiteStatement {
        var pointer: OpaquePointer?
        var hasMore = false
        let code = sql.withCString { start in
            var rest: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(database, start, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, &rest)
            if let rest { hasMore = String(cString: rest).contains { !$0.isWhitespace && $0 != ";" } }
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
        return SQLiteStatement(pointer, sql: sql)
    }

    func error(_ code: Int32, sql: String) -> SQLiteError {
        SQLiteError(resultCode: code, message: String(cString: sqlite3_errmsg(database)), sql: sql)
    }
}
