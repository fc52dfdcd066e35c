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
        observe(.spans, processor.worker, capacity: processor.configuration.maximumQueueSize) { [weak processor] in
            processor?.statistics
        }
    }

    func observe(_ tracer: SpanTracer) {
        let starts = tracer.countStarts()
        counter("otel.sdk.span.started", "{span}", "Spans that began here, whether they are recorded or not") {
            starts.observations
        }
    }

    func observe(_ processor: BatchLogRecordProcessor) {
        counter("otel.sdk.log.created", "{log_record}", "Log records that came to be exported") { [weak processor] in
            processor.map { [MetricObservation($0.statistics.all)] } ?? []
        }
        observe(.logs, processor.worker, capacity: processor.configuration.maximumQueueSize) { [weak processor] in
            processor?.statistics
        }
    }

    func observe(_ reader: PeriodicMetricReader) {
        let component = Self.component("periodic_metric_reader")
        let exporter = Self.component(reader.worker.component)
        let collection = duration(
            "otel.sdk.metric_reader.collection.duration",
            "How long it took to collect metrics, with an error type where it took too long")
        reader.worker.observe(
            collections: { duration, isTooSlow in
                let error = isTooSlow ? ExportFailureCause.timeout.rawValue : nil
                collection.record(duration / .seconds(1), Self.attributes(component, error: error))
            }, exports: operationObserver(exporter))
        upDownCounter("otel.sdk.exporter.metric_data_point.inflight", "{data_point}", "What is being exported") {
            [weak reader] in
            reader.map { [MetricObservation($0.statistics.exporting, AttributeSet(exporter))] } ?? []
        }
        counter(
            "otel.sdk.exporter.metric_data_point.exported", "{data_point}",
            "Data points whose export has ended, with an error type those that the receiver didn't take"
        ) { [weak reader] in
            guard let now = reader?.statistics else { return [] }
            return Self.exported(now.exported, rejected: now.rejected, now.failedByCause, exporter)
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

        static let spans = Words(name: "span", unit: "{span}", processor: "batching_span_processor")
        static let logs = Words(name: "log", unit: "{log_record}", processor: "batching_log_processor")
    }

    private func observe<Item: Sendable>(
        _ words: Words, _ worker: BatchWorker<Item>, capacity: Int,
        statistics: @escaping @Sendable () -> BatchStatistics?
    ) {
        let processor = Self.component(words.processor)
        let exporter = Self.component(worker.component)
        worker.observe(operationObserver(exporter))
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
            guard let now = statistics() else { return [] }
            return Self.exported(now.exported, rejected: now.rejected, now.failedByCause, exporter)
        }
    }

    /// What tells how long exports take.
    private func operationObserver(_ component: [Attribute]) -> ExportObserver {
        let operation = duration(
            "otel.sdk.exporter.operation.duration", "How long exports took, with an error type those that failed")
        return { duration, result in
            operation.record(duration / .seconds(1), Self.attributes(component, error: result.cause?.rawValue))
        }
    }

    private static func exported(
        _ exported: Int, rejected: Int, _ failed: [ExportFailureCause: Int], _ component: [Attribute]
    ) -> [MetricObservation<Int>] {
        var causes: [(error: String?, count: Int)] = [(nil, exported), ("rejected", rejected)]
        for (cause, count) in failed { causes.append((cause.rawValue, count)) }
        return counts(causes, component)
    }

    /// Counts by error type; an error that never was isn't told.
    private static func counts(
        _ counts: [(error: String?, count: Int)], _ component: [Attribute]
    ) -> [MetricObservation<Int>] {
        counts.filter { $0.error == nil || $0.count > 0 }.map { error, count in
            MetricObservation(count, attributes(component, error: error))
        }
    }

    private static func attributes(_ component: [Attribute], error: String?) -> AttributeSet {
        AttributeSet(component + (error.map { [Attribute("error.type", .string($0))] } ?? []))
    }

    private static func component(_ type: String) -> [Attribute] {
        [Attribute("otel.component.type", .string(type)), Attribute("otel.component.name", .string("\(type)/0"))]
    }

    private static func component(_ exporter: ExporterComponent) -> [Attribute] {
        component(exporter.type) + exporter.server
    }

    /// A histogram of seconds, with the bounds of the conventions unless all histograms are to be exponential.
    private func duration(_ name: String, _ description: String) -> HistogramInstrument {
        var buckets: HistogramBuckets? = .explicit(MetricDefinition.messagingBounds)
        if case .exponential = meters.configuration.histogramBuckets { buckets = nil }
        return meters.histogram(name, unit: "s", description: description, buckets: buckets, scope: Self.scope)
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

extension BatchStatistics {
    /// How many items have come, whatever became of them.
    fileprivate var all: Int {
        pending + exported + rejected + failed + droppedQueueFull + droppedAfterShutdown + droppedAtDeadline
    }
}
