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

    /// What it is sent to over gRPC: the path of the one method of its service.
    var method: String {
        switch self {
        case .traces: "opentelemetry.proto.collector.trace.v1.TraceService/Export"
        case .metrics: "opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
        case .logs: "opentelemetry.proto.collector.logs.v1.LogsService/Export"
        }
    }

    /// What the names of its exporters have of it.
    var exporter: String {
        switch self {
        case .traces: "span"
        case .metrics: "metric"
        case .logs: "log"
        }
    }

    /// One of what is sent, for the beginning of a sentence.
    var item: String {
        switch self {
        case .traces: "A span"
        case .metrics: "A metric"
        case .logs: "A log record"
        }
    }
}
