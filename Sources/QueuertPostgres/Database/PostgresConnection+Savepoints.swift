extension PostgresConnection {
    /// Begins a part of the open transaction that can be undone alone; for `withSavepoint`.
    ///
    /// Goes with the next statement, so it costs no round trip.
    ///
    /// - Parameter number: The savepoint's name, which no other of the transaction has.
    /// - Throws: ``PostgresError``.
    public func setSavepoint(_ number: Int) throws { try session.setSavepoint(Self.name(number)) }

    /// Ends the innermost savepoint; what was written since belongs to the part around it.
    ///
    /// - Parameter number: The savepoint.
    /// - Throws: ``PostgresError``.
    public func releaseSavepoint(_ number: Int) throws { try session.releaseSavepoint(Self.name(number)) }

    /// Undoes what was written since a savepoint began, and ends it.
    ///
    /// - Parameter number: The savepoint.
    /// - Throws: ``PostgresError``.
    public func rollBack(toSavepoint number: Int) throws { try session.rollBack(toSavepoint: Self.name(number)) }

    private static func name(_ number: Int) -> String { "queuert_savepoint_\(number)" }
}
