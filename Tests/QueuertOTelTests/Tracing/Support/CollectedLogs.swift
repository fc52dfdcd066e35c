import Logging
import Synchronization

/// Keeps what is logged.
final class CollectedLogs: Sendable {
    private let events = Mutex<[LogEvent]>([])

    /// The messages at a level.
    func messages(at level: Logger.Level) -> [String] {
        events.withLock { $0.filter { $0.level == level }.map { "\($0.message)" } }
    }

    var logger: Logger { Logger(label: "test") { _ in Handler(logs: self) } }

    private struct Handler: LogHandler {
        let logs: CollectedLogs
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { logs.events.withLock { $0.append(event) } }
    }
}
