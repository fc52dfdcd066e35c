/// Sends metrics somewhere.
///
/// A reader calls an exporter on a thread of its own, one batch at a time, and the call may block that thread.
/// Meanwhile no telemetry is made: spans that are started record nothing, and what is logged is not exported.
public protocol MetricExporter: Sendable {
    /// Sends what was collected. Blocks until it is sent, refused or given up.
    ///
    /// - Parameters:
    ///   - batch: The metrics, at least one.
    ///   - timeout: How long the call may take at most, tries and the waits between them included.
    /// - Returns: What became of them; what is rejected is counted in data points.
    func export(_ batch: [MetricData], timeout: Duration) -> ExportResult

    /// Ends a call of ``export(_:timeout:)`` that is under way, and makes later ones fail at once. Any thread may call.
    func interrupt()
}
