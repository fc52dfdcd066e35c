extension PostgresConnection {
    /// Begins a part of the open transaction that can be undone alone; for `withSavepoint`.
    ///
    /// Goes with the next statement, so it costs no round trip.
    ///
    /// - Parameter number: The savepoint's name, which no other of the transaction has.
    /// - Throws: ``PostgresError``.
    public func setSavepoint(_ number: Int) throws {
        try checkThatTransactionGoesOn()
        pending.append(PostgresQuery("SAVEPOINT \(Self.name(number))", isPrepared: false))
    }

    /// Ends the innermost savepoint; what was written since belongs to the part around it.
    ///
    /// - Parameter number: The savepoint.
    /// - Throws: ``PostgresError``.
    public func releaseSavepoint(_ number: Int) throws {
        try checkThatTransactionGoesOn()
        if forget(savepoint: number) { return }
        pending.append(PostgresQuery("RELEASE \(Self.name(number))", isPrepared: false))
    }

    /// Undoes what was written since a savepoint began, and ends it.
    ///
    /// - Parameter number: The savepoint.
    /// - Throws: ``PostgresError``.
    public func rollBack(toSavepoint number: Int) throws {
        if forget(savepoint: number) { return }
        // What was to go with the next statement belongs to the part that is undone.
        pending = []
        let handle = try handle
        let rollback = PostgresQuery("ROLLBACK TO \(Self.name(number))", isPrepared: false)
        _ = try send(PostgresCommand(query: rollback), on: handle)
        transactionFailure = nil
        pending.append(PostgresQuery("RELEASE \(Self.name(number))", isPrepared: false))
    }

    /// Drops a savepoint, and those inside it, that the server has not heard of.
    private func forget(savepoint number: Int) -> Bool {
        let text = "SAVEPOINT \(Self.name(number))"
        guard let index = pending.firstIndex(where: { $0.text == text }) else { return false }
        pending.removeSubrange(index...)
        return true
    }

    private func checkThatTransactionGoesOn() throws {
        if let transactionFailure { throw transactionFailure }
    }

    private static func name(_ number: Int) -> String { "queuert_savepoint_\(number)" }
}
