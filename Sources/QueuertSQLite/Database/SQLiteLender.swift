internal import CSQLite

/// Another library's connection that lends its statements to the state adapter: its own ones, so that the library learns
/// of what they do, and gives them up when it closes the connection.
package protocol SQLiteLender: AnyObject {
    /// How many rows the last statement changed.
    var changes: Int { get }

    /// Lends a statement that nobody else uses, with nothing bound to it.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - isKept: Whether it is going to be asked for again, and worth to be kept.
    /// - Returns: The statement, for one use.
    /// - Throws: ``SQLiteError``, or an error of the library's that isn't SQLite's.
    func statement(_ sql: String, isKept: Bool) throws -> any SQLiteLentStatement

    /// Runs statements without parameters, such as a schema.
    ///
    /// - Parameter script: The statements.
    /// - Throws: ``SQLiteError``, or an error of the library's that isn't SQLite's.
    func run(script: String) throws
}

/// A statement of another library's.
package protocol SQLiteLentStatement: AnyObject {
    /// The statement as libsqlite3 has it, to bind values and to read columns.
    var pointer: OpaquePointer { get }

    /// Goes on to the next row, in the library's way.
    ///
    /// - Returns: Whether there is one.
    /// - Throws: ``SQLiteError``, or an error of the library's that isn't SQLite's.
    func step() throws -> Bool

    /// Is told that the statement is reset, to run again with what is bound.
    func reset()
}

extension SQLiteLentStatement {
    /// Whether it was stepped and neither came to its end nor was reset.
    package var isBusy: Bool { sqlite3_stmt_busy(pointer) != 0 }
}
