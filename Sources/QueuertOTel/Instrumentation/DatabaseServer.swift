internal import Queuert
internal import Synchronization

/// Where the queue's database is reached, as the conventions want it told, once a client has said so.
final class DatabaseServer: Sendable {
    private final class Known: Sendable {
        let attributes: [Attribute]
        init(_ attributes: [Attribute]) { self.attributes = attributes }
    }

    // Asked for each span, so it is no lock.
    private let known = AtomicLazyReference<Known>()

    /// `server.address` and `server.port`, as far as they are known; none where the database is in this process.
    var attributes: [Attribute] { known.load()?.attributes ?? [] }

    /// Takes down where a database is reached.
    ///
    /// An instrumentation tells of one queue, so the first one counts.
    func note(_ database: DatabaseIdentity) {
        guard let address = database.address else { return }
        var attributes = [Attribute(QueueAttributes.serverAddress, .string(address))]
        if let port = database.port { attributes.append(Attribute(QueueAttributes.serverPort, .int(Int64(port)))) }
        _ = known.storeIfNil(Known(attributes))
    }
}
