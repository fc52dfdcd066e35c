extension Client {
    /// Cancels a chain as part of the caller's transaction: it ends without an output.
    ///
    /// A handler that runs is cancelled, cooperatively, and what it would write is refused. Who awaits the chain gets
    /// ``ChainCancelledError``. A chain that has completed or was cancelled before is left as it is.
    ///
    /// - Parameters:
    ///   - chain: The chain.
    ///   - dependants: What becomes of jobs that wait for it; by default their chains are cancelled too.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The chains that were cancelled, causes before effects; empty if it had ended.
    /// - Throws: ``ChainNotFoundError``, ``ChainHasDependantsError`` if the policy refuses,
    ///   ``TransactionRequiredError`` if the connection has no transaction open that may write, or an error of the
    ///   database.
    @discardableResult
    public func cancelJobChain<Entry: EntryJobType>(
        _ chain: Chain<Entry>, dependants: DependantPolicy = .cancel, on connection: isolated Adapter.Connection
    ) async throws -> [JobID] {
        try cancel([chain.id], dependants: dependants, on: connection)
    }

    /// Cancels a chain in a transaction of its own: it ends without an output.
    ///
    /// - Parameters:
    ///   - chain: The chain.
    ///   - dependants: What becomes of jobs that wait for it; by default their chains are cancelled too.
    /// - Returns: The chains that were cancelled, causes before effects; empty if it had ended.
    /// - Throws: ``ChainNotFoundError``, ``ChainHasDependantsError`` if the policy refuses, ``NestedTransactionError``
    ///   in a transaction, `CancellationError`, or an error of the database.
    @discardableResult
    public func cancelJobChain<Entry: EntryJobType>(
        _ chain: Chain<Entry>, dependants: DependantPolicy = .cancel
    ) async throws -> [JobID] {
        try await cancelJobChains([chain.id], dependants: dependants)
    }

    /// Cancels chains of any types in a transaction of their own: all of them, or none.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - dependants: What becomes of jobs that wait for them; by default their chains are cancelled too.
    /// - Returns: The chains that were cancelled, causes before effects.
    /// - Throws: ``ChainNotFoundError``, ``ChainHasDependantsError`` if the policy refuses, ``NestedTransactionError``
    ///   in a transaction, `CancellationError`, or an error of the database.
    @discardableResult
    public func cancelJobChains(
        _ chainIDs: [JobID], dependants: DependantPolicy = .cancel
    ) async throws -> [JobID] {
        try await adapter.withTransaction { connection in
            try cancel(chainIDs, dependants: dependants, on: connection)
        }
    }

    /// Cancels chains of any types as part of the caller's transaction: all of them, or none.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - dependants: What becomes of jobs that wait for them; by default their chains are cancelled too.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The chains that were cancelled, causes before effects.
    /// - Throws: ``ChainNotFoundError``, ``ChainHasDependantsError`` if the policy refuses,
    ///   ``TransactionRequiredError`` if the connection has no transaction open that may write, or an error of the
    ///   database.
    @discardableResult
    public func cancelJobChains(
        _ chainIDs: [JobID], dependants: DependantPolicy = .cancel, on connection: isolated Adapter.Connection
    ) async throws -> [JobID] {
        try cancel(chainIDs, dependants: dependants, on: connection)
    }

    func cancel(
        _ chainIDs: [JobID], dependants: DependantPolicy, on connection: isolated Adapter.Connection
    ) throws -> [JobID] {
        let effects = try connection.openEffects
        return try cancel(
            chainIDs, dependants: dependants, with: adapter.operations(on: connection), effects: effects)
    }

    /// Cancels chains, for whoever has the database's statements at hand without an actor.
    package func cancel(
        _ chainIDs: [JobID], dependants: DependantPolicy, with operations: Adapter.Operations,
        effects: TransactionEffects
    ) throws -> [JobID] {
        let cancelled = try recording(with: operations, effects: effects) {
            try cancelAndTell(chainIDs, dependants: dependants, with: operations, effects: effects)
        }
        return cancelled.map(\.row.chainID)
    }

    private func cancelAndTell(
        _ chainIDs: [JobID], dependants: DependantPolicy, with operations: Adapter.Operations,
        effects: TransactionEffects
    ) throws -> [CancelledChain] {
        let cancelled = try operations.cancelChains(chainIDs, dependants: dependants)
        for chain in cancelled {
            effects.wake(WakeHint(completedChains: [chain.row.chainID]), through: hintTarget)
            if let attempt = chain.interrupted {
                interrupted(attempt, .cancelled, at: chain.row.cancelledAt, in: effects)
            }
            // Only for the trace, and only where the chain began with another job.
            let isAlone = chain.row.id == chain.row.chainID
            if observability != nil,
                let ends = isAlone
                    ? ChainEnds(first: chain.row, last: chain.row) : try operations.chainEnds(chain.row.chainID)
            {
                ended(ends, .cancelled, at: chain.row.cancelledAt, in: effects)
            }
        }
        return cancelled
    }

    /// Tells of a chain that has ended without an output.
    func ended(_ ends: ChainEnds, _ result: ChainEnding.Result, at time: Timestamp?, in effects: TransactionEffects) {
        guard let observability else { return }
        let first = ends.first
        let ending = ChainEnding(
            id: first.id, typeName: first.typeName,
            start: ChainStart(createdAt: first.createdAt, context: first.trace.jobContext),
            jobCount: ends.last.chainIndex + 1, result: result, endedAt: time ?? clock.now)
        effects.add(onCommit: { observability.chainEnded(ending) })
    }

    /// Tells of an attempt that somebody else has ended, and its worker.
    func interrupted(
        _ attempt: ClaimedJob, _ result: AttemptEnd.Result, at time: Timestamp?, in effects: TransactionEffects
    ) {
        effects.wake(WakeHint(lostLeases: [attempt.row.id]), through: hintTarget)
        guard let observability else { return }
        let end = AttemptEnd(result: result, at: time ?? clock.now)
        effects.add(onCommit: { observability.attempt(attempt).ended(end) })
    }
}
