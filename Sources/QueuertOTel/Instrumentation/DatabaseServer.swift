internal import Queuert
internal import Synchronization

/// Where the queue's database is reached, as the conventions want it told, once a client has said so.
final class DatabaseServer: Sendable {
    private final class Known: Sendable {
        let attributes: [Attribute]
        init(_ attributes: [Attribute]) { self.attributes = attributes }
    }

    // Asked for each span, so it is no lock, and a flag where nothing is known, which costs less than the reference.
    private let known = AtomicLazyReference<Known>()
    private let isKnown = Atomic(false)

    /// `server.address` and `server.port`, as far as they are known; none where the database is in this process.
    var attributes: [Attribute] { isKnown.load(ordering: .acquiring) ? known.load()?.attributes ?? [] : [] }

    /// Takes down where a database is reached.
    ///
    /// An instrumentation tells of one queue, so the first one counts.
    func note(_ database: DatabaseIdentity) {
        guard let address = database.address else { return }
        var attributes = [Attribute(QueueAttributes.serverAddress, .string(address))]
        if let port = database.port { attributes.append(Attribute(QueueAttributes.serverPort, .int(Int64(port)))) }
        _ = known.storeIfNil(Known(attributes))
        isKnown.store(true, ordering: .releasing)
    }
}
