internal import Synchronization

/// Writes telemetry to standard output or standard error, a line for each span, point and record, for people to read.
///
/// What a line looks like may change: read a file of ``OTLPFileExporter`` with programs.
public final class ConsoleExporter: SpanExporter, MetricExporter, LogRecordExporter {
    /// Where lines go.
    public enum Stream: Hashable, Sendable {
        /// Standard output.
        case standardOutput
        /// Standard error.
        case standardError
    }

    private let write: @Sendable ([UInt8]) -> String?
    /// Lines of one batch stay together, whatever signal they are of.
    static let turn = Mutex(())

    /// Makes an exporter.
    ///
    /// - Parameter stream: Where lines go; standard output by default.
    public init(_ stream: Stream = .standardOutput) {
        write = { ConsoleOutput(stream).write($0) }
    }

    /// Writes elsewhere, and says why that failed if it did.
    init(write: @escaping @Sendable ([UInt8]) -> String?) { self.write = write }

    /// Writes spans.
    ///
    /// - Parameters:
    ///   - batch: The spans.
    ///   - timeout: Not looked at.
    /// - Returns: Whether they are written.
    public func export(_ batch: [SpanData], timeout: Duration) -> ExportResult {
        write(batch.flatMap(ConsoleText.lines))
    }

    /// Writes metrics.
    ///
    /// - Parameters:
    ///   - batch: The metrics.
    ///   - timeout: Not looked at.
    /// - Returns: Whether they are written.
    public func export(_ batch: [MetricData], timeout: Duration) -> ExportResult {
        write(batch.flatMap(ConsoleText.lines))
    }

    /// Writes log records.
    ///
    /// - Parameters:
    ///   - batch: The records.
    ///   - timeout: Not looked at.
    /// - Returns: Whether they are written.
    public func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult {
        write(batch.map(ConsoleText.line))
    }

    /// Does nothing: what is written is not waited for.
    public func interrupt() {}

    private func write(_ lines: [String]) -> ExportResult {
        let text = lines.map { $0 + "\n" }.joined()
        let failure = Self.turn.withLock { _ in write(Array(text.utf8)) }
        return failure.map { .unavailable(reason: $0) } ?? .accepted(rejected: 0)
    }
}
