public import Logging
public import Queuert
internal import Synchronization

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
    let metrics: QueueMetrics?
    let events: QueueEventLog?
    private let logger: Logger
    private let hasReportedContext = Atomic(false)

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
    public init(
        tracer: SpanTracer, meters: MeterProvider? = nil, events: (any LogRecordProcessor)? = nil,
        eventLimits: LogRecordLimits = LogRecordLimits(), configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "queuert.otel")
    ) {
        self.tracer = tracer
        self.configuration = configuration
        metrics = meters.map {
            QueueMetrics(meters: $0, clock: tracer.clock, patience: configuration.databasePatience)
        }
        self.events = events.map { QueueEventLog(processor: $0, clock: tracer.clock, limits: eventLimits) }
        self.logger = logger
    }

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

    /// Attempts may be claimed.
    ///
    /// Each text is a `traceparent` whose identifiers nobody has used. The attempt always takes its span identifier, and
    /// its trace identifier when it begins a new segment: so the claim can store it without knowing the job.
    ///
    /// - Parameter count: How many at most.
    /// - Returns: The texts.
    public func makeAttemptContexts(_ count: Int) -> [String] {
        (0..<count).map { _ in newContext(isSampled: false).traceparent }
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
            metrics.ofJobType(resolved.jobTypeName).unblocked(in: self.context(wait.resolvedBy?.context))
        }
        guard let context = context(resolved.awaitContext) else { return }
        var attributes = [
            QueueAttributes.system,
            Attribute(QueueAttributes.conversationID, .string(resolved.jobChainID.rawValue)),
            Attribute(QueueAttributes.jobID, .string(resolved.jobID.rawValue)),
            Attribute(QueueAttributes.jobType, .string(resolved.jobTypeName)),
            Attribute(QueueAttributes.blockerChainID, .string(wait.chainID.rawValue)),
            Attribute(QueueAttributes.blockerChainType, .string(wait.chainTypeName)),
            Attribute(QueueAttributes.blockerIndex, .int(Int64(resolved.ordinal))),
        ]
        attributes.append(Attribute(QueueAttributes.waitType, "blocked"))
        var links: [SpanData.Link] = []
        if let chain = self.context(wait.chainStartContext) { links.append(LinkType.blocker.link(to: chain)) }
        if let attempt = self.context(wait.resolvedBy?.context) { links.append(LinkType.resolvedBy.link(to: attempt)) }
        tracer.emit(
            SpanData(
                context: context.local, parent: self.context(resolved.jobContext), name: "await \(wait.chainTypeName)",
                kind: .internal, start: resolved.blockedAt.nanoseconds, end: wait.resolvedAt.nanoseconds,
                attributes: attributes, links: links, scope: Self.scope))
    }

    /// A chain has ended.
    ///
    /// - Parameter chain: The chain.
    public func chainEnded(_ chain: ChainEnding) {
        if metrics != nil || events != nil {
            let context = context(chain.completedBy?.context ?? chain.start.context)?.local
            metrics?.chainEnded(chain, in: context)
            events?.chainEnded(chain, in: context)
        }
        guard let parent = context(chain.start.context) else { return }
        var attributes = [
            QueueAttributes.system,
            Attribute(QueueAttributes.conversationID, .string(chain.id.rawValue)),
            Attribute(QueueAttributes.chainID, .string(chain.id.rawValue)),
            Attribute(QueueAttributes.chainType, .string(chain.typeName)),
            Attribute(QueueAttributes.chainJobs, .int(Int64(chain.jobCount))),
        ]
        var status = SpanData.Status.unset
        if chain.result != .completed {
            attributes.append(Attribute(QueueAttributes.errorType, "cancelled"))
            status = .error(description: "the chain was \(chain.result == .deleted ? "deleted" : "cancelled")")
        }
        var links: [SpanData.Link] = []
        if let attempt = context(chain.completedBy?.context) {
            links.append(LinkType.completedBy.link(to: attempt))
        }
        tracer.emit(
            SpanData(
                context: child(of: parent), parent: parent, name: "chain \(chain.typeName)", kind: .internal,
                start: chain.start.createdAt.nanoseconds, end: chain.endedAt.nanoseconds, attributes: attributes,
                links: links, status: status, scope: Self.scope))
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

    /// Says once that a stored context can't be read.
    func reportContext() {
        if hasReportedContext.exchange(true, ordering: .relaxed) { return }
        logger.warning(
            "A job holds a trace context that can't be read. It is treated as none; further ones are not reported.")
    }
}
