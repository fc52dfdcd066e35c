/// What became of an exported batch.
public enum ExportResult: Hashable, Sendable {
    /// The receiver took the batch, but for `rejected` spans.
    case accepted(rejected: Int)
    /// The receiver refused the batch, or its answer made no sense: sending it again would not help.
    ///
    /// The reason is for people to read, the cause to count by.
    case refused(reason: String, cause: ExportFailureCause = .other)
    /// The receiver could not be reached, or not in time: all tries are used up.
    case unavailable(reason: String, cause: ExportFailureCause = .other)

    /// Why the batch was not taken; `nil` if it was.
    var reason: String? {
        switch self {
        case .accepted: nil
        case .refused(let reason, _), .unavailable(let reason, _): reason
        }
    }

    /// What is counted because the batch was not taken; `nil` if it was.
    var cause: ExportFailureCause? {
        switch self {
        case .accepted: nil
        case .refused(_, let cause), .unavailable(_, let cause): cause
        }
    }
}

/// Sends batches of spans somewhere.
///
/// A processor calls an exporter on a thread of its own, one batch at a time, and the call may block that thread.
/// Meanwhile no telemetry is made: spans that are started record nothing, and what is logged is not exported.
public protocol SpanExporter: Sendable {
    /// Sends a batch. Blocks until it is sent, refused or given up.
    ///
    /// - Parameters:
    ///   - batch: The spans, at least one.
    ///   - timeout: How long the call may take at most, tries and the waits between them included.
    /// - Returns: What became of the batch.
    func export(_ batch: [SpanData], timeout: Duration) -> ExportResult

    /// Ends a call of ``export(_:timeout:)`` that is under way, and makes later ones fail at once. Any thread may call.
    func interrupt()
}
