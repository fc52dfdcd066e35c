/// Sends batches of log records somewhere.
///
/// A processor calls an exporter on a thread of its own, one batch at a time, and the call may block that thread.
/// Meanwhile no telemetry is made: spans that are started record nothing, and what is logged is not exported.
public protocol LogRecordExporter: Sendable {
    /// Sends a batch. Blocks until it is sent, refused or given up.
    ///
    /// - Parameters:
    ///   - batch: The log records, at least one.
    ///   - timeout: How long the call may take at most, tries and the waits between them included.
    /// - Returns: What became of the batch.
    func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult

    /// Ends a call of ``export(_:timeout:)`` that is under way, and makes later ones fail at once. Any thread may call.
    func interrupt()
}

/// Where log records go.
///
/// A processor is called on the thread that logs. It must not block, and cannot fail.
public protocol LogRecordProcessor: Sendable {
    /// Takes a record.
    ///
    /// - Parameter record: The record.
    func logged(_ record: LogRecordData)
}
