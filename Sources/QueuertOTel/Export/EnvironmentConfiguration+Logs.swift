extension EnvironmentConfiguration {
    /// What the environment variables say about log records.
    public struct Logs: Hashable, Sendable {
        /// Where log records go.
        ///
        /// `OTEL_LOGS_EXPORTER`; OTLP.
        public var destination: Destination
        /// How they are batched.
        public var batchProcessor: BatchProcessor
        /// How much a record may hold.
        public var limits: LogRecordLimits
        /// How they are sent.
        ///
        /// `OTEL_EXPORTER_OTLP_LOGS_…`, and after it `OTEL_EXPORTER_OTLP_…`.
        public var exporter: OTLPConfiguration

        init(_ reader: inout EnvironmentReader) {
            destination = reader.destination("OTEL_LOGS_EXPORTER")
            var batch = BatchProcessor()
            batch.scheduleDelay = .seconds(1)
            batchProcessor = reader.batchProcessor("OTEL_BLRP_", batch)
            var limits = LogRecordLimits()
            let count = reader.number(
                "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT", in: 0...Int.max)
            if let count { limits.attributes = count }
            limits.attributeValueLength = reader.number(
                "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", in: 0...Int.max)
            self.limits = limits
            exporter = OTLPConfiguration(&reader, signal: .logs)
        }
    }
}
