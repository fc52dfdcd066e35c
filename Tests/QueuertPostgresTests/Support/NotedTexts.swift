import Logging
import Synchronization

/// What was logged.
final class NotedTexts: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func clear() { texts.withLock { $0 = [] } }

    func add(_ text: String) { texts.withLock { $0.append(text) } }
}

/// Notes each record, message and metadata.
struct NotedLog: LogHandler {
    let texts: NotedTexts
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { texts.add("\(event.message) \(event.metadata ?? [:])") }
}
