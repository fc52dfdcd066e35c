internal import Queuert
internal import QueuertOTel
internal import Synchronization

/// Keeps requests in a file.
final class FileOutboxStore: OutboxStore {
    private let access: Mutex<OutboxFileAccess>

    /// Opens the file, or makes it.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - configuration: How much is kept, and how safely.
    ///   - clock: The time in seconds since 1970.
    /// - Returns: The store, and what is to be logged.
    /// - Throws: `SQLiteError` if there can't be a file at the path.
    static func open(
        path: String, configuration: TelemetryOutbox.Configuration, clock: @escaping @Sendable () -> Int64
    ) throws -> (store: FileOutboxStore, events: [OutboxEvent]) {
        let access = try OutboxFileAccess(path: path, configuration: configuration, clock: clock)
        let events = try access.open()
        return (FileOutboxStore(access), events)
    }

    private init(_ access: sending OutboxFileAccess) { self.access = Mutex(access) }

    var isLeader: Bool { access.withLock { $0.isLeader } }
    var isInQueueDatabase: Bool { false }
    var databaseIdentity: DatabaseIdentity? { nil }

    func lead() -> (isLeader: Bool?, events: [OutboxEvent]) { (access.withLock { $0.lead() }, []) }

    func stepDown() { access.withLock { $0.stepDown() } }

    func use<R: Sendable>(
        _ work: OutboxWork, itemsAtStake: Int, _ body: @Sendable (any OutboxTable) throws -> R
    ) -> (result: R?, events: [OutboxEvent]) {
        access.withLock { $0.use(work, itemsAtStake: itemsAtStake, body) }
    }
}
