/// The kinds of telemetry.
package enum Signal: String, CaseIterable, Sendable {
    /// Spans.
    case traces
    /// Points of metrics.
    case metrics
    /// Log records.
    case logs

    /// The path that OTLP over HTTP has for it.
    var path: String { "/v1/\(rawValue)" }

    /// What one item of it is called.
    var item: String {
        switch self {
        case .traces: "span"
        case .metrics: "data point"
        case .logs: "log record"
        }
    }

    /// The member of a request in JSON that holds it.
    var member: String {
        switch self {
        case .traces: "resourceSpans"
        case .metrics: "resourceMetrics"
        case .logs: "resourceLogs"
        }
    }
}
