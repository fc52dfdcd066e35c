/// A connection whose transaction is open: the user's own statements run on it, and so do the queue's.
///
/// Each connection is an actor with a thread of its own. Its statements are plain synchronous calls for whoever is
/// isolated to it.
public protocol StateConnection: Actor {
    /// What waits for the open transaction to end; `nil` while none is open.
    var effects: TransactionEffects? { get }
}

/// Where chains are stored: a database that the user's own data lives in too.
public protocol StateAdapter: Sendable {
    /// The connection of an open transaction.
    associatedtype Connection: StateConnection
    /// The queue's statements on a connection.
    associatedtype Operations: StateOperations

    /// Runs a body in one transaction; nobody else uses the connection until it ends.
    ///
    /// Commits when the body returns and rolls back when it throws. The effects of the transaction run afterwards.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or an error of the database, and then nothing is written.
    func withTransaction<R: Sendable>(
        _ body: @Sendable (isolated Connection) async throws -> R
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
}
