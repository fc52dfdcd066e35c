internal import Synchronization

/// Writes telemetry to standard output for programs to read: a line of OTLP in JSON for each batch, whatever signal it is of.
final class OTLPConsoleExporter: SpanExporter, MetricExporter, LogRecordExporter {
    private let encoder: OTLPJSONEncoder
    private let output: @Sendable ([UInt8]) -> String?

    convenience init(resource: Resource) {
        self.init(resource: resource) { ConsoleOutput(.standardOutput).write($0) }
    }

    /// Writes elsewhere, and says why that failed if it did.
    init(resource: Resource, output: @escaping @Sendable ([UInt8]) -> String?) {
        encoder = OTLPJSONEncoder(resource: resource)
        self.output = output
    }

    func export(_ batch: [SpanData], timeout: Duration) -> ExportResult { write(batch) }

    func export(_ batch: [MetricData], timeout: Duration) -> ExportResult { write(batch) }

    func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult { write(batch) }

    func interrupt() {}

    private func write<Item: OTLPItem>(_ batch: [Item]) -> ExportResult {
        guard !batch.isEmpty else { return .accepted(rejected: 0) }
        let line = encoder.encode(batch[...]) + [UInt8(ascii: "\n")]
        let failure = ConsoleExporter.turn.withLock { _ in output(line) }
        return failure.map { .unavailable(reason: $0) } ?? .accepted(rejected: 0)
    }
}
