/// A client whose transactions would write telemetry where nobody looks for it: the outbox is in another database.
public struct OutboxDatabaseError: RedactedError, Sendable, Hashable {
    /// The client's database.
    public let client: DatabaseIdentity
    /// The outbox's database.
    public let outbox: DatabaseIdentity

    /// Makes the error.
    ///
    /// - Parameters:
    ///   - client: The client's database.
    ///   - outbox: The outbox's database.
    public init(client: DatabaseIdentity, outbox: DatabaseIdentity) {
        self.client = client
        self.outbox = outbox
    }

    /// What was wrong and what to do.
    public var description: String {
        """
        The telemetry outbox is in another database than the queue: \(outbox), not \(client). Give the outbox the adapter \
        of the client whose telemetry it keeps, or keep its telemetry in a file.
        """
    }
}

extension ObservabilityAdapter {
    /// What is wrong with a client in a database, if its transactions would write telemetry where nobody looks for it.
    func outboxError(inClientOf database: DatabaseIdentity?) -> OutboxDatabaseError? {
        guard recordsTransactions, let database, let outbox = outboxDatabase, outbox.differs(from: database) else {
            return nil
        }
        return OutboxDatabaseError(client: database, outbox: outbox)
    }
}
