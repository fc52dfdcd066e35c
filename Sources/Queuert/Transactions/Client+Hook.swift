extension Client {
    /// Has something happen when the caller's transaction has ended, such as a message to a cache.
    ///
    /// Hooks run once, in the order in which they were added, after the database has answered. A hook that is added inside a
    /// savepoint is part of it: it tells of the rollback if the savepoint is undone.
    ///
    /// ```swift
    /// try await client.withTransaction { db in
    ///     try db.execute("UPDATE users SET name = ? WHERE id = ?", [name, id])
    ///     try client.addHook(on: db, onCommit: { cache.remove(id) })
    /// }
    /// ```
    ///
    /// What must not be lost when the process dies is no hook, but a chain.
    ///
    /// - Parameters:
    ///   - connection: The connection whose transaction is open.
    ///   - onCommit: What happens if it was committed. Must not block.
    ///   - onRollback: What happens if it was undone; nothing by default. Must not block.
    /// - Throws: ``TransactionRequiredError`` if the connection has no transaction open that may write.
    public func addHook(
        on connection: isolated Adapter.Connection, onCommit: @escaping @Sendable () -> Void,
        onRollback: @escaping @Sendable () -> Void = {}
    ) throws {
        try connection.openEffects.add(onCommit: onCommit, onRollback: onRollback)
    }
}
