internal import Queuert
internal import Synchronization

/// The CONSUMER span of an attempt: `process`.
///
/// Its identity follows from what is stored, so whoever settles the attempt exports the same span: the worker that ran it,
/// or the reaper that found its lease over. See ``AttemptIdentity``.
final class AttemptSpan: AttemptTrace, SegmentMember {
    /// The span's own identity.
    let spanContext: TraceContext
    /// The segment that the attempt belongs to, and the context that continuations in it join.
    let segment: TraceSegment
    let segmentContext: TraceContext
    let carrier: TraceCarrier
    private let instrumentation: QueueInstrumentation
    private let metrics: JobTypeMetrics?
    private let parent: TraceContext?
    private let row: JobRow
    private let outline: AttemptOutline
    private let links: [SpanData.Link]
    private struct State {
        /// What the span says at its beginning; nothing after its end.
        var attributes: [Attribute]
        /// The phase that has begun and not ended: at most one, since a handler's phases follow each other.
        var openPhase: PhaseSpan?
        /// How many attempts share the call of the handler.
        var batchSize = 1
        /// The one of them that is current while it runs, if that is another.
        var batchLeader: TraceContext?
    }
    private let state: Mutex<State>

    init(_ job: ClaimedJob, in instrumentation: QueueInstrumentation) {
        self.instrumentation = instrumentation
        row = job.row
        metrics = instrumentation.metrics?.ofJobType(job.row.typeName)
        let tracer = instrumentation.tracer
        // Once, since a look at one column counts the references to all.
        let trace = row.trace
        carrier = TraceCarrier(stored: trace.carrier)

        let creation = instrumentation.context(trace.jobContext, carrier: carrier)
        let chain =
            trace.chainContext == nil ? creation : instrumentation.context(trace.chainContext, carrier: carrier)
        let blockers = job.blockers.compactMap { instrumentation.context($0.chainStartContext) }
        let isBiased =
            instrumentation.configuration.errorBias && creation?.isSampled == false && row.lastAttemptFailed
        var outline = AttemptOutline(
            job, stored: TraceSegment(of: row, trace), now: Timestamp(nanoseconds: tracer.now),
            hasCreation: creation != nil, isForced: isBiased, blockers: blockers.count,
            server: instrumentation.server.attributes, instrumentation.configuration)
        let name = outline.span.name
        segment = outline.segment

        var links = creation.map { [LinkType.creation.link(to: $0)] } ?? []
        if let previous = instrumentation.context(job.previousAttemptContext) {
            links.append(LinkType.retryOf.link(to: previous))
        }
        if outline.beginsSegment, let chain { links.append(LinkType.chain.link(to: chain)) }
        links += blockers.suffix(AttemptOutline.blockerLinkLimit).map { LinkType.blocker.link(to: $0) }
        self.links = links

        parent = outline.beginsSegment ? nil : creation
        var context = instrumentation.newContext(AttemptIdentity(of: row, creation: creation))
        if outline.beginsSegment, let creation {
            context = instrumentation.segmentRoot(
                context, after: creation, isForced: isBiased, name: name, kind: .consumer,
                attributes: outline.span.attributes, links: links)
        } else {
            if let parent {
                context.traceID = parent.traceID
                context.flags = parent.flags.intersection(.random)
            }
            let decision = tracer.sampler.decide(
                parent: parent, traceID: context.traceID, state: parent?.state ?? "", name: name, kind: .consumer,
                attributes: outline.span.attributes, links: links)
            context.state = decision.state
            if decision.isSampled { context.flags.insert(.sampled) } else { context.flags.remove(.sampled) }
        }
        spanContext = context
        segmentContext = outline.beginsSegment ? context : chain ?? context
        outline.tellSegment()
        state = Mutex(State(attributes: outline.takeAttributes()))
        self.outline = consume outline
    }

    var context: String? { spanContext.traceparent }
    /// Nothing where the attempt is in the trace of its job: the rest of its identity follows from what is stored.
    var finalContext: String? { parent == nil ? context : nil }
    var chainIndex: Int { row.chainIndex }

    func started(in batch: [any AttemptTrace]) {
        instrumentation.tracer.announce(spanContext, below: parent, name: outline.span.name)
        metrics?.attemptStarted(outline.waits, in: spanContext)
        tellWait()
        guard batch.count > 1 else { return }
        let leader = (batch.first as? AttemptSpan)?.spanContext
        state.withLock { state in
            state.batchSize = batch.count
            state.batchLeader = leader == spanContext ? nil : leader
        }
    }

    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R {
        try await instrumentation.withCurrent(spanContext, baggage: carrier.baggage, body)
    }

    func phaseStarting(_ phase: AttemptPhase) -> any PhaseTrace {
        let span = PhaseSpan(phase, of: self, row, metrics: metrics, in: instrumentation)
        state.withLock { $0.openPhase = span }
        return span
    }

    func ended(_ end: AttemptEnd) {
        // The settlement was committed, and with it the phase that wrote it, if one did; or it is about to be.
        let isBeforeCommit = instrumentation.isBeforeCommit
        var attributes: [Attribute] = []
        let (phase, batchSize, batchLeader) = state.withLock { state in
            if isBeforeCommit { attributes = state.attributes } else { swap(&attributes, &state.attributes) }
            defer { if !isBeforeCommit { state.openPhase = nil } }
            return (state.openPhase, state.batchSize, state.batchLeader)
        }
        phase?.ended(with: end.result)
        var events: [SpanData.Event] = []
        if case .failed(let error) = end.result,
            let event = instrumentation.tellException(error, of: row, in: spanContext)
        {
            events.append(event)
        }
        let errorType = end.result.errorType
        let (start, endTime) = (outline.claimedAt.nanoseconds, max(end.at.nanoseconds, instrumentation.endTime))
        let metrics = isBeforeCommit ? nil : metrics
        metrics?.attemptEnded(
            end, of: row, seconds: SpanData.seconds(from: start, to: endTime), result: end.result.word,
            errorType: errorType, in: spanContext)
        instrumentation.events?.attemptEnded(end, of: row, errorType: errorType, in: spanContext)
        guard spanContext.isSampled else { return }
        end.tell(in: &attributes, batchSize: batchSize)
        var links = links
        if let batchLeader { links.append(LinkType.batch.link(to: batchLeader)) }
        instrumentation.emit(
            SpanData(
                context: spanContext, parent: parent, name: outline.span.name, kind: .consumer, start: start,
                end: endTime, attributes: attributes,
                events: events, links: links, status: end.result.status(instrumentation.configuration),
                scope: QueueInstrumentation.scope))
    }

    /// A wait for a worker that was long enough to be seen, in the trace of the job that waited.
    private func tellWait() {
        guard let parent, outline.waits.queue >= instrumentation.configuration.waitThreshold else { return }
        let context = instrumentation.child(of: parent)
        instrumentation.count(context, below: parent)
        guard context.isSampled else { return }
        let wait = SpanOutline.wait(of: row, server: instrumentation.server.attributes)
        instrumentation.emit(
            SpanData(
                context: context, parent: parent, name: wait.name, kind: wait.kind,
                start: outline.waits.runnableAt.nanoseconds, end: outline.claimedAt.nanoseconds,
                attributes: wait.attributes, scope: QueueInstrumentation.scope))
    }
}

extension SpanData {
    /// How long a span takes, in seconds; one that ends before it starts takes none.
    static func seconds(from start: UInt64, to end: UInt64) -> Double {
        end > start ? Double(end - start) / 1_000_000_000 : 0
    }
}
