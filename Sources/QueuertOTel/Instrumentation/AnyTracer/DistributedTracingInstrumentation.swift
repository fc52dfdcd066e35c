public import Logging
public import Queuert
public import Tracing

/// Tells a queue's work as spans of any tracer of swift-distributed-tracing.
///
/// For services that have such a tracer already, of another SDK. The spans are those of ``QueueInstrumentation``, with the
/// same names, parents, links, attributes and times:
///
/// ```swift
/// let observability = DistributedTracingInstrumentation(tracer: InstrumentationSystem.tracer)
/// let client = Client(adapter: adapter, observability: observability)
/// ```
///
/// What a tracer of that interface can't do is missing, and told in `docs/guides/any-tracer.md`. In short:
///
/// - A tracer chooses the identity of a span when it starts it. So the claim can't store it, and the attempt of a process
///   that died is told under a new identity; what its handler had sent has a parent that nobody knows.
/// - Samplers are asked before a span has attributes and links, and decide about each segment of a chain anew.
/// - There are spans only: no metrics, and no events as log records.
///
/// Contexts are stored as the tracer's propagator writes them. One that writes `traceparent` shares the database with
/// ``QueueInstrumentation`` and any other that does.
public final class DistributedTracingInstrumentation: ObservabilityAdapter {
    let tracer: any Tracer
    let clock: any SpanClock
    let configuration: QueueInstrumentation.Configuration
    let attempts = LiveAttempts()
    let contextWarning: ContextWarning

    /// Makes an instrumentation.
    ///
    /// - Parameters:
    ///   - tracer: Where spans are started.
    ///   - clock: Tells the time of spans; the same as the client's, where that has one of its own.
    ///   - configuration: What is told, and how.
    ///   - logger: What is logged goes here.
    public init(
        tracer: any Tracer, clock: any SpanClock = SystemSpanClock(), configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "queuert.otel")
    ) {
        self.tracer = tracer
        self.clock = clock
        self.configuration = configuration.shared
        contextWarning = ContextWarning(logger: logger)
    }

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

    /// Attempts may be claimed.
    ///
    /// - Parameter count: How many at most.
    /// - Returns: No texts: only a span that is started has an identity.
    public func makeAttemptContexts(_ count: Int) -> [String] { [] }

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
        guard let parent = context(wait.wait.jobContext) else { return }
        var links: [SpanLink] = []
        if let chain = context(wait.chainStartContext) { links.append(LinkType.blocker.link(to: chain)) }
        if let attempt = context(of: wait.resolvedBy) { links.append(LinkType.resolvedBy.link(to: attempt)) }
        start(.wait(wait), in: parent, links: links, at: wait.wait.blockedAt.nanoseconds)
            .end(.unset, at: wait.resolvedAt.nanoseconds)
    }

    /// A chain has ended.
    ///
    /// - Parameter chain: The chain.
    public func chainEnded(_ chain: ChainEnding) {
        guard let parent = context(chain.start.context) else { return }
        let outline = SpanOutline.chain(chain)
        let links = context(of: chain.completedBy).map { [LinkType.completedBy.link(to: $0)] } ?? []
        start(outline, in: parent, links: links, at: chain.start.createdAt.nanoseconds)
            .end(outline.status, at: chain.endedAt.nanoseconds)
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
