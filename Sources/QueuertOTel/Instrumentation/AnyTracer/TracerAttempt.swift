internal import Queuert
internal import Synchronization
internal import Tracing

/// The CONSUMER span of an attempt: `process`.
///
/// The span is started when its identity is first asked for, with the time at which the attempt was claimed: an attempt that
/// comes to nothing has none.
final class TracerAttempt: AttemptTrace, TracerSegmentMember {
    let carrier: TraceCarrier
    private let instrumentation: DistributedTracingInstrumentation
    private let metrics: JobTypeMetrics?
    private let row: JobRow
    private let outline: AttemptOutline
    /// The span that the attempt's is below; `nil` where it begins a segment.
    private let parent: ServiceContext?
    /// The segment that the attempt joins; `nil` where it begins one.
    private let joined: ServiceContext?
    private let links: [SpanLink]
    private struct State {
        var span: (any Tracing.Span)?
        /// Whether the handler was called in this process.
        var hasStarted = false
        var hasEnded = false
        /// The phase that has begun and not ended: at most one, since a handler's phases follow each other.
        var openPhase: TracerPhase?
        /// How many attempts share the call of the handler.
        var batchSize = 1
        /// The one of them that is current while it runs, if that is another.
        var batchLeader: ServiceContext?
    }
    private let state = Mutex(State())

    init(_ job: ClaimedJob, in instrumentation: DistributedTracingInstrumentation) {
        self.instrumentation = instrumentation
        row = job.row
        metrics = instrumentation.metrics?.ofJobType(job.row.typeName)
        carrier = TraceCarrier(stored: row.trace.carrier)
        let creation = instrumentation.context(row.trace.jobContext, carrier: carrier)
        let chain = instrumentation.context(row.trace.segmentContext, carrier: carrier)
        let blockers = job.blockers.compactMap { instrumentation.context($0.chainStartContext) }
        var outline = AttemptOutline(
            job, stored: TraceSegment(of: row), now: Timestamp(nanoseconds: instrumentation.clock.nanoseconds),
            hasCreation: creation != nil, isForced: false, blockers: blockers.count,
            server: instrumentation.server.attributes, instrumentation.configuration)
        outline.tellSegment()
        self.outline = outline
        parent = outline.beginsSegment ? nil : creation
        joined = outline.beginsSegment ? nil : chain
        var links = creation.map { [LinkType.creation.link(to: $0)] } ?? []
        if let previous = instrumentation.context(job.previousAttemptContext) {
            links.append(LinkType.retryOf.link(to: previous))
        }
        if outline.beginsSegment, let chain { links.append(LinkType.chain.link(to: chain)) }
        links += blockers.suffix(AttemptOutline.blockerLinkLimit).map { LinkType.blocker.link(to: $0) }
        self.links = links
    }

    deinit {
        instrumentation.attempts.remove(lease)
        // Its worker lost the lease to another process, which tells of the attempt by a span of its own.
        let (span, phase) = state.withLock { state in
            (state.hasStarted && !state.hasEnded ? state.span : nil, state.openPhase)
        }
        guard let span else { return }
        phase?.ended(with: .lost)
        span.add([
            Attribute(QueueAttributes.attemptResult, .string(AttemptEnd.Result.lost.word)),
            Attribute(QueueAttributes.errorType, "lease_expired"),
        ])
        span.end(.error(description: "the worker lost its lease"), at: instrumentation.clock.nanoseconds)
    }

    private var lease: Lease { Lease(jobID: row.id, token: row.leaseToken) }

    /// The span, started if it isn't yet.
    private var span: any Tracing.Span {
        state.withLock { state in
            if let span = state.span { return span }
            let span = instrumentation.start(
                outline.span, in: parent ?? instrumentation.root(carrier), links: links,
                at: outline.claimedAt.nanoseconds)
            state.span = span
            return span
        }
    }

    var spanContext: ServiceContext { span.context }
    var context: String? { instrumentation.headers(of: span.context).column }
    var chainIndex: Int { row.chainIndex }
    var segment: TraceSegment { outline.segment }
    var segmentContext: ServiceContext { joined ?? span.context }
    var segmentColumn: String? { joined == nil ? context : row.trace.segmentContext }

    func started(in batch: [any AttemptTrace]) {
        state.withLock { $0.hasStarted = true }
        if let metrics {
            metrics.attemptStarted(outline.waits, in: instrumentation.traceContext(of: span.context))
        }
        tellWait()
        guard batch.count > 1 else { return }
        let leader = batch.first as? TracerAttempt
        let leaderContext = leader === self ? nil : leader?.spanContext
        state.withLock { state in
            state.batchSize = batch.count
            state.batchLeader = leaderContext
        }
    }

    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R {
        try await ServiceContext.withValue(span.context) { try await body() }
    }

    func phaseStarting(_ phase: AttemptPhase) -> any PhaseTrace {
        let phase = TracerPhase(phase, of: row, in: span.context, metrics: metrics, instrumentation)
        state.withLock { $0.openPhase = phase }
        return phase
    }

    func ended(_ end: AttemptEnd) {
        // The settlement was committed, and with it the phase that wrote it, if one did.
        let (isFirst, phase, batchSize, batchLeader) = state.withLock { state in
            defer {
                state.hasEnded = true
                state.openPhase = nil
            }
            return (!state.hasEnded, state.openPhase, state.batchSize, state.batchLeader)
        }
        guard isFirst else { return }
        phase?.ended(with: end.result)
        let span = span
        let now = instrumentation.clock.nanoseconds
        var attributes: [Attribute] = []
        end.tell(in: &attributes, batchSize: batchSize)
        span.add(attributes)
        if let batchLeader { span.addLink(LinkType.batch.link(to: batchLeader)) }
        let context = instrumentation.traceContext(of: span.context)
        if case .failed(let error) = end.result { tellException(error, on: span, context, at: now) }
        let errorType = end.result.errorType
        let endTime = max(end.at.nanoseconds, now)
        metrics?.attemptEnded(
            end, of: row, seconds: SpanData.seconds(from: outline.claimedAt.nanoseconds, to: endTime),
            result: end.result.word, errorType: errorType, in: context)
        instrumentation.events?.attemptEnded(end, of: row, errorType: errorType, in: context)
        span.end(end.result.status(instrumentation.configuration), at: endTime)
    }

    /// Tells of what the attempt failed with, where that is wanted.
    private func tellException(
        _ error: any Error, on span: any Tracing.Span, _ context: TraceContext?, at now: UInt64
    ) {
        let exception = instrumentation.configuration.exception(error)
        let places = instrumentation.exceptions
        if places.asRecords { instrumentation.events?.exception(exception, in: row, context) }
        guard places.onSpans else { return }
        if span.isRecording { places.warning?.give() }
        span.addException(exception, at: now)
    }

    /// A wait for a worker that was long enough to be seen, in the trace of the job that waited.
    private func tellWait() {
        guard let parent, outline.waits.queue >= instrumentation.configuration.waitThreshold else { return }
        let wait = SpanOutline.wait(of: row, server: instrumentation.server.attributes)
        instrumentation.start(wait, in: parent, at: outline.waits.runnableAt.nanoseconds)
            .end(.unset, at: outline.claimedAt.nanoseconds)
    }
}
