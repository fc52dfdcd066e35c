extension Client {
    /// Completes the job that a chain is at, without a worker, as part of the caller's transaction.
    ///
    /// For work that is not a program's to do: an approval, an answer from elsewhere. The job may be ready, due later,
    /// failed, or running, and then the attempt's result doesn't count and its handler is cancelled.
    ///
    /// ```swift
    /// try await client.withTransaction { db in
    ///     try db.execute("UPDATE orders SET approved_by = ? WHERE id = ?", [user, order])
    ///     try await client.completeJob(Approve.self, of: chain, on: db) { job in
    ///         .continueWith(\.ship, input: .init(order: job.input.order))
    ///     }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - type: The type of the job that the chain is at.
    ///   - chain: The chain.
    ///   - evenIfBlocked: Whether the job may still wait for other chains. No by default, as its blockers' outputs are then
    ///     never looked at.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    ///   - decide: Is given the job, and decides how the chain goes on; `nil` to leave it as it is.
    /// - Returns: Whether the job was completed.
    /// - Throws: ``ChainNotFoundError``; ``JobTypeMismatchError`` if the chain is at a job of another type;
    ///   ``JobStatusError`` if the chain has ended or the job is blocked; ``JobDataError`` if the input can't be
    ///   decoded, or what is decided is refused by its type or can't be encoded; what `decide` throws;
    ///   ``LeaseLostError`` if the job was ended meanwhile; what starting a chain throws, if it goes on with a job that
    ///   can't be written; ``TransactionRequiredError`` if the connection has no transaction open that may write; or an
    ///   error of the database.
    @discardableResult
    public func completeJob<Entry: EntryJobType, Kind: JobType>(
        _ type: Kind.Type, of chain: Chain<Entry>, evenIfBlocked: Bool = false,
        on connection: isolated Adapter.Connection, _ decide: (JobToComplete<Kind>) throws -> Decision<Kind>?
    ) async throws -> Bool where Kind.Output == Entry.Output {
        try complete(type, of: chain.id, evenIfBlocked: evenIfBlocked, on: connection, decide)
    }

    /// Completes the job that a chain is at, without a worker, in a transaction of its own.
    ///
    /// - Parameters:
    ///   - type: The type of the job that the chain is at.
    ///   - chain: The chain.
    ///   - evenIfBlocked: Whether the job may still wait for other chains; no by default.
    ///   - decide: Is given the job, and decides how the chain goes on; `nil` to leave it as it is.
    /// - Returns: Whether the job was completed.
    /// - Throws: ``ChainNotFoundError``; ``JobTypeMismatchError`` if the chain is at a job of another type;
    ///   ``JobStatusError`` if the chain has ended or the job is blocked; ``JobDataError`` if the input can't be
    ///   decoded, or what is decided is refused by its type or can't be encoded; what `decide` throws;
    ///   ``LeaseLostError`` if the job was ended meanwhile; what starting a chain throws, if it goes on with a job that
    ///   can't be written; ``NestedTransactionError`` in a transaction; `CancellationError`; or an error of the
    ///   database.
    @discardableResult
    public func completeJob<Entry: EntryJobType, Kind: JobType>(
        _ type: Kind.Type, of chain: Chain<Entry>, evenIfBlocked: Bool = false,
        _ decide: @Sendable (JobToComplete<Kind>) throws -> Decision<Kind>?
    ) async throws -> Bool where Kind.Output == Entry.Output {
        try await adapter.withTransaction { connection in
            try complete(type, of: chain.id, evenIfBlocked: evenIfBlocked, on: connection, decide)
        }
    }

    private func complete<Kind: JobType>(
        _ type: Kind.Type, of chainID: JobID, evenIfBlocked: Bool, on connection: isolated Adapter.Connection,
        _ decide: (JobToComplete<Kind>) throws -> Decision<Kind>?
    ) throws -> Bool {
        let effects = try connection.openEffects
        return try complete(
            type, of: chainID, evenIfBlocked: evenIfBlocked, with: adapter.operations(on: connection),
            effects: effects, decide)
    }

    /// Completes a job, for whoever has the database's statements at hand without an actor.
    package func complete<Kind: JobType>(
        _: Kind.Type, of chainID: JobID, evenIfBlocked: Bool, with operations: Adapter.Operations,
        effects: TransactionEffects, _ decide: (JobToComplete<Kind>) throws -> Decision<Kind>?
    ) throws -> Bool {
        guard let claimed = try operations.lockedLastJob(ofChain: chainID) else {
            throw ChainNotFoundError(chainID: chainID)
        }
        let row = claimed.row
        guard row.typeName == Kind.name else {
            throw JobTypeMismatchError(chainID: chainID, expected: Kind.name, actual: row.typeName, place: .last)
        }
        // Whether it is due already makes no difference here.
        let status = row.status(at: row.scheduledAt)
        var allowed: [JobStatus] = [.ready, .scheduled, .running, .failed]
        if evenIfBlocked { allowed.append(.blocked) }
        guard allowed.contains(status) else { throw JobStatusError(jobID: row.id, status: status, expected: allowed) }
        let job = JobToComplete<Kind>(
            id: row.id, chainID: row.chainID, chainIndex: row.chainIndex,
            input: try codec.decodeInput(of: Kind.self, from: row),
            attempt: row.attempt, lastError: row.lastError, runningOn: row.leasedBy)
        guard let decision = try decide(job) else { return false }
        let trace = observability?.completionWithoutWorker(of: claimed)
        var successor: (any JobTrace)?
        do {
            let settling = try settling(decision, of: row, worker: nil, trace: trace)
            successor = settling.successor
            guard try settle([settling], with: operations, effects: effects) == [true] else {
                throw LeaseLostError(jobID: row.id)
            }
        } catch {
            successor?.refused(error)
            trace?.refused(error)
            throw error
        }
        return true
    }
}
