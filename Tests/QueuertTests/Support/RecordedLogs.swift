import Logging
import Synchronization

/// Keeps log records, so that tests can look at them.
final class RecordedLogs: Sendable {
    struct Record: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: Logger.Metadata
    }
    private let state = Mutex<[Record]>([])

    var records: [Record] { state.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(logs: self) } }

    private struct Handler: LogHandler {
        let logs: RecordedLogs
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            logs.state.withLock {
                $0.append(Record(level: event.level, message: event.message.description, metadata: all))
            }
        }
    }
}
