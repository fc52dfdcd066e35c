public import Logging

/// A service's telemetry, set up in one go: tracer, meters, batches, OTLP export and the queue's instrumentation.
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
    private let metricReader: PeriodicMetricReader?

    /// Sets up telemetry as the environment variables of OpenTelemetry say, by default those of this process.
    ///
    /// Nothing in the environment can make this fail: what can't be used is ignored and logged. `docs/configuration.md`
    /// lists the variables.
    ///
    /// - Parameters:
    ///   - environment: What the environment variables say.
    ///   - resource: What is known of this service; the environment's `service.name` and attributes are added.
    ///   - queue: What is told of the queue.
    ///   - logger: What is logged goes here.
    public init(
        _ environment: EnvironmentConfiguration = EnvironmentConfiguration(), resource: Resource = Resource(),
        queue: QueueInstrumentation.Configuration = QueueInstrumentation.Configuration(),
        logger: Logger = Logger(label: "queuert.otel")
    ) {
        for warning in environment.warnings { logger.warning("\(warning)") }
        let resource = Resource.detected().merging(environment.resource).merging(resource)
        if environment.isDisabled || environment.tracesExporter == .none {
            batches = nil
            tracer = .off()
        } else {
            let batch = environment.batchProcessor
            // Without a limit of its own, a batch is bounded by the exporter's.
            let timeout = batch.exportTimeout ?? environment.exporter.timeout ?? .seconds(86_400)
            let exporter = OTLPSpanExporter(
                configuration: environment.exporter, resource: resource, logger: logger)
            let batches = BatchSpanProcessor(
                exporter: exporter,
                configuration: BatchSpanProcessor.Configuration(
                    maximumQueueSize: batch.maximumQueueSize, maximumBatchSize: batch.maximumBatchSize,
                    scheduleDelay: batch.scheduleDelay, exportTimeout: timeout),
                logger: logger)
            self.batches = batches
            tracer = SpanTracer(processor: batches, sampler: environment.sampler.sampler)
        }
        let metrics = environment.metrics
        meters = MeterProvider(configuration: metrics.meters, logger: logger)
        metricReader =
            environment.isDisabled || metrics.destination == .none
            ? nil
            : PeriodicMetricReader(
                meters: meters,
                exporter: OTLPMetricExporter(configuration: metrics.exporter, resource: resource, logger: logger),
                configuration: metrics.reader, logger: logger)
        self.queue = QueueInstrumentation(tracer: tracer, configuration: queue, logger: logger)
    }

    /// What became of the spans so far.
    public var statistics: BatchSpanProcessor.Statistics? { batches?.statistics }

    /// What became of the data points so far.
    public var metricStatistics: PeriodicMetricReader.Statistics? { metricReader?.statistics }

    /// Sends all spans that ended before the call, and what was measured.
    ///
    /// - Parameter timeout: How long to wait at most; 10 seconds by default.
    /// - Returns: Whether that worked.
    @discardableResult
    public func flush(timeout: Duration = .seconds(10)) async -> FlushResult {
        async let spans = tracer.flush(timeout: timeout)
        async let metrics = metricReader?.flush(timeout: timeout)
        return await .worst(of: [spans, metrics ?? .success])
    }

    /// Sends what is left and stops; to be called when the service's work has ended.
    ///
    /// - Parameter timeout: How long to wait at most; 10 seconds by default.
    /// - Returns: Whether all was sent.
    @discardableResult
    public func shutdown(timeout: Duration = .seconds(10)) async -> FlushResult {
        async let spans = tracer.shutdown(timeout: timeout)
        async let metrics = metricReader?.shutdown(timeout: timeout)
        return await .worst(of: [spans, metrics ?? .success])
    }
}

extension SamplerSetting {
    /// The sampler that the setting names.
    var sampler: any Sampler {
        switch self {
        case .alwaysOn: AlwaysOnSampler()
        case .alwaysOff: AlwaysOffSampler()
        case .traceIDRatio(let ratio): TraceIDRatioSampler(ratio)
        case .parentBasedAlwaysOn: ParentBasedSampler(root: AlwaysOnSampler())
        case .parentBasedAlwaysOff: ParentBasedSampler(root: AlwaysOffSampler())
        case .parentBasedTraceIDRatio(let ratio): ParentBasedSampler(root: TraceIDRatioSampler(ratio))
        }
    }
}
