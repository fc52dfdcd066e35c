internal import CSQLite

/// Ends the statement that runs on a connection, from any thread.
///
/// `@unchecked`, because the compiler knows nothing of the pointer: SQLite lets any thread interrupt a connection that is
/// open, and whoever has this asks for it only until the read ends for which the connection is open.
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
