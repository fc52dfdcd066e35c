extension Client {
    /// Starts many chains of one type as part of the caller's transaction, in one statement.
    ///
    /// - Parameters:
    ///   - chains: The chains; their deduplication looks at those before them too.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The chains, in order.
    /// - Throws: ``JobDataError`` if an input is refused by its type or can't be encoded; ``ChainNotFoundError``,
    ///   ``JobTypeMismatchError``, ``ChainCancelledError`` or ``ChainWaitsForItselfError`` for a blocker;
    ///   ``UnknownJobTypeError`` or ``DuplicateJobTypeError`` if the client's types hold none of a type's name, or
    ///   another one; ``InvalidJobTypeNameError``; ``InvalidJobIDError``; ``DuplicateJobIDError``;
    ///   ``TransactionRequiredError`` if the connection has no transaction open that may write; or an error of the
    ///   database. Roll the transaction back then.
    @discardableResult
    public func startJobChains<Entry: EntryJobType>(
        _ chains: [NewChain<Entry>], on connection: isolated Adapter.Connection
    ) async throws -> [Chain<Entry>] {
        try start(chains.map(\.successor), asBatch: true, on: connection)
            .map { Chain(id: $0.row.id, isExisting: $0.isExisting) }
    }

    /// Starts many chains of one type in a transaction of their own: all of them, or none.
    ///
    /// - Parameter chains: The chains; their deduplication looks at those before them too.
    /// - Returns: The chains, in order.
    /// - Throws: ``JobDataError`` if an input is refused by its type or can't be encoded; ``ChainNotFoundError``,
    ///   ``JobTypeMismatchError``, ``ChainCancelledError`` or ``ChainWaitsForItselfError`` for a blocker;
    ///   ``UnknownJobTypeError`` or ``DuplicateJobTypeError`` if the client's types hold none of a type's name, or
    ///   another one; ``InvalidJobTypeNameError``; ``InvalidJobIDError``; ``DuplicateJobIDError``;
    ///   ``NestedTransactionError`` in a transaction; `CancellationError`; or an error of the database.
    @discardableResult
    public func startJobChains<Entry: EntryJobType>(_ chains: [NewChain<Entry>]) async throws -> [Chain<Entry>] {
        try await startAlone(chains.map(\.successor), asBatch: true)
            .map { Chain(id: $0.row.id, isExisting: $0.isExisting) }
    }

    /// Starts chains of several types as part of the caller's transaction, in one statement.
    ///
    /// ```swift
    /// let (charge, mail) = try await client.startJobChains(
    ///     NewChain(ChargeCard.self, input: order), NewChain(SendMail.self, input: address), on: db)
    /// ```
    ///
    /// - Parameters:
    ///   - chains: The chains.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The chains, in order.
    /// - Throws: ``JobDataError`` if an input is refused by its type or can't be encoded; ``ChainNotFoundError``,
    ///   ``JobTypeMismatchError``, ``ChainCancelledError`` or ``ChainWaitsForItselfError`` for a blocker;
    ///   ``UnknownJobTypeError`` or ``DuplicateJobTypeError`` if the client's types hold none of a type's name, or
    ///   another one; ``InvalidJobTypeNameError``; ``InvalidJobIDError``; ``DuplicateJobIDError``;
    ///   ``TransactionRequiredError`` if the connection has no transaction open that may write; or an error of the
    ///   database. Roll the transaction back then.
    @discardableResult
    public func startJobChains<each Entry: EntryJobType>(
        _ chains: repeat NewChain<each Entry>, on connection: isolated Adapter.Connection
    ) async throws -> (repeat Chain<each Entry>) {
        var started = try start(Self.successors(repeat each chains), asBatch: true, on: connection)[...]
        return (repeat Self.next((each Entry).self, of: &started))
    }

    /// Starts chains of several types in a transaction of their own: all of them, or none.
    ///
    /// - Parameter chains: The chains.
    /// - Returns: The chains, in order.
    /// - Throws: ``JobDataError`` if an input is refused by its type or can't be encoded; ``ChainNotFoundError``,
    ///   ``JobTypeMismatchError``, ``ChainCancelledError`` or ``ChainWaitsForItselfError`` for a blocker;
    ///   ``UnknownJobTypeError`` or ``DuplicateJobTypeError`` if the client's types hold none of a type's name, or
    ///   another one; ``InvalidJobTypeNameError``; ``InvalidJobIDError``; ``DuplicateJobIDError``;
    ///   ``NestedTransactionError`` in a transaction; `CancellationError`; or an error of the database.
    @discardableResult
    public func startJobChains<each Entry: EntryJobType>(
        _ chains: repeat NewChain<each Entry>
    ) async throws -> (repeat Chain<each Entry>) {
        var started = try await startAlone(Self.successors(repeat each chains), asBatch: true)[...]
        return (repeat Self.next((each Entry).self, of: &started))
    }

    package static func successors<each Entry: EntryJobType>(_ chains: repeat NewChain<each Entry>) -> [Successor] {
        var successors: [Successor] = []
        for chain in repeat each chains { successors.append(chain.successor) }
        return successors
    }

    /// The next of the chains that were started, of which there is one for each that was asked for.
    package static func next<Entry: EntryJobType>(_: Entry.Type, of started: inout ArraySlice<InsertedJob>) -> Chain<
        Entry
    > {
        let job = started.removeFirst()
        return Chain(id: job.row.id, isExisting: job.isExisting)
    }
}
