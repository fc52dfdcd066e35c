public import Queuert

extension Client where Adapter == PostgresStateAdapter {
    /// Runs a body in one transaction, and again if that conflicts with another one, as in a deadlock.
    ///
    /// What a run has written is undone before the next one: chains that it started don't exist, and its hooks are told of the
    /// rollback.
    ///
    /// ```swift
    /// try await client.withTransaction(retries: 3) { db in
    ///     try db.execute("UPDATE stock SET count = count - 1 WHERE item = $1", [item])
    ///     try await client.startJobChain(Ship.self, input: item, on: db)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - isolation: What the transaction sees of others.
    ///   - retries: How often the body is run again if the transaction conflicted with another: it must do nothing that the
    ///     database can't undo.
    ///   - body: What to run, on the transaction's connection.
    /// - Returns: What the body returns.
    /// - Throws: What ``PostgresPool/write(isolation:retries:_:)`` throws.
    public func withTransaction<R: Sendable>(
        isolation: PostgresPool.Isolation = .readCommitted, retries: Int,
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        try await adapter.withTransaction(isolation: isolation, retries: retries, body)
    }
}
