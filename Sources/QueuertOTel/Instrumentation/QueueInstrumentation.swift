public import Logging
public import Queuert

/// Tells a queue's work as spans, metrics and events.
///
/// Which there are, with what attributes, is told in `docs/telemetry-reference.md`, and how spans relate in `docs/tracing.md`.
/// Give one to the client:
///
/// ```swift
/// let client = Client(adapter: adapter, observability: QueueInstrumentation(tracer: tracer, meters: meters))
/// ```
///
/// An instrumentation tells of one queue. Two of them need meters of their own.
public final class QueueInstrumentation: ObservabilityAdapter {
    let tracer: SpanTracer
    let configuration: Configuration
    let allMetrics: QueueMetrics?
    let allEvents: QueueEventLog?
    let outbox: TransactionOutbox?
    /// Whether the spans of what a transaction of the queue writes are kept by the transaction: where the outbox is in the
    /// queue's database.
    public let recordsTransactions: Bool
    /// Where errors are told.
    let exceptions: ExceptionPlaces
    /// Where the queue's database is reached.
    let server: DatabaseServer
    let contextWarning: SingleWarning

    static let scope = InstrumentationScope(
        name: "queuert", version: LibraryVersion.current, schemaURL: "https://opentelemetry.io/schemas/1.44.0")

