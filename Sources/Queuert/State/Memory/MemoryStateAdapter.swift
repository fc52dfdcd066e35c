/// Keeps chains in memory, for tests and for work that may be lost with the process.
///
/// Behaves as a database does: one transaction at a time, and a rollback undoes what the transaction did.
public final class MemoryStateAdapter: StateAdapter {
    private let connection: MemoryConnection
    private let gate = FairGate(width: 1)

    /// Makes an empty adapter.
    ///
    /// - Parameter clock: The adapter's time of day.
    public init(clock: any QueueClock = SystemClock()) { connection = MemoryConnection(clock: clock) }

    /// This adapter: no other has its chains.
    public var databaseIdentity: DatabaseIdentity? {
        DatabaseIdentity(system: "memory", database: "\(ObjectIdentifier(self))", tables: "")
    }

    /// Runs a body in one transaction; nobody else uses the connection until it ends.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, ``NestedTransactionError``, or `CancellationError` if the task was cancelled while
    ///   it waited. Then nothing is written.
    public func withTransaction<R: Sendable>(
        _ body: @Sendable (isolated MemoryConnection) async throws -> R
    ) async throws -> R {
        try OpenTransactions.refuseNested(of: self)
        try await gate.enter()
        let (result, effects) = await OpenTransactions.withConnection(connection, of: self) {
            await Self.transaction(on: connection, body)
        }
        gate.leave()
        effects()
        return try result.get()
    }

    /// Reads; inside an open transaction of the same task, what that has written.
    ///
    /// - Parameter body: What to run, on the connection. What it writes is undone.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or `CancellationError` if the task was cancelled while it waited.
    public func withReadConnection<R: Sendable>(
        _ body: @Sendable (isolated MemoryConnection) async throws -> R
    ) async throws -> R {
        if let connection = OpenTransactions.connection(of: self, as: MemoryConnection.self) {
            return try await body(connection)
        }
        try await gate.enter()
        defer { gate.leave() }
        return try await OpenTransactions.withConnection(connection, of: self) {
            try await Self.read(on: connection, body)
        }
    }

    /// The queue's statements.
    ///
    /// - Parameter connection: The connection.
    /// - Returns: The statements.
    public func operations(on connection: isolated MemoryConnection) -> MemoryStateOperations { connection.operations }

    private static func transaction<R: Sendable>(
        on connection: isolated MemoryConnection, _ body: @Sendable (isolated MemoryConnection) async throws -> R
    ) async -> (Result<R, any Error>, @Sendable () -> Void) {
        connection.begin()
        do {
            let value = try await body(connection)
            return (.success(value), connection.commit())
        } catch {
            return (.failure(error), connection.rollback())
        }
    }

    private static func read<R: Sendable>(
        on connection: isolated MemoryConnection, _ body: @Sendable (isolated MemoryConnection) async throws -> R
    ) async throws -> R {
        defer { connection.operations.store.undo() }
        return try await body(connection)
    }
}

/// The connection of a ``MemoryStateAdapter``.
public actor MemoryConnection: StateConnection {
    let operations: MemoryStateOperations
    private var open: TransactionEffects?
    /// How many changes there were when each savepoint began.
    private var savepoints: [Int: Int] = [:]

    init(clock: any QueueClock) { operations = MemoryStateOperations(clock: clock) }

    /// What waits for the open transaction to end; `nil` while none is open.
    ///
    /// It is also `nil` for a task that has no part in the transaction, as one that was started in an earlier one.
    public var effects: TransactionEffects? { OpenTransactions.isOpen(on: self) ? open : nil }

    func begin() { open = TransactionEffects() }

    func commit() -> @Sendable () -> Void {
        operations.store.forgetUndo()
        return takeEffects().commit()
    }

    func rollback() -> @Sendable () -> Void {
        operations.store.undo()
        return takeEffects().rollback()
    }

    /// Begins a part of the open transaction that can be undone alone.
    ///
    /// - Parameter number: The savepoint's name.
    public func setSavepoint(_ number: Int) { savepoints[number] = operations.store.changeCount }

    /// Ends the innermost savepoint; what was written since belongs to the part around it.
    ///
    /// - Parameter number: The savepoint.
    public func releaseSavepoint(_ number: Int) { savepoints[number] = nil }

    /// Undoes what was written since a savepoint began.
    ///
    /// - Parameter number: The savepoint.
    public func rollBack(toSavepoint number: Int) {
        guard let changeCount = savepoints.removeValue(forKey: number) else { return }
        operations.store.undo(to: changeCount)
    }

    private func takeEffects() -> TransactionEffects {
        defer {
            open = nil
            savepoints = [:]
        }
        return open ?? TransactionEffects()
    }
}
