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
    /// - Throws: What the body throws, or an error of the database; then nothing of the body's waits for the commit.
    func recording<R>(
        with operations: Adapter.Operations, effects: TransactionEffects, _ body: () throws -> R
    ) throws -> R {
        guard recordsTransactions, let observability,
            let outbox = operations as? any TelemetryOutboxOperations
        else { return try body() }
        let mark = effects.mark
        let value = try body()
        do {
            let messages = observability.recordTransaction { effects.tellCommit(since: mark) }
            if !messages.isEmpty { try outbox.keepTelemetry(messages) }
            effects.rewrapCommits(since: mark) { observability.transactionCommitted(recorded: messages, $0) }
            return value
        } catch {
            effects.forget(since: mark)
            throw error
        }
    }
}
