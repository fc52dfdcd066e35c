public import Logging

/// A service's telemetry, set up in one go: tracer, meters, log handlers, batches, OTLP export and the queue's instrumentation.
///
/// ```swift
/// let telemetry = Telemetry()
/// InstrumentationSystem.bootstrap(telemetry.tracer)
/// let client = Client(adapter: adapter, observability: telemetry.queue)
/// // …
/// await telemetry.shutdown()
/// ```
public struct Telemetry: Sendable {
    /// The tracer, also for swift-distributed-tracing: bootstrap it, and spans made in a handler nest under its attempt.
    public let tracer: SpanTracer
    /// What to give a queue's client as `observability`.
    public let queue: QueueInstrumentation
    /// Makes instruments, whose metrics are exported at an interval.
    public let meters: MeterProvider
    private let batches: BatchSpanProcessor?
    /// Prints the spans that transactions keep, which come into no batch.
    private let printer: BatchSpanProcessor?
    private let logBatches: BatchLogRecordProcessor?
    /// What log records come through on the way there.
    private let records: (any LogRecordProcessor)?
    private let logLimits: LogRecordLimits
    private let metricReader: PeriodicMetricReader?
    private let outbox: (any OTLPOutbox)?

    /// Sets up telemetry as the environment variables of OpenTelemetry say, by default those of this process.
    ///
    /// Nothing in the environment can make this fail, also not what code has set there: what can't be used is logged,
    /// and ignored or replaced by the nearest that can be. `docs/configuration.md` lists the variables.
    ///
    /// - Parameters:
    ///   - environment: What the environment variables say.
    ///   - resource: What is known of this service; the environment's `service.name` and attributes are added.
    ///   - queue: What is told of the queue.
    ///   - views: What is changed of instruments' metrics.
    ///   - sampler: Decides which spans are recorded, instead of the environment's.
    ///   - exporters: What sends signals, instead of what the environment names.
    ///   - spanProcessors: Who is given the spans besides. They are flushed and shut down with this.
    ///   - redact: Changes the attributes of spans, of their events and links, and of log records, before anybody gets them:
    ///     see ``RedactingSpanProcessor``. Nothing is changed by default.
    ///   - outbox: Where telemetry is kept until its receiver has taken it. It is shut down with this.
    ///   - logger: What is logged goes here, from the environment's level on if that says one.
    public init(
        _ environment: EnvironmentConfiguration = EnvironmentConfiguration(), resource: Resource = Resource(),
        queue: QueueInstrumentation.Configuration = QueueInstrumentation.Configuration(), views: [MetricView] = [],
        sampler: (any Sampler)? = nil, exporters: Exporters = Exporters(), spanProcessors: [any SpanProcessor] = [],
        redact: (@Sendable (inout [Attribute]) -> Void)? = nil, outbox: (any OTLPOutbox)? = nil,
        logger: Logger = Logger(label: "queuert.otel")
    ) {
        self.outbox = outbox
        var logger = logger
        if let level = environment.logLevel { logger.logLevel = level }
        for warning in environment.warnings { logger.warning("\(warning)") }
        let resource = Resource.detected().merging(environment.resource).merging(resource)
        let isOn = !environment.isDisabled
        let batching = environment.batchProcessor.configuration(otherwise: environment.exporter.timeout)
        var transactionOutbox: TransactionOutbox?
        var printer: BatchSpanProcessor?
        if isOn, let outbox, outbox.isInQueueDatabase, environment.tracesExporter.contains(.otlp),
            exporters.spans == nil
        {
            if let exporter = environment.spanPrinter(resource) {
                printer = BatchSpanProcessor(exporter: exporter, configuration: batching, logger: logger)
            }
            transactionOutbox = TransactionOutbox(
                outbox, configuration: environment.exporter, resource: resource,
                onlooker: Self.processor(of: printer, and: spanProcessors), redact: redact)
        }
        self.printer = printer
        var batches: BatchSpanProcessor?
        if isOn, let exporter = exporters.spans ?? environment.spanExporter(resource, outbox, logger) {
            batches = BatchSpanProcessor(exporter: exporter, configuration: batching, logger: logger)
        }
        self.batches = batches
        if isOn, let processor = Self.processor(of: batches, and: spanProcessors) {
            tracer = SpanTracer(
                processor: Self.redacting(processor, redact), sampler: sampler ?? environment.sampler.sampler(logger),
                limits: environment.spanLimits,
                propagator: environment.propagator)
        } else {
            tracer = .off(propagator: environment.propagator)
        }
        let metrics = environment.metrics
        var measuring = metrics.meters
        measuring.views = views
        meters = MeterProvider(configuration: measuring, logger: logger)
        var metricReader: PeriodicMetricReader?
        if isOn, let exporter = exporters.metrics ?? metrics.metricExporter(resource, outbox, logger) {
            metricReader = PeriodicMetricReader(
                meters: meters, exporter: exporter, configuration: metrics.reader, logger: logger)
        }
        self.metricReader = metricReader
        let logs = environment.logs
        logLimits = logs.limits
        var logBatches: BatchLogRecordProcessor?
        if isOn, let exporter = exporters.logs ?? logs.logExporter(resource, outbox, logger) {
            logBatches = BatchLogRecordProcessor(
                exporter: exporter,
                configuration: logs.batchProcessor.configuration(otherwise: logs.exporter.timeout), logger: logger)
        }
        self.logBatches = logBatches
        if let logBatches, let redact {
            records = RedactingLogRecordProcessor(logBatches, redact: redact)
        } else {
            records = logBatches
        }
        if metrics.includesOwn {
            let own = SelfMetrics(meters: meters)
            own.observe(tracer)
            if let batches { own.observe(batches) }
            if let logBatches { own.observe(logBatches) }
            if let metricReader { own.observe(metricReader) }
            if let outbox { own.observe(outbox) }
        }
        var queue = queue
        queue.complete(by: environment)
        self.queue = QueueInstrumentation(
            tracer: tracer, meters: metricReader == nil ? nil : meters, events: records, eventLimits: logLimits,
            outbox: transactionOutbox, configuration: queue, logger: logger)
    }

