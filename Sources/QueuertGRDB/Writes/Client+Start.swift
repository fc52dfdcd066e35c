#if GRDB
public import GRDB
public import Queuert

extension Client where Adapter == GRDBStateAdapter {
    /// Starts a chain as part of a write of GRDB's.
    ///
    /// The chain exists once the transaction commits, and never if it, or a savepoint around the call, rolls back. Workers are
    /// told after the commit.
    ///
    /// ```swift
    /// try dbPool.write { db in
    ///     try user.insert(db)
    ///     try client.startJobChain(Welcome.self, input: user.name, on: db)
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
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Returns: The chain.
    /// - Throws: `JobDataError` if the input is refused by its type or can't be encoded; `UnknownJobTypeError` or
    ///   `DuplicateJobTypeError` if the client's types hold none of the type's name, or another one;
    ///   `InvalidJobTypeNameError`; `InvalidJobIDError`; `DuplicateJobIDError`; `TransactionRequiredError` if the
    ///   connection has no transaction open that may write; or an error of the database.
    @discardableResult
    public func startJobChain<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, schedule: Schedule = .now, priority: Priority = .normal,
        deduplication: Deduplication? = nil, id: JobID? = nil, trace: TraceMode? = nil, on database: Database
    ) throws -> Chain<Entry> where Entry.Blockers == NoBlockers {
        let chain = NewChain(
            type, input: input, schedule: schedule, priority: priority, deduplication: deduplication, id: id,
            trace: trace)
        return try start([chain], asBatch: false, on: database)[0]
    }

    /// Starts a chain whose first job waits for other chains, as part of a write of GRDB's.
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
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Returns: The chain.
    /// - Throws: `JobDataError` if the input is refused by its type or can't be encoded; `ChainNotFoundError` if a
    ///   blocker doesn't exist, `JobTypeMismatchError` if it started with another type, `ChainCancelledError` if it was
    ///   cancelled, `ChainWaitsForItselfError` if it is this chain; `UnknownJobTypeError` or `DuplicateJobTypeError` if
    ///   the client's types hold none of the type's name, or another one; `InvalidJobTypeNameError`;
    ///   `InvalidJobIDError`; `DuplicateJobIDError`; `TransactionRequiredError` if the connection has no transaction
    ///   open that may write; or an error of the database.
    @discardableResult
    public func startJobChain<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, blockers: Entry.Blockers.Chains, schedule: Schedule = .now,
        priority: Priority = .normal, deduplication: Deduplication? = nil, id: JobID? = nil, trace: TraceMode? = nil,
        on database: Database
    ) throws -> Chain<Entry> {
        let chain = NewChain(
            type, input: input, blockers: blockers, schedule: schedule, priority: priority,
            deduplication: deduplication, id: id, trace: trace)
        return try start([chain], asBatch: false, on: database)[0]
    }

    /// Starts many chains of one type as part of a write of GRDB's.
    ///
    /// - Parameters:
    ///   - chains: The chains; their deduplication looks at those before them too.
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Returns: The chains, in order.
    /// - Throws: `JobDataError` if an input is refused by its type or can't be encoded; `ChainNotFoundError`,
    ///   `JobTypeMismatchError`, `ChainCancelledError` or `ChainWaitsForItselfError` for a blocker;
    ///   `UnknownJobTypeError` or `DuplicateJobTypeError` if the client's types hold none of a type's name, or another
    ///   one; `InvalidJobTypeNameError`; `InvalidJobIDError`; `DuplicateJobIDError`; `TransactionRequiredError`; or an
    ///   error of the database. Then none is written.
    @discardableResult
    public func startJobChains<Entry: EntryJobType>(
        _ chains: [NewChain<Entry>], on database: Database
    ) throws -> [Chain<Entry>] {
        try start(chains, asBatch: true, on: database)
    }

    /// Starts chains of several types as part of a write of GRDB's.
    ///
    /// - Parameters:
    ///   - chains: The chains.
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Returns: The chains, in order.
    /// - Throws: `JobDataError` if an input is refused by its type or can't be encoded; `ChainNotFoundError`,
    ///   `JobTypeMismatchError`, `ChainCancelledError` or `ChainWaitsForItselfError` for a blocker;
    ///   `UnknownJobTypeError` or `DuplicateJobTypeError` if the client's types hold none of a type's name, or another
    ///   one; `InvalidJobTypeNameError`; `InvalidJobIDError`; `DuplicateJobIDError`; `TransactionRequiredError`; or an
    ///   error of the database. Then none is written.
    @discardableResult
    public func startJobChains<each Entry: EntryJobType>(
        _ chains: repeat NewChain<each Entry>, on database: Database
    ) throws -> (repeat Chain<each Entry>) {
        let successors = Self.successors(repeat each chains)
        var started = try write(on: database) { try start(successors, asBatch: true, with: $0, effects: $1) }[...]
        return (repeat Self.next((each Entry).self, of: &started))
    }

    private func start<Entry: EntryJobType>(
        _ chains: [NewChain<Entry>], asBatch: Bool, on database: Database
    ) throws -> [Chain<Entry>] {
        let started = try write(on: database) { operations, effects in
            try start(chains.map(\.successor), asBatch: asBatch, with: operations, effects: effects)
        }
        return started.map { Chain(id: $0.row.id, isExisting: $0.isExisting) }
    }
}
#endif
