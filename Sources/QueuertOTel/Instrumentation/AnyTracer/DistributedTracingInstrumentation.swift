public import Logging
public import Queuert
public import Tracing

/// Tells a queue's work as spans of any tracer of swift-distributed-tracing, and as metrics and events.
///
/// For services that have such a tracer already, of another SDK. The spans are those of ``QueueInstrumentation``, with the
/// same names, parents, links, attributes and times; metrics and events are told with the same names, where they are given a
/// place to go:
///
/// ```swift
/// let observability = DistributedTracingInstrumentation(tracer: InstrumentationSystem.tracer)
/// let client = Client(adapter: adapter, observability: observability)
/// ```
///
/// What a tracer of that interface can't do is missing, and told in `docs/guides/any-tracer.md`. In short:
///
/// - A tracer chooses the identity of a span when it starts it. So it can't follow from what is stored, and the attempt of a
///   process that died is told under a new identity; what its handler had sent has a parent that nobody knows.
/// - Samplers are asked before a span has attributes and links, and decide about each segment of a chain anew.
///
/// Contexts are stored as the tracer's propagator writes them. One that writes `traceparent` shares the database with
/// ``QueueInstrumentation`` and any other that does, and has its traces in exemplars and events, too.
///
/// An instrumentation tells of one queue. Two of them need meters of their own.
public final class DistributedTracingInstrumentation: ObservabilityAdapter {
    let tracer: any Tracer
    let clock: any SpanClock
    let configuration: QueueInstrumentation.Configuration
    let attempts = LiveAttempts()
    let metrics: QueueMetrics?
    let events: QueueEventLog?
    /// Where errors are told.
    let exceptions: ExceptionPlaces
    /// Where the queue's database is reached.
    let server: DatabaseServer
    let contextWarning: SingleWarning

    /// Makes an instrumentation.
    ///
    /// - Parameters:
    ///   - tracer: Where spans are started.
    ///   - meters: Where metrics are measured; nowhere by default.
    ///   - events: Where events go, as log records; nowhere by default.
    ///   - eventLimits: How much an event may hold.
    ///   - clock: Tells the time of spans; the same as the client's, where that has one of its own.
    ///   - configuration: What is told, and how.
    ///   - logger: What is logged goes here.
    public init(
        tracer: any Tracer, meters: MeterProvider? = nil, events: (any LogRecordProcessor)? = nil,
        eventLimits: LogRecordLimits = LogRecordLimits(), clock: any SpanClock = SystemSpanClock(),
        configuration: Configuration = Configuration(), logger: Logger = Logger(label: "queuert.otel")
    ) {
        self.tracer = tracer
        self.clock = clock
        self.configuration = configuration.shared
        let server = DatabaseServer()
        self.server = server
        metrics = meters.map {
            QueueMetrics(meters: $0, clock: clock, patience: configuration.shared.databasePatience, server: server)
        }
        self.events = events.map { QueueEventLog(processor: $0, clock: clock, limits: eventLimits) }
        exceptions = ExceptionPlaces(
            configuration.shared.exceptionSignal, hasRecords: events != nil, logger: logger)
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
    public func batchStarting(_ batch: BatchStarting) -> any BatchTrace { TracerBatchStart(batch, in: self) }

    /// A job is about to be written.
    ///
    /// - Parameter job: The job.
    /// - Returns: What to store with the job, and what to tell of the transaction's end.
    public func jobCreating(_ job: JobCreating) -> any JobTrace { TracerJobCreation(job, in: self) }

    /// An attempt was claimed, or its lease ran out.
    ///
    /// - Parameter job: The job, as the claim left it.
    /// - Returns: The attempt; the same one for as long as it is known in this process.
    public func attempt(_ job: ClaimedJob) -> any AttemptTrace {
        attempts.attempt(under: Lease(jobID: job.row.id, token: job.row.leaseToken)) {
            TracerAttempt(job, in: self)
        }
    }

    /// A job is about to be completed without a worker.
    ///
    /// - Parameter job: The job.
    /// - Returns: The completion.
    public func completionWithoutWorker(of job: ClaimedJob) -> any CompletionTrace { TracerCompletion(job, in: self) }

    /// A chain that a job waited for has ended.
    ///
    /// - Parameter wait: The wait.
    public func blockerResolved(_ wait: BlockerResolution) {
        let resolvedBy = context(of: wait.resolvedBy)
        if let metrics, wait.wait.unblocksJob {
            metrics.ofJobType(wait.wait.jobTypeName).unblocked(
                in: resolvedBy.flatMap { traceContext(of: $0) })
        }
        guard let parent = context(wait.wait.jobContext) else { return }
        var links: [SpanLink] = []
        if let chain = context(wait.chainStartContext) { links.append(LinkType.blocker.link(to: chain)) }
        if let resolvedBy { links.append(LinkType.resolvedBy.link(to: resolvedBy)) }
        start(.wait(wait), in: parent, links: links, at: wait.wait.blockedAt.nanoseconds)
            .end(.unset, at: wait.resolvedAt.nanoseconds)
    }

    /// A chain has ended.
    ///
    /// - Parameter chain: The chain.
    public func chainEnded(_ chain: ChainEnding) {
        let (start, completedBy) = (context(chain.start.context), context(of: chain.completedBy))
        let span = (completedBy ?? start).flatMap { traceContext(of: $0) }
        metrics?.chainEnded(chain, in: span)
        events?.chainEnded(chain, in: span)
        guard let start else { return }
        let outline = SpanOutline.chain(chain)
        let links = completedBy.map { [LinkType.completedBy.link(to: $0)] } ?? []
        self.start(outline, in: start, links: links, at: chain.start.createdAt.nanoseconds)
            .end(outline.status, at: chain.endedAt.nanoseconds)
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

    /// Starts a span.
    func start(
        _ outline: SpanOutline, in context: ServiceContext, links: [SpanLink] = [], at nanoseconds: UInt64
    ) -> any Tracing.Span {
        let span = tracer.startSpan(
            outline.name, context: context, ofKind: SpanKind(outline.kind),
            at: SpanInstant(nanosecondsSinceEpoch: nanoseconds))
        span.add(outline.attributes)
        for link in links { span.addLink(link) }
        return span
    }
}
