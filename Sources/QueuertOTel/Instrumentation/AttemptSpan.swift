internal import Queuert
internal import Synchronization

/// The CONSUMER span of an attempt: `process`.
///
/// Its identity follows from what is stored, so whoever settles the attempt exports the same span: the worker that ran it,
/// or the reaper that found its lease over.
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
    private let waits: JobWaits
    private let claimedAt: Timestamp
    private let attributes: [Attribute]
    private let links: [SpanData.Link]
    private struct State {
        /// The phase that has begun and not ended: at most one, since a handler's phases follow each other.
        var openPhase: PhaseSpan?
        /// How many attempts share the call of the handler.
        var batchSize = 1
        /// The one of them that is current while it runs, if that is another.
        var batchLeader: TraceContext?
    }
    private let state = Mutex(State())

    /// As many blockers get a link; more would crowd out what else the span says.
    private static let blockerLinkLimit = 64

    init(_ job: ClaimedJob, in instrumentation: QueueInstrumentation) {
        self.instrumentation = instrumentation
        row = job.row
        metrics = instrumentation.metrics?.ofJobType(job.row.typeName)
        let tracer = instrumentation.tracer
        carrier = TraceCarrier(stored: row.trace.carrier)
        claimedAt = row.lastAttemptAt ?? Timestamp(nanoseconds: tracer.clock.nanoseconds)
        waits = JobWaits(row, claimedAt: claimedAt)

        let claim = instrumentation.context(row.trace.attemptContext) ?? instrumentation.newContext(isSampled: false)
        let creation = instrumentation.context(row.trace.jobContext, carrier: carrier)
        let chain = instrumentation.context(row.trace.chainContext, carrier: carrier)
        let stored = TraceSegment(of: row)
        let mode = stored.mode ?? instrumentation.configuration.mode(ofType: row.typeName)
        let isBiased =
            instrumentation.configuration.errorBias && creation?.isSampled == false && row.lastAttemptError != nil
        // The first attempt of a segment's first job is never over by the number of jobs, only by age.
        let beginsSegment =
            creation == nil || mode.isLinked || isBiased
            || stored.isOver(at: claimedAt, chainIndex: row.chainIndex, mode: mode)

        var links = creation.map { [LinkType.creation.link(to: $0)] } ?? []
        if let previous = instrumentation.context(job.previousAttemptContext) {
            links.append(LinkType.retryOf.link(to: previous))
        }
        if beginsSegment, let chain { links.append(LinkType.chain.link(to: chain)) }
        let blockers = job.blockers.compactMap { instrumentation.context($0.chainStartContext) }
        links += blockers.suffix(Self.blockerLinkLimit).map { LinkType.blocker.link(to: $0) }
        self.links = links

        var attributes = QueueSubject(row).attributes(
            operation: "process", type: "process", destination: row.typeName)
        attributes.append(Attribute(QueueAttributes.jobAttempt, .int(Int64(row.attempt))))
        attributes.append(Attribute(QueueAttributes.traceMode, .string(mode.name)))
        if let worker = row.leasedBy {
            attributes.append(Attribute(QueueAttributes.clientID, .string(worker)))
            attributes.append(Attribute(QueueAttributes.workerID, .string(worker)))
        }
        let dropped = blockers.count - Self.blockerLinkLimit
        if dropped > 0 { attributes.append(Attribute(QueueAttributes.droppedBlockerLinks, .int(Int64(dropped)))) }
        attributes += waits.attributes

        parent = beginsSegment ? nil : creation
        let name = "process \(row.typeName)"
        var context = claim.local
        if beginsSegment, let creation {
            context = instrumentation.segmentRoot(
                context, after: creation, isForced: isBiased, name: name, kind: .consumer, attributes: attributes,
                links: links)
        } else {
            if let parent {
                context.traceID = parent.traceID
                context.flags = parent.flags.intersection(.random)
            }
            let decision = tracer.sampler.decide(
                parent: parent, traceID: context.traceID, state: parent?.state ?? "", name: name, kind: .consumer,
                attributes: attributes, links: links)
            context.state = decision.state
            if decision.isSampled { context.flags.insert(.sampled) } else { context.flags.remove(.sampled) }
        }
        spanContext = context
        if beginsSegment {
            segment = creation == nil ? stored : stored.next(start: claimedAt, firstIndex: row.chainIndex)
            segmentContext = context
        } else {
            segment = stored
            segmentContext = chain ?? context
        }
        attributes.append(Attribute(QueueAttributes.chainSegment, .int(Int64(segment.number))))
        self.attributes = attributes
    }

    var context: String? { spanContext.traceparent }

    func started(in batch: [any AttemptTrace]) {
        instrumentation.tracer.announce(spanContext, name: "process \(row.typeName)")
        metrics?.attemptStarted(waits, in: spanContext)
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
        let span = PhaseSpan(
            phase, of: self, subject: QueueSubject(row), metrics: metrics, in: instrumentation)
        state.withLock { $0.openPhase = span }
        return span
    }

    func ended(_ end: AttemptEnd) {
        // The settlement was committed, and with it the phase that wrote it.
        let (phase, batchSize, batchLeader) = state.withLock { state in
            defer { state.openPhase = nil }
            return (state.openPhase, state.batchSize, state.batchLeader)
        }
        phase?.ended(nil)
        var attributes = attributes
        var links = links
        var status = SpanData.Status.unset
        var events: [SpanData.Event] = []
        func add(_ key: String, _ value: AttributeValue) { attributes.append(Attribute(key, value)) }
        let result = end.result.word
        let errorType = end.result.errorType
        add(QueueAttributes.attemptResult, .string(result))
        if let errorType { add(QueueAttributes.errorType, .string(errorType)) }
        if batchSize > 1 { add(QueueAttributes.batchSize, .int(Int64(batchSize))) }
        if let batchLeader { links.append(LinkType.batch.link(to: batchLeader)) }
        switch end.result {
        case .continued(let jobID, let typeName):
            add(QueueAttributes.continuedWithID, .string(jobID.rawValue))
            add(QueueAttributes.continuedWithType, .string(typeName))
        case .failed(let error):
            status = instrumentation.status(of: error)
            if let event = instrumentation.tellException(error, of: row, in: spanContext) { events.append(event) }
        case .lost: status = .error(description: "the worker's lease ran out")
        case .cancelled: status = .error(description: "the chain was cancelled")
        case .completed, .rescheduled, .released, .superseded: break
        }
        if let scheduledAt = end.scheduledAt {
            add(QueueAttributes.rescheduledAt, .string(scheduledAt.iso8601))
            add(QueueAttributes.rescheduledAfter, .int(max(0, (scheduledAt - end.at) / .milliseconds(1)).rounded64))
        }
        let tracer = instrumentation.tracer
        let (start, endTime) = (claimedAt.nanoseconds, max(end.at.nanoseconds, tracer.clock.nanoseconds))
        metrics?.attemptEnded(
            end, of: row, seconds: SpanData.seconds(from: start, to: endTime), result: result, errorType: errorType,
            in: spanContext)
        instrumentation.events?.attemptEnded(end, of: row, errorType: errorType, in: spanContext)
        tracer.emit(
            SpanData(
                context: spanContext, parent: parent, name: "process \(row.typeName)", kind: .consumer,
                start: start, end: endTime,
                attributes: attributes, events: events, links: links, status: status,
                scope: QueueInstrumentation.scope))
    }

    /// A wait for a worker that was long enough to be seen, in the trace of the job that waited.
    private func tellWait() {
        guard let parent, waits.queue >= instrumentation.configuration.waitThreshold else { return }
        var attributes = QueueSubject(row).attributes(operation: "wait", type: nil, destination: row.typeName)
        attributes.append(Attribute(QueueAttributes.waitType, "queue"))
        instrumentation.tracer.emit(
            SpanData(
                context: instrumentation.child(of: parent), parent: parent, name: "wait \(row.typeName)",
                kind: .internal, start: waits.runnableAt.nanoseconds, end: claimedAt.nanoseconds,
                attributes: attributes, scope: QueueInstrumentation.scope))
    }
}

extension AttemptEnd.Result {
    /// The value of `queuert.attempt.result`.
    fileprivate var word: String {
        switch self {
        case .completed, .continued: "completed"
        case .failed: "failed"
        case .rescheduled: "rescheduled"
        case .lost: "lost"
        case .released, .cancelled: "cancelled"
        case .superseded: "superseded"
        }
    }

    /// The value of `error.type`; `nil` if this is no failure.
    fileprivate var errorType: String? {
        switch self {
        case .failed(let error): QueueInstrumentation.errorType(of: error)
        case .lost: "worker_lost"
        case .cancelled: "cancelled"
        case .completed, .continued, .rescheduled, .released, .superseded: nil
        }
    }
}

extension SpanData {
    /// How long a span takes, in seconds; one that ends before it starts takes none.
    static func seconds(from start: UInt64, to end: UInt64) -> Double {
        end > start ? Double(end - start) / 1_000_000_000 : 0
    }
}

extension Double {
    /// The nearest whole number; what no 64 bits can hold is cut.
    fileprivate var rounded64: Int64 { Int64(exactly: rounded()) ?? (self < 0 ? .min : .max) }
}
