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

    init(_ job: JobCreating, in instrumentation: QueueInstrumentation) {
        self.instrumentation = instrumentation
        let tracer = instrumentation.tracer
        start = tracer.clock.nanoseconds
        let moment = Timestamp(nanoseconds: start)
        operation = Self.operation(of: job)
        name = "\(operation) \(job.typeName)"
        let subject = QueueSubject(
            jobID: job.id, jobType: job.typeName, chainID: job.chainID, chainType: job.chainTypeName,
            chainIndex: job.chainIndex)
        var attributes = subject.attributes(
            operation: operation, type: operation == "create" ? "create" : "send", destination: job.typeName)
        let origin = job.origin as? any SegmentMember
        let inherited = origin?.segment.isModeOfCall == true ? origin?.segment.mode : nil
        let modeOfCall = job.mode ?? inherited
        let mode = modeOfCall ?? instrumentation.configuration.mode(ofType: job.typeName)
        attributes.append(Attribute(QueueAttributes.traceMode, .string(mode.name)))

        let segment: TraceSegment
        let carrier: TraceCarrier
        var chainContext: TraceContext?
        if let origin {
            carrier = origin.carrier
            var links = [LinkType.origin.link(to: origin.spanContext)]
            if origin.segment.isOver(at: moment, chainIndex: job.chainIndex, mode: mode) {
                links.append(LinkType.chain.link(to: origin.segmentContext))
                segment = origin.segment.next(start: moment, firstIndex: job.chainIndex)
                parent = nil
                context = instrumentation.segmentRoot(
                    instrumentation.newContext(isSampled: false), after: origin.segmentContext, name: name,
                    kind: .producer, attributes: attributes, links: links)
                tracer.announce(context, name: name)
            } else {
                segment = origin.segment
                parent = origin.segmentContext
                chainContext = origin.segmentContext
                context = tracer.makeContext(
                    parent: parent, name: name, kind: .producer, attributes: attributes, links: links)
            }
            self.links = links
        } else {
            let ambient = instrumentation.ambient
            carrier = TraceCarrier(baggage: ambient.baggage)
            segment = TraceSegment(number: 0, start: moment, firstIndex: job.chainIndex)
            parent = ambient.context
            links = []
            context = tracer.makeContext(
                parent: parent, name: name, kind: .producer, attributes: attributes,
                isSampled: ambient.isSuppressed ? false : nil)
        }
        attributes.append(Attribute(QueueAttributes.chainSegment, .int(Int64(segment.number))))
        self.attributes = attributes
        columns = JobTraceColumns(
            chainContext: (chainContext ?? context).traceparent, jobContext: context.traceparent,
            carrier: carrier.with(traceState: context.state).stored,
            segment: segment.with(mode: mode, ofCall: modeOfCall != nil).stored)
        let context = context
        blockerContexts = job.blockers.map { _ in instrumentation.child(of: context).traceparent }
        (job.batch as? BatchStartSpan)?.add(context)
    }

    private static func operation(of job: JobCreating) -> String {
        if job.origin != nil { return "continue" }
        if job.batch != nil { return "create" }
        return job.schedule == .now ? "start" : "schedule"
    }

    func committed(_ job: JobRow) {
        var attributes = attributes
        if job.scheduledAt > job.createdAt {
            attributes.append(Attribute(QueueAttributes.jobScheduledAt, .string(job.scheduledAt.iso8601)))
        }
        let end = instrumentation.tracer.clock.nanoseconds
        if let metrics = instrumentation.metrics {
            metrics.ofJobType(job.typeName).jobCreated(
                job, by: operation, seconds: SpanData.seconds(from: start, to: end), in: context)
            if job.chainIndex == 0 { metrics.ofChainType(job.chainTypeName).created.record(1, in: context) }
        }
        emit(attributes, status: .unset, end: end)
    }

    func existing(_ job: JobRow) {
        var attributes = attributes
        attributes.append(Attribute(QueueAttributes.chainDeduplicated, .bool(true)))
        for index in attributes.indices where QueueAttributes.chainKeys.contains(attributes[index].key) {
            attributes[index].value = .string(job.chainID.rawValue)
        }
        instrumentation.metrics?.ofChainType(job.chainTypeName).deduplicated.record(1, in: context)
        instrumentation.events?.deduplicated(job, in: context)
        let existing = instrumentation.context(job.trace.jobContext).map { LinkType.existingChain.link(to: $0) }
        emit(attributes, status: .unset, links: links + (existing.map { [$0] } ?? []))
    }

    func rolledBack() {
        let rollback = QueueInstrumentation.rollback
        emit(attributes + rollback.attributes, status: rollback.status)
    }

    private func emit(
        _ attributes: [Attribute], status: SpanData.Status, links: [SpanData.Link]? = nil, end: UInt64? = nil
    ) {
        let tracer = instrumentation.tracer
        tracer.emit(
            SpanData(
                context: context, parent: parent, name: name, kind: .producer, start: start,
                end: end ?? tracer.clock.nanoseconds, attributes: attributes, links: links ?? self.links,
                status: status,
                scope: QueueInstrumentation.scope))
    }
}
