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
    private let instrumentation: QueueInstrumentation
    private let parent: TraceContext?
    private let row: JobRow
    private let waits: JobWaits
    private let claimedAt: Timestamp
    private let attributes: [Attribute]
    private let links: [SpanData.Link]
    /// The phase that has begun and not ended: at most one, since a handler's phases follow each other.
    private let openPhase = Mutex<PhaseSpan?>(nil)

    /// As many blockers get a link; more would crowd out what else the span says.
    private static let blockerLinkLimit = 64

    init(_ job: ClaimedJob, in instrumentation: QueueInstrumentation) {
        self.instrumentation = instrumentation
        row = job.row
        let tracer = instrumentation.tracer
        let mode = instrumentation.configuration.mode
        let carrier = TraceCarrier(stored: row.trace.carrier)
        claimedAt = row.lastAttemptAt ?? Timestamp(nanoseconds: tracer.clock.nanoseconds)
        waits = JobWaits(row, claimedAt: claimedAt)

        let claim = instrumentation.context(row.trace.attemptContext) ?? instrumentation.newContext(isSampled: false)
        let creation = instrumentation.context(row.trace.jobContext, carrier: carrier)
        let chain = instrumentation.context(row.trace.chainContext, carrier: carrier)
        let stored =
            row.trace.segment.flatMap(TraceSegment.init(stored:))
            ?? TraceSegment(number: 0, start: row.createdAt, firstIndex: row.chainIndex)
        // The first attempt of a segment's first job is never over by the number of jobs, only by age.
        let beginsSegment =
            creation == nil || mode.form == .linked
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

        let root = beginsSegment ? nil : creation
        var context = TraceContext(
            traceID: root?.traceID ?? claim.traceID, spanID: claim.spanID,
            flags: (root ?? claim).flags.intersection(.random), state: root?.state ?? "")
        // A new segment is sampled as the one that it links to; without one, the sampler decides about a new trace.
        let isSampled =
            beginsSegment && creation != nil
            ? creation?.isSampled ?? false
            : tracer.sampler.shouldSample(
                parent: root, traceID: context.traceID, name: "process \(row.typeName)", kind: .consumer,
                attributes: attributes, links: links)
        if isSampled { context.flags.insert(.sampled) }
        spanContext = context
        parent = root
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

    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R {
        if spanContext.isSampled {
            instrumentation.tracer.processor.spanStarted(spanContext, name: "process \(row.typeName)")
        }
        tellWait()
        return try await instrumentation.withCurrent(spanContext, body)
    }

    func phaseStarting(_ phase: AttemptPhase) -> any PhaseTrace {
        let span = PhaseSpan(phase, of: self, subject: QueueSubject(row), in: instrumentation)
        openPhase.withLock { $0 = span }
        return span
    }

    func ended(_ end: AttemptEnd) {
        // The settlement was committed, and with it the phase that wrote it.
        openPhase.withLock { phase in
            defer { phase = nil }
            return phase
        }?.ended(nil)
        var attributes = attributes
        var status = SpanData.Status.unset
        var events: [SpanData.Event] = []
        func add(_ key: String, _ value: AttributeValue) { attributes.append(Attribute(key, value)) }
        switch end.result {
        case .completed:
            add(QueueAttributes.attemptResult, "completed")
        case .continued(let jobID, let typeName):
            add(QueueAttributes.attemptResult, "completed")
            add(QueueAttributes.continuedWithID, .string(jobID.rawValue))
            add(QueueAttributes.continuedWithType, .string(typeName))
        case .failed(let error):
            add(QueueAttributes.attemptResult, "failed")
            add(QueueAttributes.errorType, .string(QueueInstrumentation.errorType(of: error)))
            status = instrumentation.status(of: error)
            events.append(instrumentation.exceptionEvent(error))
        case .rescheduled:
            add(QueueAttributes.attemptResult, "rescheduled")
        case .lost:
            add(QueueAttributes.attemptResult, "lost")
            add(QueueAttributes.errorType, "worker_lost")
            status = .error(description: "the worker's lease ran out")
        case .released:
            add(QueueAttributes.attemptResult, "cancelled")
        case .cancelled:
            add(QueueAttributes.attemptResult, "cancelled")
            add(QueueAttributes.errorType, "cancelled")
            status = .error(description: "the chain was cancelled")
        case .superseded:
            add(QueueAttributes.attemptResult, "superseded")
        }
        if let scheduledAt = end.scheduledAt {
            add(QueueAttributes.rescheduledAt, .string(scheduledAt.iso8601))
            add(QueueAttributes.rescheduledAfter, .int(max(0, (scheduledAt - end.at) / .milliseconds(1)).rounded64))
        }
        let tracer = instrumentation.tracer
        tracer.emit(
            SpanData(
                context: spanContext, parent: parent, name: "process \(row.typeName)", kind: .consumer,
                start: claimedAt.nanoseconds, end: max(end.at.nanoseconds, tracer.clock.nanoseconds),
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

extension Double {
    /// The nearest whole number; what no 64 bits can hold is cut.
    fileprivate var rounded64: Int64 { Int64(exactly: rounded()) ?? (self < 0 ? .min : .max) }
}
