/// What an exporter is called where telemetry tells of itself.
struct ExporterComponent: Hashable, Sendable {
    /// Its `otel.component.type`.
    let type: String
    /// Where it sends to, without what may be secret; `nil` if that is no address.
    let endpoint: String?

    /// Of an exporter over OTLP, the conventions give the type.
    init(signal: OTLPSignal, configuration: OTLPConfiguration) {
        let transport =
            configuration.endpoint.isGRPC ? "grpc" : configuration.requestEncoding == .json ? "http_json" : "http"
        type = "otlp_\(transport)_\(signal.exporter)_exporter"
        endpoint = configuration.endpoint.redacted
    }

    /// Of one that doesn't say, the type is the name of its own, as the conventions want it.
    init(of exporter: Any) {
        if let exporter = exporter as? any DescribedExporter {
            self = exporter.component
        } else {
            type = "\(Swift.type(of: exporter))"
            endpoint = nil
        }
    }
}

/// An exporter that says what it is.
protocol DescribedExporter {
    /// What it is called.
    var component: ExporterComponent { get }
}
