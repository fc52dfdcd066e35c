/// Has what telemetry itself does told as metrics, `otel.sdk.*`: queues, what was exported and what was lost.
///
/// The names are those of the semantic conventions, which may still change.
struct SelfMetrics {
    private let meters: MeterProvider
    static let scope = InstrumentationScope(name: "queuert-otel", version: LibraryVersion.current)

    init(meters: MeterProvider) {
        self.meters = meters
    }

    func observe(_ processor: BatchSpanProcessor) {
        observe(.spans, capacity: processor.configuration.maximumQueueSize) { [weak processor] in
            processor?.statistics
        }
    }

    func observe(_ processor: BatchLogRecordProcessor) {
        observe(.logs, capacity: processor.configuration.maximumQueueSize) { [weak processor] in
            processor?.statistics
        }
    }

    func observe(_ reader: PeriodicMetricReader) {
        counter(
            "otel.sdk.exporter.metric_data_point.exported", "{data_point}",
            "Data points whose export has ended, with an error type those that the receiver didn't take"
        ) { [weak reader] in
            Self.exported(
                Self.component("otlp_http_metric_exporter"),
                reader.map { ($0.statistics.exported, $0.statistics.rejected, $0.statistics.failed) })
        }
    }

    func observe(_ outbox: any OTLPOutbox) {
        guard outbox.counts != nil else { return }
        counter("queuert.otel.outbox.kept", "{item}", "Spans, data points and log records that the outbox has kept") {
            outbox.counts.map { [MetricObservation($0.kept, AttributeSet([]))] } ?? []
        }
        counter(
            "queuert.otel.outbox.sent", "{item}",
            "Items of the outbox that were sent, with an error type those that the receiver didn't take"
        ) {
            guard let now = outbox.counts else { return [] }
            return Self.counts([(nil, now.sent), ("rejected", now.rejected), ("refused", now.refused)], [])
        }
        counter(
            "queuert.otel.outbox.dropped", "{item}", "Items that the outbox could not keep, or not any longer, by cause"
        ) {
            guard let now = outbox.counts else { return [] }
            return Self.counts(
                [
                    ("not_kept", now.notKept), ("no_room", now.droppedForRoom), ("too_old", now.droppedTooOld),
                ], [])
        }
        upDownCounter("queuert.otel.outbox.items", "{item}", "Items that the outbox keeps, as it was last looked at") {
            outbox.waiting.map { [MetricObservation($0.items, AttributeSet([]))] } ?? []
        }
        upDownCounter("queuert.otel.outbox.size", "By", "The messages that the outbox keeps, as it was last looked at")
        {
            outbox.waiting.map { [MetricObservation($0.bytes, AttributeSet([]))] } ?? []
        }
    }

    /// The words of a signal in names and units.
    private struct Words {
        let name: String
        let unit: String
        let processor: String
        let exporter: String

        static let spans = Words(
            name: "span", unit: "{span}", processor: "batching_span_processor", exporter: "otlp_http_span_exporter")
        static let logs = Words(
            name: "log", unit: "{log_record}", processor: "batching_log_processor", exporter: "otlp_http_log_exporter")
    }

    private func observe(
        _ words: Words, capacity: Int, statistics: @escaping @Sendable () -> BatchStatistics?
    ) {
        let processor = Self.component(words.processor)
        let exporter = Self.component(words.exporter)
        upDownCounter("otel.sdk.processor.\(words.name).queue.size", words.unit, "What waits for its export") {
            statistics().map { [MetricObservation($0.pending - $0.exporting, AttributeSet(processor))] } ?? []
        }
        upDownCounter("otel.sdk.processor.\(words.name).queue.capacity", words.unit, "How many may wait") {
            [MetricObservation(capacity, AttributeSet(processor))]
        }
        counter(
            "otel.sdk.processor.\(words.name).processed", words.unit,
            "What was handed to the exporter, with an error type what was dropped"
        ) {
            guard let now = statistics() else { return [] }
            return Self.counts(
                [
                    (nil, now.exported + now.rejected + now.failed + now.exporting),
                    ("queue_full", now.droppedQueueFull),
                    ("already_shutdown", now.droppedAfterShutdown), ("shutdown_timeout", now.droppedAtDeadline),
                ], processor)
        }
        upDownCounter("otel.sdk.exporter.\(words.name).inflight", words.unit, "What is being exported") {
            statistics().map { [MetricObservation($0.exporting, AttributeSet(exporter))] } ?? []
        }
        counter(
            "otel.sdk.exporter.\(words.name).exported", words.unit,
            "What was exported, with an error type what the receiver didn't take"
        ) {
            Self.exported(exporter, statistics().map { ($0.exported, $0.rejected, $0.failed) })
        }
    }

    private static func exported(
        _ component: [Attribute], _ counts: (exported: Int, rejected: Int, failed: Int)?
    ) -> [MetricObservation<Int>] {
        guard let counts else { return [] }
        return Self.counts(
            [(nil, counts.exported), ("rejected", counts.rejected), ("_OTHER", counts.failed)], component)
    }

    /// Counts by error type; an error that never was isn't told.
    private static func counts(
        _ counts: [(error: String?, count: Int)], _ component: [Attribute]
    ) -> [MetricObservation<Int>] {
        counts.filter { $0.error == nil || $0.count > 0 }.map { error, count in
            let attributes = component + (error.map { [Attribute("error.type", .string($0))] } ?? [])
            return MetricObservation(count, AttributeSet(attributes))
        }
    }

    private static func component(_ type: String) -> [Attribute] {
        [Attribute("otel.component.type", .string(type)), Attribute("otel.component.name", .string("\(type)/0"))]
    }

    private func counter(
        _ name: String, _ unit: String, _ description: String,
        _ values: @escaping @Sendable () -> [MetricObservation<Int>]
    ) {
        meters.observe(name, as: .counter, unit: unit, description: description, scope: Self.scope) { values() }
    }

    private func upDownCounter(
        _ name: String, _ unit: String, _ description: String,
        _ values: @escaping @Sendable () -> [MetricObservation<Int>]
    ) {
        meters.observe(name, as: .upDownCounter, unit: unit, description: description, scope: Self.scope) { values() }
    }
}