    /// Makes an instrumentation.
    ///
    /// - Parameters:
    ///   - tracer: Where spans go.
    ///   - meters: Where metrics are measured; nowhere by default.
    ///   - events: Where events go, as log records; nowhere by default.
    ///   - eventLimits: How much an event may hold.
    ///   - configuration: What is told, and how.
    ///   - logger: What is logged goes here.
    public convenience init(
        tracer: SpanTracer, meters: MeterProvider? = nil, events: (any LogRecordProcessor)? = nil,
        eventLimits: LogRecordLimits = LogRecordLimits(), configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "queuert.otel")
    ) {
        self.init(
            tracer: tracer, meters: meters, events: events, eventLimits: eventLimits, outbox: nil,
            configuration: configuration, logger: logger)
    }

    /// Makes an instrumentation whose spans are kept by the transactions that they tell of, where the outbox is in the queue's
    /// database.
    ///
    /// The tracer's exporter must have the same outbox, configuration and resource: it sends what the outbox keeps.
    ///
    /// - Parameters:
    ///   - tracer: Where other spans go.
    ///   - outbox: Where spans are kept. One that isn't in the queue's database leaves all spans to the tracer.
    ///   - exporter: How the tracer's exporter sends spans.
    ///   - resource: The process that the spans come from.
    ///   - redact: Changes the attributes of spans before they are kept, as a ``RedactingSpanProcessor`` does for those that go
    ///     to the tracer; nothing is changed by default.
    ///   - meters: Where metrics are measured; nowhere by default.
    ///   - events: Where events go, as log records; nowhere by default.
    ///   - eventLimits: How much an event may hold.
    ///   - configuration: What is told, and how.
    ///   - logger: What is logged goes here.
    public convenience init(
        tracer: SpanTracer, outbox: any OTLPOutbox, exporter: OTLPConfiguration, resource: Resource,
        redact: (@Sendable (inout [Attribute]) -> Void)? = nil, meters: MeterProvider? = nil,
        events: (any LogRecordProcessor)? = nil,
        eventLimits: LogRecordLimits = LogRecordLimits(), configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "queuert.otel")
    ) {
        self.init(
            tracer: tracer, meters: meters, events: events, eventLimits: eventLimits,
            outbox: outbox.isInQueueDatabase
                ? TransactionOutbox(outbox, configuration: exporter, resource: resource, redact: redact) : nil,
            configuration: configuration, logger: logger)
    }

    init(
        tracer: SpanTracer, meters: MeterProvider?, events: (any LogRecordProcessor)?, eventLimits: LogRecordLimits,
        outbox: TransactionOutbox?, configuration: Configuration, logger: Logger
    ) {
        self.tracer = tracer
        self.outbox = outbox
        recordsTransactions = outbox != nil
        self.configuration = configuration
        let server = DatabaseServer()
        self.server = server
        allMetrics = meters.map {
            QueueMetrics(
                meters: $0, clock: tracer.clock, patience: configuration.databasePatience, server: server)
        }
        allEvents = events.map { QueueEventLog(processor: $0, clock: tracer.clock, limits: eventLimits) }
        exceptions = ExceptionPlaces(configuration.exceptionSignal, hasRecords: events != nil, logger: logger)
        contextWarning = .ofContexts(logger)
    }

    /// A client tells of its work here.
    ///
    /// Where its database is reached is told by spans and metrics, as `server.address` and `server.port`.
    ///
    /// - Parameter database: The client's database.
    public func clientMade(in database: DatabaseIdentity) { server.note(database) }

    /// Chains are about to be started in one call.
    ///
    /// - Parameter batch: What is started.
    /// - Returns: What to tell of the transaction's end.
    public func batchStarting(_ batch: BatchStarting) -> any BatchTrace { BatchStartSpan(batch, in: self) }

    /// A job is about to be written.
    ///
    /// - Parameter job: The job.
    /// - Returns: What to store with the job, and what to tell of the transaction's end.
    public func jobCreating(_ job: JobCreating) -> any JobTrace {
        JobCreationSpan(job, in: self)
    }

    /// An attempt was claimed, or its lease ran out.
    ///
    /// - Parameter job: The job, as the claim left it.
    /// - Returns: The attempt.
    public func attempt(_ job: ClaimedJob) -> any AttemptTrace { AttemptSpan(job, in: self) }

    /// A job is about to be completed without a worker.
    ///
    /// - Parameter job: The job.
    /// - Returns: The completion.
    public func completionWithoutWorker(of job: ClaimedJob) -> any CompletionTrace { OutsideCompletion(job, in: self) }

    /// A chain that a job waited for has ended.
    ///
    /// - Parameter wait: The wait.
    public func blockerResolved(_ wait: BlockerResolution) {
        let resolved = wait.wait
        if let metrics, resolved.unblocksJob {
            metrics.ofJobType(resolved.jobTypeName).unblocked(in: self.context(of: wait.resolvedBy))
        }
        let parent = self.context(resolved.jobContext)
        // A job that another tracer has told of has none stored: only when the wait is over its span gets an identity.
        guard let context = context(resolved.awaitContext) ?? parent.map(child) else { return }
        count(context, below: parent)
        guard context.isSampled else { return }
        let outline = SpanOutline.wait(wait)
        var links: [SpanData.Link] = []
        if let chain = self.context(wait.chainStartContext) { links.append(LinkType.blocker.link(to: chain)) }
        if let attempt = self.context(of: wait.resolvedBy) { links.append(LinkType.resolvedBy.link(to: attempt)) }
        emit(
            SpanData(
                context: context.local, parent: parent, name: outline.name, kind: outline.kind,
                start: resolved.blockedAt.nanoseconds, end: wait.resolvedAt.nanoseconds,
                attributes: outline.attributes, links: links, scope: Self.scope))
    }

    /// A chain has ended.
    ///
    /// - Parameter chain: The chain.
    public func chainEnded(_ chain: ChainEnding) {
        if metrics != nil || events != nil {
            let context = (self.context(of: chain.completedBy) ?? self.context(chain.start.context))?.local
            metrics?.chainEnded(chain, in: context)
            events?.chainEnded(chain, in: context)
        }
        guard let parent = context(chain.start.context) else { return }
        let span = child(of: parent)
        count(span, below: parent)
        guard span.isSampled else { return }
        let outline = SpanOutline.chain(chain)
        var links: [SpanData.Link] = []
        if let attempt = context(of: chain.completedBy) {
            links.append(LinkType.completedBy.link(to: attempt))
        }
        emit(
            SpanData(
                context: span, parent: parent, name: outline.name, kind: outline.kind,
                start: chain.start.createdAt.nanoseconds, end: chain.endedAt.nanoseconds,
                attributes: outline.attributes, links: links, status: outline.status, scope: Self.scope))
    }

    /// Something has happened that no job, attempt or chain tells of.
    ///
    /// - Parameter event: What.
    public func happened(_ event: QueueEvent) {
        metrics?.happened(event)
        events?.happened(event, in: self)
    }

    /// Has the numbers of jobs told as metrics in a process without a worker, which looks them up by itself.
    ///
    /// - Parameter client: Whose database is asked at each collection.
    public func observeJobs<Adapter: StateAdapter>(of client: Client<Adapter>) {
        metrics?.state.observe { try await client.jobCounts() }
    }
}
