import QueuertOTel
import Synchronization

/// Keeps log records.
final class CollectedRecords: LogRecordProcessor {
    private let records = Mutex<[LogRecordData]>([])

    var all: [LogRecordData] { records.withLock { $0 } }
    var names: [String] { all.map(\.eventName) }

    func named(_ name: String) -> [LogRecordData] { all.filter { $0.eventName == name } }

    func logged(_ record: LogRecordData) { records.withLock { $0.append(record) } }

    /// What isn't as it is registered.
    var violations: [String] { all.flatMap { TelemetryRegistry.queuert.violations(in: $0) } }
}
