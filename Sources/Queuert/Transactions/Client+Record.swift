extension Client {
    /// Runs one of the queue's operations, in a transaction if its telemetry is to be part of that.
    func withOperation<R: Sendable>(
        _ body: @Sendable (isolated Adapter.Connection) async throws -> R
    ) async throws -> R {
        if recordsTransactions { return try await adapter.withTransaction(body) }
        return try await adapter.withOperation(.work, body)
    }

    /// Writes the telemetry of what the body has written into the open transaction, if that is wanted.
    ///
    /// What the body lets wait for the commit is told twice then: here, where the observability adapter makes messages of it,
    /// and after the commit, where it is left with the rest, such as metrics.
    ///
    /// - Parameters:
    ///   - operations: The database's statements.
    ///   - effects: What waits for the transaction.
    ///   - endsWithError: Whether whoever calls has an error undo the transaction, so that nothing need be undone here.
    ///   - body: Writes, and lets what follows wait for the commit.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or an error of the database; then nothing of the body's is written, or waits for
    ///   the commit.
    func recording<R>(
        with operations: Adapter.Operations, effects: TransactionEffects, endsWithError: Bool = false,
        _ body: () throws -> R
    ) throws -> R {
        guard recordsTransactions, let observability,
            let outbox = operations as? any TelemetryOutboxOperations
        else { return try body() }
        let mark = effects.mark
        do {
            if endsWithError { return try record(observability, in: outbox, effects, since: mark, body) }
            return try outbox.whole { try record(observability, in: outbox, effects, since: mark, body) }
        } catch {
            effects.forget(since: mark)
            throw error
        }
    }

    private func record<R>(
        _ observability: any ObservabilityAdapter, in outbox: any TelemetryOutboxOperations,
        _ effects: TransactionEffects, since mark: Int, _ body: () throws -> R
    ) throws -> R {
        let value = try body()
        let messages = observability.recordTransaction { effects.tellCommit(since: mark) }
        if !messages.isEmpty { try outbox.keepTelemetry(messages) }
        effects.rewrapCommits(since: mark) { observability.transactionCommitted(recorded: messages, $0) }
        return value
    }
}
