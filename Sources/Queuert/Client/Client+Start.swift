extension Client {
    /// Starts a chain as part of the caller's transaction.
    ///
    /// The chain exists once the transaction commits, and never if it rolls back. Workers are told after the commit.
    ///
    /// ```swift
    /// try await client.withTransaction { db in
    ///     try db.execute("INSERT INTO users (name) VALUES (?)", ["Alice"])
    ///     return try await client.startJobChain(ProvisionAccount.self, input: .init(userID: 1), on: db)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - type: The type of the chain's first job.
    ///   - input: What the first job is started with.
    ///   - schedule: When the first job is due.
    ///   - priority: How urgent the chain's jobs are.
    ///   - deduplication: Whether an existing chain does as well; then that one is returned, and nothing is written.
    ///   - id: The identifier of the chain; by default one is made.
    ///   - trace: When the chain's jobs leave the trace that it began in; by default as its jobs' types say.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The chain.
    /// - Throws: ``JobDataError`` if the input is refused by its type or can't be encoded; ``UnknownJobTypeError`` or
    ///   ``DuplicateJobTypeError`` if the client's types hold none of the type's name, or another one;
    ///   ``InvalidJobTypeNameError``; ``InvalidJobIDError``; ``DuplicateJobIDError``; ``TransactionRequiredError`` if
    ///   the connection has no transaction open that may write; or an error of the database.
    @discardableResult
    public func startJobChain<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, schedule: Schedule = .now, priority: Priority = .normal,
        deduplication: Deduplication? = nil, id: JobID? = nil, trace: TraceMode? = nil,
        on connection: isolated Adapter.Connection
    ) async throws -> Chain<Entry> where Entry.Blockers == NoBlockers {
        try start(
            NewChain(
                type, input: input, schedule: schedule, priority: priority, deduplication: deduplication, id: id,
                trace: trace),
            on: connection)
    }

    /// Starts a chain whose first job waits for other chains, as part of the caller's transaction.
    ///
    /// - Parameters:
    ///   - type: The type of the chain's first job.
    ///   - input: What the first job is started with.
    ///   - blockers: The chains that the first job waits for.
    ///   - schedule: When the first job is due, at the earliest.
    ///   - priority: How urgent the chain's jobs are.
    ///   - deduplication: Whether an existing chain does as well; then that one is returned, and nothing is written.
    ///   - id: The identifier of the chain; by default one is made.
    ///   - trace: When the chain's jobs leave the trace that it began in; by default as its jobs' types say.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The chain.
    /// - Throws: ``JobDataError`` if the input is refused by its type or can't be encoded; ``ChainNotFoundError`` if a
    ///   blocker doesn't exist, ``JobTypeMismatchError`` if it started with another type, ``ChainCancelledError`` if it
    ///   was cancelled, ``ChainWaitsForItselfError`` if it is this chain; ``UnknownJobTypeError`` or
    ///   ``DuplicateJobTypeError`` if the client's types hold none of the type's name, or another one;
    ///   ``InvalidJobTypeNameError``; ``InvalidJobIDError``; ``DuplicateJobIDError``; ``TransactionRequiredError`` if
    ///   the connection has no transaction open that may write; or an error of the database.
    @discardableResult
    public func startJobChain<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, blockers: Entry.Blockers.Chains, schedule: Schedule = .now,
        priority: Priority = .normal, deduplication: Deduplication? = nil, id: JobID? = nil, trace: TraceMode? = nil,
        on connection: isolated Adapter.Connection
    ) async throws -> Chain<Entry> {
        try start(
            NewChain(
                type, input: input, blockers: blockers, schedule: schedule, priority: priority,
                deduplication: deduplication, id: id, trace: trace), on: connection)
    }

    /// Starts a chain in a transaction of its own.
    ///
    /// - Parameters:
    ///   - type: The type of the chain's first job.
    ///   - input: What the first job is started with.
    ///   - schedule: When the first job is due.
    ///   - priority: How urgent the chain's jobs are.
    ///   - deduplication: Whether an existing chain does as well; then that one is returned, and nothing is written.
    ///   - id: The identifier of the chain; by default one is made.
    ///   - trace: When the chain's jobs leave the trace that it began in; by default as its jobs' types say.
    /// - Returns: The chain.
    /// - Throws: ``JobDataError`` if the input is refused by its type or can't be encoded; ``UnknownJobTypeError`` or
    ///   ``DuplicateJobTypeError`` if the client's types hold none of the type's name, or another one;
    ///   ``InvalidJobTypeNameError``; ``InvalidJobIDError``; ``DuplicateJobIDError``; ``NestedTransactionError`` in a
    ///   transaction; `CancellationError`; or an error of the database.
    @discardableResult
    public func startJobChain<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, schedule: Schedule = .now, priority: Priority = .normal,
        deduplication: Deduplication? = nil, id: JobID? = nil, trace: TraceMode? = nil
    ) async throws -> Chain<Entry> where Entry.Blockers == NoBlockers {
        let chain = NewChain(
            type, input: input, schedule: schedule, priority: priority, deduplication: deduplication, id: id,
            trace: trace)
        return try await startAlone(chain)
    }

    /// Starts a chain whose first job waits for other chains, in a transaction of its own.
    ///
    /// - Parameters:
    ///   - type: The type of the chain's first job.
    ///   - input: What the first job is started with.
    ///   - blockers: The chains that the first job waits for.
    ///   - schedule: When the first job is due, at the earliest.
    ///   - priority: How urgent the chain's jobs are.
    ///   - deduplication: Whether an existing chain does as well; then that one is returned, and nothing is written.
    ///   - id: The identifier of the chain; by default one is made.
    ///   - trace: When the chain's jobs leave the trace that it began in; by default as its jobs' types say.
    /// - Returns: The chain.
    /// - Throws: ``JobDataError`` if the input is refused by its type or can't be encoded; ``ChainNotFoundError`` if a
    ///   blocker doesn't exist, ``JobTypeMismatchError`` if it started with another type, ``ChainCancelledError`` if it
    ///   was cancelled, ``ChainWaitsForItselfError`` if it is this chain; ``UnknownJobTypeError`` or
    ///   ``DuplicateJobTypeError`` if the client's types hold none of the type's name, or another one;
    ///   ``InvalidJobTypeNameError``; ``InvalidJobIDError``; ``DuplicateJobIDError``; ``NestedTransactionError`` in a
    ///   transaction; `CancellationError`; or an error of the database.
    @discardableResult
    public func startJobChain<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, blockers: Entry.Blockers.Chains, schedule: Schedule = .now,
        priority: Priority = .normal, deduplication: Deduplication? = nil, id: JobID? = nil, trace: TraceMode? = nil
    ) async throws -> Chain<Entry> {
        let chain = NewChain(
            type, input: input, blockers: blockers, schedule: schedule, priority: priority,
            deduplication: deduplication, id: id, trace: trace)
        return try await startAlone(chain)
    }

    private func start<Entry: EntryJobType>(
        _ chain: NewChain<Entry>, on connection: isolated Adapter.Connection
    ) throws -> Chain<Entry> {
        Self.chain(try start([chain.successor], on: connection))
    }

    private func startAlone<Entry: EntryJobType>(_ chain: NewChain<Entry>) async throws -> Chain<Entry> {
        Self.chain(try await startAlone([chain.successor]))
    }

    private static func chain<Entry: EntryJobType>(_ started: [InsertedJob]) -> Chain<Entry> {
        // One job was written, so one came back.
        Chain(id: started[0].row.id, isExisting: started[0].isExisting)
    }
}
