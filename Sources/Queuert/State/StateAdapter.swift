/// A connection whose transaction is open: the user's own statements run on it, and so do the queue's.
///
/// Each connection is an actor, and its statements are plain synchronous calls for whoever is isolated to it. Where
/// they block, it runs on a thread of its own, or on one that it is lent, and never on a cooperative one of Swift's.
public protocol StateConnection: Actor {
    /// What waits for the open transaction to end; `nil` while none is open that may write, and so during a read.
    ///
    /// Also `nil` for a task that goes on when the body has ended that the connection was given to: what is open on it
    /// by then is somebody else's. ``OpenTransactions/isOpen(on:)`` tells.
    var effects: TransactionEffects? { get }

    /// Begins a part of the open transaction that can be undone alone.
    ///
    /// - Parameter number: The savepoint's name, which no other of the transaction has. Savepoints end in the reverse of
    ///   the order in which they begin.
    /// - Throws: An error of the database.
    func setSavepoint(_ number: Int) throws

    /// Ends the innermost savepoint; what was written since belongs to the part around it.
    ///
    /// - Parameter number: The savepoint.
    /// - Throws: An error of the database.
    func releaseSavepoint(_ number: Int) throws

    /// Undoes what was written since a savepoint began, and ends it and those inside it.
    ///
    /// - Parameter number: The savepoint.
    /// - Throws: An error of the database.
    func rollBack(toSavepoint number: Int) throws
}

/// Where chains are stored: a database that the user's own data lives in too.
public protocol StateAdapter: Sendable {
    /// The connection of an open transaction.
    associatedtype Connection: StateConnection
    /// The queue's statements on a connection.
    associatedtype Operations: StateOperations

    /// Runs a body in one transaction; nobody else uses the connection until it ends.
    ///
    /// Commits when the body returns and rolls back when it throws. The effects of the transaction run afterwards. What
    /// the task has open is kept in ``OpenTransactions``.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, ``NestedTransactionError`` if the task has a transaction open already, or an error
    ///   of the database, and then nothing is written.
    func withTransaction<R: Sendable>(
        _ body: @Sendable (isolated Connection) async throws -> R
    ) async throws -> R

    /// Runs a body that calls one of the queue's operations, once, and does nothing else with the connection.
    ///
    /// What the operation writes is committed with it, whatever the body does afterwards: a database that commits each
    /// statement by itself is spared the rest. By default it runs in a transaction.
    ///
    /// - Parameters:
    ///   - purpose: What the operation is for.
    ///   - body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What ``withTransaction(_:)`` throws.
    func withOperation<R: Sendable>(
        _ purpose: OperationPurpose, _ body: @Sendable (isolated Connection) async throws -> R
    ) async throws -> R

    /// Reads without a transaction that writes; inside an open transaction of the same task, on its connection.
    ///
    /// - Parameter body: What to run, on a connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or an error of the database.
    func withReadConnection<R: Sendable>(
        _ body: @Sendable (isolated Connection) async throws -> R
    ) async throws -> R

    /// The queue's statements on a connection.
    ///
    /// - Parameter connection: The connection.
    /// - Returns: The statements, to be used only while one is isolated to the connection.
    func operations(on connection: isolated Connection) -> Operations

    /// Which database this is, as far as it is known; by default it isn't.
    var databaseIdentity: DatabaseIdentity? { get }
}

extension StateAdapter {
    /// Not known.
    public var databaseIdentity: DatabaseIdentity? { nil }
}

/// What one of the queue's operations is for, as far as a state adapter may care.
public enum OperationPurpose: Sendable {
    /// Work that may wait for its turn.
    case work
    /// Keeping leases, which end if it waits for too long.
    case leases
}

extension StateAdapter {
    /// Runs a body that calls one of the queue's operations in a transaction.
    ///
    /// - Parameters:
    ///   - purpose: What the operation is for.
    ///   - body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What ``withTransaction(_:)`` throws.
    public func withOperation<R: Sendable>(
        _ purpose: OperationPurpose, _ body: @Sendable (isolated Connection) async throws -> R
    ) async throws -> R {
        try await withTransaction(body)
    }
}
