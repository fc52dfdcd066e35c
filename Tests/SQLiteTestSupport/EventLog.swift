import Synchronization

/// What happened, in order.
package final class EventLog: Sendable {
    private let log = Mutex<[String]>([])

    package init() {}

    package var events: [String] { log.withLock { $0 } }
    package func add(_ event: String) { log.withLock { $0.append(event) } }
}
