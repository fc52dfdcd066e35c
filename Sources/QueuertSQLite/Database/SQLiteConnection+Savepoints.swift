extension SQLiteConnection {
    /// Begins a part of the open transaction that can be undone alone; for `withSavepoint`.
    ///
    /// - Parameter number: The savepoint's name, which no other of the transaction has.
    /// - Throws: ``SQLiteError``.
    public func setSavepoint(_ number: Int) throws { try run("SAVEPOINT \(Self.name(number))") }

    /// Ends the innermost savepoint; what was written since belongs to the part around it.
    ///
    /// - Parameter number: The savepoint.
    /// - Throws: ``SQLiteError``.
    public func releaseSavepoint(_ number: Int) throws { try run("RELEASE \(Self.name(number))") }

    /// Undoes what was written since a savepoint began, and ends it.
    ///
    /// - Parameter number: The savepoint.
    /// - Throws: ``SQLiteError``.
    public func rollBack(toSavepoint number: Int) throws {
        try run("ROLLBACK TO \(Self.name(number))")
        try run("RELEASE \(Self.name(number))")
    }

    private func run(_ sql: String) throws {
        let statement = try handleInBody.statement(sql)
        _ = try statement.use { try statement.step() }
    }

    private static func name(_ number: Int) -> String { "queuert_savepoint_\(number)" }
}
