extension Telemetry {
    /// What sends a service's signals, where it isn't what the environment names.
    ///
    /// ```swift
    /// let environment = EnvironmentConfiguration()
    /// let resource = Resource.detected().merging(environment.resource)
    /// let telemetry = Telemetry(
    ///     environment, resource: resource,
    ///     exporters: .init(spans: try OTLPFileExporter(path: "traces.jsonl", resource: resource)))
    /// ```
    ///
    /// A signal with an exporter here is exported even if the environment says `none`, but not with `OTEL_SDK_DISABLED`. How it
    /// is batched and sampled is what the environment says. An outbox doesn't keep it, unless the exporter has the outbox itself.
    public struct Exporters: Sendable {
        /// What sends spans; `nil` for what the environment names.
        public var spans: (any SpanExporter)?
        /// What sends metrics; `nil` for what the environment names.
        public var metrics: (any MetricExporter)?
        /// What sends log records; `nil` for what the environment names.
        public var logs: (any LogRecordExporter)?

        /// Names exporters.
        ///
        /// - Parameters:
        ///   - spans: What sends spans; by default what the environment names.
        ///   - metrics: What sends metrics; by default what the environment names.
        ///   - logs: What sends log records; by default what the environment names.
        public init(
            spans: (any SpanExporter)? = nil, metrics: (any MetricExporter)? = nil,
            logs: (any LogRecordExporter)? = nil
        ) {
            self.spans = spans
            self.metrics = metrics
            self.logs = logs
        }
    }
}
