internal import CSQLite

extension SQLiteHandle {
    /// Runs a body and notes the text of each statement that it runs, without values.
    func tracing<R>(_ body: () throws -> R) rethrows -> (R, [String]) {
        let trace = SQLiteTrace()
        return try withExtendedLifetime(trace) {
            sqlite3_trace_v2(
                database, UInt32(SQLITE_TRACE_STMT),
                { _, context, statement, _ in
                    guard let context, let statement, let sql = sqlite3_sql(OpaquePointer(statement)) else { return 0 }
                    Unmanaged<SQLiteTrace>.fromOpaque(context).takeUnretainedValue().add(String(cString: sql))
                    return 0
                }, Unmanaged.passUnretained(trace).toOpaque())
            defer { sqlite3_trace_v2(database, 0, nil, nil) }
            return (try body(), trace.statements)
        }
    }
}

/// The statements that were run.
private final class SQLiteTrace {
    private(set) var statements: [String] = []

    func add(_ sql: String) { statements.append(sql) }
}

extension SQLiteConnection {
    /// Runs a body and notes the text of each statement that it runs, without values: what operations cost, for tests.
    ///
    /// - Parameter body: What to run.
    /// - Returns: What the body returns, and the statements, in order.
    /// - Throws: What the body throws.
    package func tracing<R>(_ body: () throws -> R) throws -> (R, [String]) { try handle.tracing(body) }
}
