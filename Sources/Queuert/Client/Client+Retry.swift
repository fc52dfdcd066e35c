internal import Logging

extension Client {
    /// Makes jobs due now that are due later, as after a backoff: all of them, or none.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Throws: ``JobNotFoundError``, ``JobStatusError`` for the first that neither is due later nor waits for a
    ///   worker, ``NestedTransactionError`` in a transaction, `CancellationError`, or an error of the database. Then
    ///   nothing is changed.
    public func triggerJobs(_ jobIDs: [JobID]) async throws {
        try await adapter.withTransaction { try await triggerJobs(jobIDs, on: $0) }
    }

    /// Makes jobs due now that are due later, as part of the caller's transaction: all of them, or none.
    ///
    /// - Parameters:
    ///   - jobIDs: The jobs.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Throws: ``JobNotFoundError``, ``JobStatusError`` for the first that neither is due later nor waits for a
    ///   worker, ``TransactionRequiredError`` if the connection has no transaction open that may write, or an error of
    ///   the database. Then nothing is changed.
    public func triggerJobs(_ jobIDs: [JobID], on connection: isolated Adapter.Connection) async throws {
        try trigger(jobIDs, with: adapter.operations(on: connection), effects: connection.openEffects)
    }

    /// Makes jobs due, for whoever has the database's statements at hand without an actor.
    package func trigger(
        _ jobIDs: [JobID], with operations: Adapter.Operations, effects: TransactionEffects
    ) throws {
        let rows = try operations.triggerJobs(jobIDs)
        tell(.jobsTriggered(rows), in: effects)
        effects.wake(WakeHint(dueJobs: rows.countsByType), through: hintTarget)
    }

    /// Lets jobs that have used up their attempts be tried again, as if for the first time: all of them, or none.
    ///
    /// What their attempts failed with is kept. A chain whose deduplication key belongs to a newer one by now goes on
    /// beside that one, which keeps the key.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Throws: ``JobNotFoundError``, ``JobStatusError`` for the first that has not failed, ``NestedTransactionError``
    ///   in a transaction, `CancellationError`, or an error of the database. Then nothing is changed.
    public func redriveJobs(_ jobIDs: [JobID]) async throws {
        try await adapter.withTransaction { try await redriveJobs(jobIDs, on: $0) }
    }

    /// Lets jobs that have used up their attempts be tried again, as part of the caller's transaction: all of them, or none.
    ///
    /// What their attempts failed with is kept. A chain whose deduplication key belongs to a newer one by now goes on
    /// beside that one, which keeps the key.
    ///
    /// - Parameters:
    ///   - jobIDs: The jobs.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Throws: ``JobNotFoundError``, ``JobStatusError`` for the first that has not failed,
    ///   ``TransactionRequiredError`` if the connection has no transaction open that may write, or an error of the
    ///   database. Then nothing is changed.
    public func redriveJobs(_ jobIDs: [JobID], on connection: isolated Adapter.Connection) async throws {
        try redrive(jobIDs, with: adapter.operations(on: connection), effects: connection.openEffects)
    }

    /// Lets failed jobs be tried again, for whoever has the database's statements at hand without an actor.
    package func redrive(
        _ jobIDs: [JobID], with operations: Adapter.Operations, effects: TransactionEffects
    ) throws {
        let rows = try operations.redriveJobs(jobIDs)
        tell(.jobsRedriven(rows), in: effects)
        effects.wake(WakeHint(dueJobs: rows.countsByType), through: hintTarget)
    }

    /// Makes jobs ready that are blocked though all that they wait for has completed.
    ///
    /// There are none, unless a row was changed by hand or the queue has a fault. Workers look for them by themselves, when
    /// they start and now and then; this is for who doesn't want to wait for that.
    ///
    /// - Returns: The jobs, as they are now.
    /// - Throws: ``NestedTransactionError`` in a transaction, `CancellationError`, or an error of the database. Then
    ///   nothing is changed.
    @discardableResult
    public func unblockStrandedJobs() async throws -> [JobRow] {
        try await adapter.withTransaction { try await unblockStrandedJobs(on: $0) }
    }

    /// Makes jobs ready that are blocked though all that they wait for has completed, as part of the caller's transaction.
    ///
    /// - Parameter connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The jobs, as they are now.
    /// - Throws: ``TransactionRequiredError`` if the connection has no transaction open that may write, or an error of
    ///   the database. Then nothing is changed.
    @discardableResult
    public func unblockStrandedJobs(on connection: isolated Adapter.Connection) async throws -> [JobRow] {
        let effects = try connection.openEffects
        let rows = try adapter.operations(on: connection).unblockStrandedJobs()
        if rows.isEmpty { return [] }
        let counts = rows.countsByType
        effects.add(onCommit: { [logger] in
            for (typeName, count) in counts {
                logger.error(
                    "Jobs were blocked by nothing, and are ready now. Unless rows were changed by hand, please report it.",
                    metadata: ["queuert.job.type": "\(typeName)", "count": "\(count)"])
            }
        })
        effects.wake(WakeHint(dueJobs: counts), through: hintTarget)
        return rows
    }

    /// Tells of an event once the transaction is committed.
    func tell(_ event: QueueEvent, in effects: TransactionEffects) {
        guard let observability else { return }
        effects.add(onCommit: { observability.happened(event) })
    }
}

extension [JobRow] {
    /// How many there are of each type.
    fileprivate var countsByType: [String: Int] { reduce(into: [:]) { $0[$1.typeName, default: 0] += 1 } }
}
