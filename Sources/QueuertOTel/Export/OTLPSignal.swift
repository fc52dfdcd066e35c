/// A kind of telemetry that OTLP carries.
public enum OTLPSignal: String, Hashable, Sendable, CaseIterable {
    /// Spans.
    case traces
    /// Metrics.
    case metrics
    /// Log records.
    case logs

    /// Where a receiver takes it, below its address.
    var path: String { "v1/\(rawValue)" }

    /// One of what is sent, for the beginning of a sentence.
    var item: String {
        switch self {
        case .traces: "A span"
        case .metrics: "A metric"
        case .logs: "A log record"
        }
    }
}
