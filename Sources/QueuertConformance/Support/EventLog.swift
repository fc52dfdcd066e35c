import Synchronization

/// What happened, in order.
final class EventLog: Sendable {
    private let entries = Mutex<[String]>([])

    func add(_ event: String) { entries.withLock { $0.append(event) } }

    var events: [String] { entries.withLock { $0 } }
}