    /// One processor for all; `nil` if there is none.
    private static func processor(
        of batches: BatchSpanProcessor?, and others: [any SpanProcessor]
    ) -> (any SpanProcessor)? {
        var all = others
        if let batches { all.insert(batches, at: 0) }
        if all.count > 1 { return MultiSpanProcessor(all) }
        return all.first
    }

    /// What spans come through on their way to a processor.
    private static func redacting(
        _ processor: any SpanProcessor, _ redact: (@Sendable (inout [Attribute]) -> Void)?
    ) -> any SpanProcessor {
        guard let redact else { return processor }
        return RedactingSpanProcessor(processor, redact: redact)
    }

    /// What became of the spans so far.
    public var statistics: BatchSpanProcessor.Statistics? { batches?.statistics }

    /// What became of the data points so far.
    public var metricStatistics: PeriodicMetricReader.Statistics? { metricReader?.statistics }

    /// What became of the log records so far.
    public var logStatistics: BatchLogRecordProcessor.Statistics? { logBatches?.statistics }

    /// Makes what exports the records of a logger, for swift-log: bootstrap it beside the handler that prints them.
    ///
    /// ```swift
    /// LoggingSystem.bootstrap { label in
    ///     MultiplexLogHandler([StreamLogHandler.standardError(label: label), telemetry.logHandler(label: label)])
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - label: The logger's label.
    ///   - logLevel: The least level that is exported.
    /// - Returns: The handler; one that does nothing if log records are exported nowhere.
    public func logHandler(label: String, logLevel: Logger.Level = .info) -> any LogHandler {
        guard let records else { return SwiftLogNoOpLogHandler() }
        return TelemetryLogHandler(
            label: label, processor: records, logLevel: logLevel,
            recordsErrorMessages: queue.configuration.recordsErrorMessages, limits: logLimits)
    }

    /// Sends all spans that ended and all that was logged before the call, and what was measured.
    ///
    /// - Parameter timeout: How long to wait at most; 10 seconds by default.
    /// - Returns: Whether that worked. What an outbox keeps because it can't be sent is a failure too, but no loss.
    @discardableResult
    public func flush(timeout: Duration = .seconds(10)) async -> FlushResult {
        let deadline = ContinuousClock.now + timeout
        async let spans = tracer.flush(timeout: timeout)
        async let printed = printer?.flush(timeout: timeout)
        async let metrics = metricReader?.flush(timeout: timeout)
        async let logs = logBatches?.flush(timeout: timeout)
        let handedOver = await FlushResult.worst(
            of: [spans, printed ?? .success, metrics ?? .success, logs ?? .success])
        return await .worst(of: [handedOver, outbox?.flush(timeout: max(.zero, deadline - .now)) ?? .success])
    }

    /// Sends what is left and stops; to be called when the service's work has ended.
    ///
    /// - Parameter timeout: How long to wait at most; 10 seconds by default.
    /// - Returns: Whether all was sent. What an outbox keeps is sent by the next process that uses it.
    @discardableResult
    public func shutdown(timeout: Duration = .seconds(10)) async -> FlushResult {
        let deadline = ContinuousClock.now + timeout
        async let spans = tracer.shutdown(timeout: timeout)
        async let printed = printer?.shutdown(timeout: timeout)
        async let metrics = metricReader?.shutdown(timeout: timeout)
        async let logs = logBatches?.shutdown(timeout: timeout)
        let handedOver = await FlushResult.worst(
            of: [spans, printed ?? .success, metrics ?? .success, logs ?? .success])
        return await .worst(of: [handedOver, outbox?.shutdown(timeout: max(.zero, deadline - .now)) ?? .success])
    }
}

extension SamplerSetting {
    /// The sampler that the setting names, and what it logs to.
    func sampler(_ logger: Logger) -> any Sampler {
        switch self {
        case .alwaysOn: AlwaysOnSampler()
        case .alwaysOff: AlwaysOffSampler()
        case .traceIDRatio(let ratio): TraceIDRatioSampler(Self.usable(ratio), logger: logger)
        case .parentBasedAlwaysOn: ParentBasedSampler(root: AlwaysOnSampler())
        case .parentBasedAlwaysOff: ParentBasedSampler(root: AlwaysOffSampler())
        case .parentBasedTraceIDRatio(let ratio):
            ParentBasedSampler(root: TraceIDRatioSampler(Self.usable(ratio), logger: logger))
        }
    }
}
