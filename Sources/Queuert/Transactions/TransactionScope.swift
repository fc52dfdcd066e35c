/// Tasks that work together, so that a transaction which one of them opens counts as open in all of them.
///
/// A staged handler is one task and the transaction of its `complete`, which stays open until the handler returns, is in
/// another. Without a scope, a transaction in the handler would wait for one that waits for the handler.
package final class TransactionScope: Sendable {
    private let shared = Locked<[OpenTransaction]>([])

    /// Makes a scope without transactions.
    package init() {}

    /// Runs a body, and the tasks that it starts, in the scope.
    package func bind<R>(_ body: () async throws -> R) async rethrows -> R {
        let link = OpenTransaction(.scope(self), inside: OpenTransactions.innermostOpen)
        defer { link.end() }
        return try await OpenTransactions.$innermost.withValue(link) { try await body() }
    }

    /// Makes the transactions that the current task opened inside the scope count as open in all the scope's tasks.
    ///
    /// Called from inside a transaction. They cease to count when they end.
    package func shareOpenTransactions() {
        var opened: [OpenTransaction] = []
        var next = OpenTransactions.innermost
        search: while let transaction = next {
            switch transaction.kind {
            case .scope(let scope) where scope === self: break search
            case .connection where transaction.isOpen: opened.append(transaction)
            case .scope, .connection: break
            }
            next = transaction.outer
        }
        shared.withLock { shared in
            shared.removeAll { !$0.isOpen }
            shared.append(contentsOf: opened)
        }
    }

    /// Whether a transaction that the scope's tasks share is open on a connection.
    func hasOpen(_ connection: any StateConnection) -> Bool {
        let shared = shared.withLock { $0 }
        return shared.contains { $0.isOn(connection) }
    }

    func connection(of database: ObjectIdentifier) -> (any StateConnection)? {
        let shared = shared.withLock { $0 }
        for transaction in shared {
            if let connection = transaction.connection(of: database) { return connection }
        }
        return nil
    }
}
