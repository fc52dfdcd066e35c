internal import Synchronization

/// Appends telemetry to a file, one request of OTLP in JSON a line, as OpenTelemetry's file format has it.
///
/// A collector can read such a file later, and so can a test. Give each signal a file of its own, named `….jsonl`, to
/// which several processes may append. A line is there as a whole or not at all: what is cut off by a full disk is
/// taken back.
public final class OTLPFileExporter: SpanExporter, MetricExporter, LogRecordExporter {
    private let encoder: OTLPJSONEncoder
    private let file: Mutex<AppendedFile>

    /// Opens the file, or makes it.
    ///
    /// - Parameters:
    ///   - path: Where the file is. Who can read it can read the telemetry: a new one is readable by its owner only.
    ///   - resource: The process that the telemetry comes from.
    /// - Throws: ``OTLPFileError`` if the file can't be opened.
    public init(path: String, resource: Resource) throws(OTLPFileError) {
        file = Mutex(try AppendedFile(path: path))
        encoder = OTLPJSONEncoder(resource: resource)
    }

    /// Appends spans.
    ///
    /// - Parameters:
    ///   - batch: The spans.
    ///   - timeout: Not looked at.
    /// - Returns: Whether they are in the file.
    public func export(_ batch: [SpanData], timeout: Duration) -> ExportResult { append(batch) }

    /// Appends metrics.
    ///
    /// - Parameters:
    ///   - batch: The metrics.
    ///   - timeout: Not looked at.
    /// - Returns: Whether they are in the file.
    public func export(_ batch: [MetricData], timeout: Duration) -> ExportResult { append(batch) }

    /// Appends log records.
    ///
    /// - Parameters:
    ///   - batch: The records.
    ///   - timeout: Not looked at.
    /// - Returns: Whether they are in the file.
    public func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult { append(batch) }

    /// Does nothing: writing to a file waits for no more than what another process writes there.
    public func interrupt() {}

    private func append<Item: OTLPItem>(_ batch: [Item]) -> ExportResult {
        guard !batch.isEmpty else { return .accepted(rejected: 0) }
        let line = encoder.encode(batch[...]) + [UInt8(ascii: "\n")]
        do throws(OTLPFileError) {
            try file.withLock { file throws(OTLPFileError) in try file.append(line) }
            return .accepted(rejected: 0)
        } catch {
            return .unavailable(reason: error.description)
        }
    }
}
