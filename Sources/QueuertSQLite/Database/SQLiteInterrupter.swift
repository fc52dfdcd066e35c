internal import CSQLite

/// Ends the statement that runs on a connection, from any thread.
///
/// `@unchecked`, because the compiler knows nothing of the pointer: SQLite lets any thread interrupt a connection that is
/// open, and a connection is closed only when no read is left, which is how long a read's cancellation handler lives.
package struct SQLiteInterrupter: @unchecked Sendable {
    private let database: OpaquePointer

    package init(_ database: OpaquePointer) { self.database = database }

    package func interrupt() { sqlite3_interrupt(database) }
}

extension SQLiteHandle {
    var interrupter: SQLiteInterrupter { SQLiteInterrupter(database) }
}

extension SQLiteError {
    package var isInterruption: Bool { resultCode & 0xff == SQLITE_INTERRUPT }
}
