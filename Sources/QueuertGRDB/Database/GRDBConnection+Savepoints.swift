#if GRDB
internal import GRDB

extension GRDBConnection {
    /// Begins a part of the open transaction that can be undone alone; for `withSavepoint`.
    ///
    /// - Parameter number: The savepoint's name, which no other of the transaction has.
    /// - Throws: An error of GRDB's.
    public func setSavepoint(_ number: Int) throws {
        try database.execute(sql: "SAVEPOINT \(Self.name(number))")
    }

    /// Ends the innermost savepoint; what was written since belongs to the part around it.
    ///
    /// - Parameter number: The savepoint.
    /// - Throws: An error of GRDB's.
    public func releaseSavepoint(_ number: Int) throws {
        try database.execute(sql: "RELEASE SAVEPOINT \(Self.name(number))")
    }

    /// Undoes what was written since a savepoint began, and ends it.
    ///
    /// - Parameter number: The savepoint.
    /// - Throws: An error of GRDB's.
    public func rollBack(toSavepoint number: Int) throws {
        try database.execute(sql: "ROLLBACK TO SAVEPOINT \(Self.name(number))")
        try releaseSavepoint(number)
    }

    private static func name(_ number: Int) -> String { "queuert_savepoint_\(number)" }
}
#endif
