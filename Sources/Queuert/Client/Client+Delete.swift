extension Client {
    /// Deletes chains with all their jobs and records: all of them, or none.
    ///
    /// A handler that runs is cancelled, cooperatively, and what it would write is refused. Chains that don't exist are left
    /// out.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - cascade: Whether the chains that any of their jobs waited for are deleted too, and so on, as far as nothing else
    ///     needs them.
    /// - Returns: The chains that were deleted.
    /// - Throws: ``ChainHasDependantsError`` if a job that has not ended, of a chain that is not deleted, waits or
    ///   waited for one of the named chains; ``NestedTransactionError`` in a transaction; `CancellationError`; or an
    ///   error of the database. Then nothing is deleted.
    @discardableResult
    public func deleteJobChains(_ chainIDs: [JobID], cascade: Bool = false) async throws -> [JobID] {
        try await adapter.withTransaction { connection in
            try delete(chainIDs, cascade: cascade, on: connection)
        }
    }

    /// Deletes chains with all their jobs and records, as part of the caller's transaction.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - cascade: Whether the chains that any of their jobs waited for are deleted too, as far as nothing else needs them.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The chains that were deleted.
    /// - Throws: ``ChainHasDependantsError`` if a job that has not ended, of a chain that is not deleted, waits or
    ///   waited for one of the named chains; ``TransactionRequiredError`` if the connection has no transaction open
    ///   that may write; or an error of the database. Then nothing is deleted.
    @discardableResult
    public func deleteJobChains(
        _ chainIDs: [JobID], cascade: Bool = false, on connection: isolated Adapter.Connection
    ) async throws -> [JobID] {
        try delete(chainIDs, cascade: cascade, on: connection)
    }

    private func delete(
        _ chainIDs: [JobID], cascade: Bool, on connection: isolated Adapter.Connection
    ) throws -> [JobID] {
        let effects = try connection.openEffects
        return try delete(chainIDs, cascade: cascade, with: adapter.operations(on: connection), effects: effects)
    }

    /// Deletes chains, for whoever has the database's statements at hand without an actor.
    package func delete(
        _ chainIDs: [JobID], cascade: Bool, with operations: Adapter.Operations, effects: TransactionEffects
    ) throws -> [JobID] {
        let request = DeletionRequest(chainIDs: chainIDs, cascade: cascade)
        return try recording(with: operations, effects: effects) {
            let deleted = try operations.deleteChains(request)
            for chain in deleted {
                effects.wake(WakeHint(completedChains: [chain.ends.first.id]), through: hintTarget)
                if let attempt = chain.interrupted { interrupted(attempt, .superseded, at: nil, in: effects) }
                tell(.chainDeleted(chain.ends.first.id, typeName: chain.ends.first.typeName), in: effects)
                // Also of a chain whose last job has failed for good, which had not ended: it might have been redriven.
                if !chain.ends.last.isEnded { ended(chain.ends, .deleted, at: nil, in: effects) }
            }
            return deleted.map(\.ends.first.id)
        }
    }

    /// Deletes chains that ended long ago, in batches with a transaction each, so that others get their turn between.
    ///
    /// Chains that a job waits or waited for that has not ended are kept. In a handler only a detached one can call it: an atomic
    /// one has a transaction already. Telemetry isn't told of what is deleted, as it is by ``deleteJobChains(_:cascade:)``.
    ///
    /// ```swift
    /// try await client.cleanUp(.completed, olderThan: .seconds(7 * 86_400))
    /// ```
    ///
    /// - Parameters:
    ///   - status: The way in which the chains ended: completed, cancelled or failed.
    ///   - others: Further ones.
    ///   - age: How long ago they ended, at least, by the database's clock.
    ///   - types: The types of the chains; all if `nil`.
    ///   - batchSize: How many chains are looked at in one transaction; 500 by default.
    /// - Returns: How many chains were deleted.
    /// - Throws: ``NestedTransactionError`` in a transaction; `CancellationError`, or an error of the database, and then the
    ///   batches before it stay deleted.
    @discardableResult
    public func cleanUp(
        _ status: JobStatus, _ others: JobStatus..., olderThan age: Duration, types: [any EntryJobType.Type]? = nil,
        batchSize: Int = 500
    ) async throws -> Int {
        var request = CleanupRequest(
            statuses: Set([status] + others).intersection([.completed, .cancelled, .failed]), olderThan: age,
            chainTypeNames: types?.map { $0.name }, limit: max(1, batchSize))
        // Nothing has ended in another way, however many chains there are to look at.
        if request.statuses.isEmpty { return 0 }
        var deleted = 0
        repeat {
            try Task.checkCancellation()
            let batch = request
            let result = try await adapter.withTransaction { try adapter.operations(on: $0).cleanUp(batch) }
            deleted += result.deleted
            request.after = result.next
        } while request.after != nil
        return deleted
    }
}
