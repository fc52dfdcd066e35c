internal import Queuert

/// The PRODUCER span of a job that is being written: `start`, `schedule` or `continue`, or `create` in a batch.
///
/// It ends when the transaction does, so it is exported long before the job's attempts, whose parent it is.
final class JobCreationSpan: JobTrace {
    let columns: JobTraceColumns
    let blockerContexts: [String?]
    private let instrumentation: QueueInstrumentation
    private let context: TraceContext
    private let parent: TraceContext?
    private let name: String
    private let operation: String
    private let start: UInt64
    private let attributes: [Attribute]
    private let links: [SpanData.Link]
    private let blockers: [BlockerReference]
    /// Whether a batch or a completion that the job belongs to tells of what refuses both.
    private let isPart: Bool

    init(_ job: JobCreating, in instrumentation: QueueInstrumentation) {
        self.instrumentation = instrumentation
        blockers = job.blockers
        isPart = job.origin != nil || job.batch != nil
        let tracer = instrumentation.tracer
        start = tracer.now
        let origin = job.origin as? any SegmentMember
        var outline = JobCreationOutline(
            job, after: origin.map { (segment: $0.segment, chainIndex: $0.chainIndex) },
            at: Timestamp(nanoseconds: start), server: instrumentation.server.attributes, instrumentation.configuration)
        operation = outline.operation
        name = outline.span.name

        let batch = job.batch as? BatchStartSpan
        let carrier: TraceCarrier
        var chainContext: TraceContext?
        if let origin {
            carrier = origin.carrier
            var links = [LinkType.origin.link(to: origin.spanContext)]
            if outline.leavesSegment {
                links.append(LinkType.chain.link(to: origin.segmentContext))
                parent = nil
                context = instrumentation.segmentRoot(
                    instrumentation.newContext(), after: origin.segmentContext, name: name,
                    kind: .producer, attributes: outline.span.attributes, links: links)
                tracer.announce(context, below: nil, name: name)
            } else {
                parent = origin.segmentContext
                chainContext = origin.segmentContext
                context = tracer.makeContext(
                    parent: parent, name: name, kind: .producer, attributes: outline.span.attributes, links: links)
            }
            self.links = links
        } else {
            let ambient = instrumentation.ambient
            carrier = TraceCarrier(baggage: ambient.baggage)
            parent = ambient.context
            // The call's own links to all that it creates may be more than a span can hold.
            links = batch.map { [LinkType.batch.link(to: $0.context)] } ?? []
            context = tracer.makeContext(
                parent: parent, name: name, kind: .producer, attributes: outline.span.attributes, links: links,
                isSampled: ambient.isSuppressed ? false : nil)
        }
        outline.tellSegment()
        attributes = outline.span.attributes
        columns = JobTraceColumns(
            chainContext: chainContext?.traceparent, jobContext: context.traceparent,
            carrier: carrier.with(traceState: context.state).stored, segment: outline.storedSegment)
        let context = context
        blockerContexts = job.blockers.map { _ in instrumentation.child(of: context).traceparent }
        batch?.add(context)
    }

    func committed(_ job: JobRow) {
        let end = instrumentation.endTime
        if let metrics = instrumentation.metrics {
            metrics.ofJobType(job.typeName).jobCreated(
                job, by: operation, seconds: SpanData.seconds(from: start, to: end), in: context)
            if job.chainIndex == 0 { metrics.ofChainType(job.chainTypeName).created.record(1, in: context) }
        }
        guard context.isSampled else { return }
        emit(
            JobCreationOutline.attributes(
                attributes, of: job, waitingFor: blockers, instrumentation.configuration), status: .unset, end: end)
    }

    func existing(_ job: JobRow) {
        instrumentation.metrics?.ofChainType(job.chainTypeName).deduplicated.record(1, in: context)
        instrumentation.events?.deduplicated(job, in: context)
        guard context.isSampled else { return }
        let existing = instrumentation.context(job.trace.jobContext).map { LinkType.existingChain.link(to: $0) }
        emit(
            JobCreationOutline.attributes(attributes, ofExisting: job), status: .unset,
            links: links + (existing.map { [$0] } ?? []))
    }

    func rolledBack() { end(.rolledBack) }

    func refused(_ error: any Error) {
        end(instrumentation.tellRefusal(error, of: attributes, isPart: isPart, in: context))
    }

    private func end(_ work: UndoneWork) {
        guard context.isSampled else { return }
        let end = instrumentation.endTime
        emit(attributes + work.attributes, events: work.events(at: end), status: work.status, end: end)
    }

    private func emit(
        _ attributes: [Attribute], events: [SpanData.Event] = [], status: SpanData.Status,
        links: [SpanData.Link]? = nil, end: UInt64? = nil
    ) {
        instrumentation.emit(
            SpanData(
                context: context, parent: parent, name: name, kind: .producer, start: start,
                end: end ?? instrumentation.endTime, attributes: attributes, events: events,
                links: links ?? self.links, status: status, scope: QueueInstrumentation.scope))
    }
}
