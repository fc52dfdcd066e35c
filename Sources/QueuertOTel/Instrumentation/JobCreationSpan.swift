internal import Queuert

/// The PRODUCER span of a job that is being written: `start`, `schedule` or `continue`.
///
/// It ends when the transaction does, so it is exported long before the job's attempts, whose parent it is.
final class JobCreationSpan: JobTrace {
    let columns: JobTraceColumns
    let blockerContexts: [String?]
    private let instrumentation: QueueInstrumentation
    private let context: TraceContext
    private let parent: TraceContext?
    private let name: String
    private let start: UInt64
    private let attributes: [Attribute]
    private let links: [SpanData.Link]

    init(_ job: JobCreating, in instrumentation: QueueInstrumentation) {
        self.instrumentation = instrumentation
        let tracer = instrumentation.tracer
        start = tracer.clock.nanoseconds
        let moment = Timestamp(nanoseconds: start)
        let operation =
            if job.origin != nil { "continue" } else if job.schedule == .now { "start" } else { "schedule" }
        name = "\(operation) \(job.typeName)"
        let subject = QueueSubject(
            jobID: job.id, jobType: job.typeName, chainID: job.chainID, chainType: job.chainTypeName,
            chainIndex: job.chainIndex)
        var attributes = subject.attributes(operation: operation, type: "send", destination: job.typeName)
        let mode = instrumentation.configuration.mode
        attributes.append(Attribute(QueueAttributes.traceMode, .string(mode.name)))

        let segment: TraceSegment
        var chainContext: TraceContext?
        if let origin = job.origin as? any SegmentMember {
            var links = [LinkType.origin.link(to: origin.spanContext)]
            if origin.segment.isOver(at: moment, chainIndex: job.chainIndex, mode: mode) {
                links.append(LinkType.chain.link(to: origin.segmentContext))
                segment = origin.segment.next(start: moment, firstIndex: job.chainIndex)
                parent = nil
                context = tracer.makeContext(
                    parent: nil, name: name, kind: .producer, attributes: attributes, links: links,
                    isSampled: origin.segmentContext.isSampled)
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
            carrier: TraceCarrier(traceState: context.state).stored, segment: segment.stored)
        let context = context
        blockerContexts = job.blockers.map { _ in instrumentation.child(of: context).traceparent }
    }

    func committed(_ job: JobRow) {
        var attributes = attributes
        if job.scheduledAt > job.createdAt {
            attributes.append(Attribute(QueueAttributes.jobScheduledAt, .string(job.scheduledAt.iso8601)))
        }
        emit(attributes, status: .unset)
    }

    func existing(_ job: JobRow) {
        var attributes = attributes
        attributes.append(Attribute(QueueAttributes.chainDeduplicated, .bool(true)))
        for index in attributes.indices where QueueAttributes.chainKeys.contains(attributes[index].key) {
            attributes[index].value = .string(job.chainID.rawValue)
        }
        let existing = instrumentation.context(job.trace.jobContext).map { LinkType.existingChain.link(to: $0) }
        emit(attributes, status: .unset, links: links + (existing.map { [$0] } ?? []))
    }

    func rolledBack() {
        var attributes = attributes
        attributes.append(Attribute(QueueAttributes.errorType, "rollback"))
        attributes.append(Attribute(QueueAttributes.transactionOutcome, "rolled_back"))
        emit(attributes, status: .error(description: "the transaction was rolled back"))
    }

    private func emit(_ attributes: [Attribute], status: SpanData.Status, links: [SpanData.Link]? = nil) {
        let tracer = instrumentation.tracer
        tracer.emit(
            SpanData(
                context: context, parent: parent, name: name, kind: .producer, start: start,
                end: tracer.clock.nanoseconds, attributes: attributes, links: links ?? self.links, status: status,
                scope: QueueInstrumentation.scope))
    }
}
