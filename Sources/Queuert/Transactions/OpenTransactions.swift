import Synchronization

/// The transactions that the current task has open, on each database; for authors of state adapters.
///
/// A task that begins a second transaction on a database with one writer would wait for itself. And a read inside a
/// transaction is to see what the transaction has written. Both need to know what the task has open:
///
/// ```swift
/// func withTransaction<R: Sendable>(_ body: …) async throws -> R {
///     try OpenTransactions.refuseNested(of: self)
///     return try await OpenTransactions.withConnection(connection, of: self) { … }
/// }
///
/// func withReadConnection<R: Sendable>(_ body: …) async throws -> R {
///     if let connection = OpenTransactions.connection(of: self, as: MyConnection.self) { return try await body(connection) }
///     …
/// }
/// ```
///
/// Tasks that are started inside a transaction count as part of it for as long as it is open.
public enum OpenTransactions {
    @TaskLocal static var innermost: OpenTransaction?

    /// Marks a transaction, or a read, as open for the current task while a body runs.
    ///
    /// - Parameters:
    ///   - connection: The connection that the transaction uses.
    ///   - database: What stands for the database: the same object for all its connections, such as the adapter or a pool.
    ///   - body: What runs in the transaction.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public static func withConnection<R>(
        _ connection: any StateConnection, of database: AnyObject, _ body: () async throws -> R
    ) async rethrows -> R {
        let transaction = OpenTransaction(
            .connection(connection, database: ObjectIdentifier(database)), inside: innermostOpen)
        defer { transaction.end() }
        return try await $innermost.withValue(transaction) { try await body() }
    }

    /// What a new link is made in.
    ///
    /// What has ended is left out: where each task is started in a transaction of the one before, the last would remember
    /// them all.
    static var innermostOpen: OpenTransaction? {
        var next = innermost
        while let transaction = next, !transaction.isOpen { next = transaction.outer }
        return next
    }

    /// Starts a task that is no part of what the current task has open: its transactions are its own.
    ///
    /// For what the queue does by itself, whoever gave rise to it: a stop or a hint may come from inside a transaction,
    /// for whose end the task may have to wait.
    @discardableResult
    static func startTaskOutside(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        $innermost.withValue(nil) { Task { await body() } }
    }

    /// Ends the innermost mark that the current task has on a database, before the body of ``withConnection(_:of:_:)`` returns.
    ///
    /// For a connection that is given to the next one by then: a task that was started in the body, and goes on, would take
    /// that one's transaction for its own.
    ///
    /// - Parameter database: What stands for the database.
    package static func endConnection(of database: AnyObject) {
        var next = innermost
        while let transaction = next {
            if transaction.connection(of: ObjectIdentifier(database)) != nil { return transaction.end() }
            next = transaction.outer
        }
    }

    /// The connection of the transaction that the current task has open.
    ///
    /// - Parameters:
    ///   - database: What stands for the database.
    ///   - type: The type of the connection.
    /// - Returns: The connection; `nil` if the task has no transaction open on this database.
    public static func connection<Connection: StateConnection>(
        of database: AnyObject, as type: Connection.Type
    ) -> Connection? {
        find(ObjectIdentifier(database)) as? Connection
    }

    /// Whether the current task is part of a transaction, or a read, that is open on a connection.
    ///
    /// For a connection that serves one transaction after the other. A task may keep it when the body has ended that it was
    /// given to, and would get into the next one's transaction: see ``StateConnection/effects``.
    ///
    /// ```swift
    /// var effects: TransactionEffects? { OpenTransactions.isOpen(on: self) ? open : nil }
    /// ```
    ///
    /// - Parameter connection: The connection.
    /// - Returns: No also where a detached task has a connection that its transaction was given.
    public static func isOpen(on connection: any StateConnection) -> Bool { innermost?.holds(connection) ?? false }

    /// Refuses a transaction inside another of the same task.
    ///
    /// - Parameter database: What stands for the database.
    /// - Throws: ``NestedTransactionError`` if the current task has a transaction open on this database.
    public static func refuseNested(of database: AnyObject) throws {
        if innermost != nil, find(ObjectIdentifier(database)) != nil { throw NestedTransactionError() }
    }

    private static func find(_ database: ObjectIdentifier) -> (any StateConnection)? {
        var next = innermost
        while let transaction = next {
            if let connection = transaction.connection(of: database) { return connection }
            next = transaction.outer
        }
        return nil
    }
}

/// One link of what a task has open, from the innermost to the outermost.
final class OpenTransaction: Sendable {
    enum Kind: Sendable {
        case connection(any StateConnection, database: ObjectIdentifier)
        /// Transactions that other tasks of the scope opened later.
        case scope(TransactionScope)
    }
    let kind: Kind
    let outer: OpenTransaction?
    /// A task that outlives the transaction that it was started in keeps this link, but is no longer part of it.
    private let hasEnded = Atomic(false)

    init(_ kind: Kind, inside outer: OpenTransaction?) {
        self.kind = kind
        self.outer = outer
    }

    func end() { hasEnded.store(true, ordering: .releasing) }

    var isOpen: Bool { !hasEnded.load(ordering: .acquiring) }

    /// Whether a connection is open in this link, or in one around it.
    func holds(_ connection: any StateConnection) -> Bool {
        var next: OpenTransaction? = self
        while let transaction = next {
            if transaction.isOn(connection) { return true }
            next = transaction.outer
        }
        return false
    }

    /// Whether a connection is open in this link.
    func isOn(_ connection: any StateConnection) -> Bool {
        guard isOpen else { return false }
        switch kind {
        case .connection(let own, _): return own === connection
        case .scope(let scope): return scope.hasOpen(connection)
        }
    }

    func connection(of database: ObjectIdentifier) -> (any StateConnection)? {
        guard isOpen else { return nil }
        switch kind {
        case .connection(let connection, let owner): return owner == database ? connection : nil
        case .scope(let scope): return scope.connection(of: database)
        }
    }
}
