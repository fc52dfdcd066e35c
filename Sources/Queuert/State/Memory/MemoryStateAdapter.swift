/// Keeps chains in memory, for tests and for work that may be lost with the process.
///
/// Behaves as a database does: one transaction at a time, and a rollback undoes what the transaction did.
public final class MemoryStateAdapter: StateAdapter {
    private let connection: MemoryConnection
    private let gate = FairGate(width: 1)

    @TaskLocal private static var held: Set<ObjectIdentifier> = []

    /// Makes an empty adapter.
    ///
    /// - Parameter clock: The adapter's time of day.
    public init(clock: any QueueClock = SystemClock()) { connection = MemoryConnection(clock: clock) }

    /// Runs a body in one transaction; nobody else uses the connection until it ends.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, ``NestedTransactionError``, or `CancellationError` if the task was cancelled while
    ///   it waited. Then nothing is written.
    public func withTransaction<R: Sendable>(
        _ body: @Sendable (isolated MemoryConnection) async throws -> R
    ) async throws -> R {
        guard !Self.held.contains(ObjectIdentifier(self)) else { throw NestedTransactionError() }
        try await gate.enter()
        let (result, effects) = await Self.$held.withValue(Self.held.union([ObjectIdentifier(self)])) {
            await Self.transaction(on: connection, body)
        }
        gate.leave()
        effects()
        return try result.get()
    }

    /// Reads; inside an open transaction of the same task, what that has written.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or `CancellationError` if the task was cancelled while it waited.
    public func withReadConnection<R: Sendable>(
        _ body: @Sendable (isolated MemoryConnection) async throws -> R
    ) async throws -> R {
        if Self.held.contains(ObjectIdentifier(self)) { return try await body(connection) }
        return try await withTransaction(body)
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
}

/// The connection of a ``MemoryStateAdapter``.
public actor MemoryConnection: StateConnection {
    let operations: MemoryStateOperations
    /// What waits for the open transaction to end; `nil` while none is open.
    public private(set) var effects: TransactionEffects?

    init(clock: any QueueClock) { operations = MemoryStateOperations(clock: clock) }

    func begin() { effects = TransactionEffects() }

    func commit() -> @Sendable () -> Void {
        operations.store.forgetUndo()
        return takeEffects().commit()
    }

    func rollback() -> @Sendable () -> Void {
        operations.store.undo()
        return takeEffects().rollback()
    }

    private func takeEffects() -> TransactionEffects {
        defer { effects = nil }
        return effects ?? TransactionEffects()
    }
}

/// A transaction that was begun inside another of the same task, for which it would wait for ever.
public struct NestedTransactionError: RedactedError, Sendable, Hashable {
    /// What was wrong and what to do.
    public var description: String {
        "A transaction was begun inside another one of the same task. Pass the outer one's connection: `on: db`."
    }
}
