import Synchronization

/// What happened, in order.
final class EventLog: Sendable {
    private let log = Mutex<[String]>([])
    var events: [String] { log.withLock { $0 } }
    func add(_ event: String) { log.withLock { $0.append(event) } }
}
