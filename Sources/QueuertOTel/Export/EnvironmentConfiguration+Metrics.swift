extension EnvironmentConfiguration {
    /// What the environment variables say about metrics.
    public struct Metrics: Hashable, Sendable {
        /// Where metrics go.
        ///
        /// `OTEL_METRICS_EXPORTER`; OTLP.
        public var destination: Destination
        /// When they are collected.
        ///
        /// `OTEL_METRIC_EXPORT_INTERVAL`, `OTEL_METRIC_EXPORT_TIMEOUT`.
        public var reader: PeriodicMetricReader.Configuration
        /// How they are aggregated.
        ///
        /// `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`,
        /// `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION`, `OTEL_METRICS_EXEMPLAR_FILTER`.
        public var meters: MeterProvider.Configuration
        /// How they are sent.
        ///
        /// `OTEL_EXPORTER_OTLP_METRICS_…`, and after it `OTEL_EXPORTER_OTLP_…`.
        public var exporter: OTLPConfiguration
        /// Whether telemetry's own state is told as metrics, `otel.sdk.*`.
        ///
        /// `QUEUERT_OTEL_SELF_METRICS`; false.
        public var includesOwn: Bool

        init(_ reader: inout EnvironmentReader) {
            destination = reader.destination("OTEL_METRICS_EXPORTER")
            var times = PeriodicMetricReader.Configuration()
            if let interval = reader.number("OTEL_METRIC_EXPORT_INTERVAL", in: 1...Int.max) {
                times.interval = .milliseconds(interval)
            }
            if let timeout = reader.timeout("OTEL_METRIC_EXPORT_TIMEOUT") {
                // Without a limit of its own, a collection is bounded by the next one.
                times.timeout = timeout ?? times.interval
            }
            self.reader = times
            var meters = MeterProvider.Configuration()
            let temporality = reader.word(
                "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
                of: ["cumulative": TemporalityPreference.cumulative, "delta": .delta, "lowmemory": .lowMemory],
                otherwise: "cumulative holds")
            if let temporality { meters.temporality = temporality }
            let buckets = reader.word(
                "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                of: [
                    "explicit_bucket_histogram": meters.histogramBuckets,
                    "base2_exponential_bucket_histogram": HistogramBuckets.exponential(),
                ], otherwise: "explicit_bucket_histogram holds")
            if let buckets { meters.histogramBuckets = buckets }
            let filter = reader.word(
                "OTEL_METRICS_EXEMPLAR_FILTER",
                of: ["trace_based": ExemplarFilter.traceBased, "always_on": .alwaysOn, "always_off": .alwaysOff],
                otherwise: "trace_based holds")
            if let filter { meters.exemplarFilter = filter }
            self.meters = meters
            exporter = OTLPConfiguration(&reader, signal: .metrics)
            includesOwn = reader.isTrue("QUEUERT_OTEL_SELF_METRICS")
        }
    }
}
