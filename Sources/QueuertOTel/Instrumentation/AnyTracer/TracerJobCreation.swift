internal import Queuert
internal import Tracing

/// The PRODUCER span of a job that is being written: `start`, `schedule` or `continue`, or `create` in a batch.
///
/// It ends when the transaction does, long before the job's attempts, whose parent it is.
final class TracerJobCreation: JobTrace {
    let columns: JobTraceColumns
    /// None: the span of a wait gets its identity when the wait is over.
    let blockerContexts: [String?]
    private let instrumentation: DistributedTracingInstrumentation
    private let span: any Tracing.Span
    private let operation: String
    private let start: UInt64
    private let attributes: [Attribute]
    private let traceContext: TraceContext?
    private let blockers: [BlockerReference]
    /// Whether a batch or a completion that the job belongs to tells of what refuses both.
    private let isPart: Bool

    init(_ job: JobCreating, in instrumentation: DistributedTracingInstrumentation) {
        self.instrumentation = instrumentation
        blockers = job.blockers
        isPart = job.origin != nil || job.batch != nil
        start = instrumentation.clock.nanoseconds
        let origin = job.origin as? any TracerSegmentMember
        var outline = JobCreationOutline(
            job, after: origin.map { (segment: $0.segment, chainIndex: $0.chainIndex) },
            at: Timestamp(nanoseconds: start), server: instrumentation.server.attributes, instrumentation.configuration)
        outline.tellSegment()
        operation = outline.operation
        attributes = outline.span.attributes
        var parent = ServiceContext.current ?? .topLevel
        var links: [SpanLink] = []
        let batch = job.batch as? TracerBatchStart
        if let origin {
            links.append(LinkType.origin.link(to: origin.spanContext))
            if outline.leavesSegment { links.append(LinkType.chain.link(to: origin.segmentContext)) }
            parent = outline.leavesSegment ? instrumentation.root(origin.carrier) : origin.segmentContext
        } else if let batch {
            // The call's own links to all that it creates may be more than a span can hold.
            links.append(LinkType.batch.link(to: batch.spanContext))
        }
        span = instrumentation.start(outline.span, in: parent, links: links, at: start)
        let headers = instrumentation.headers(of: span.context)
        traceContext = instrumentation.isMeasured ? headers.traceContext : nil
        let carrier = origin?.carrier ?? instrumentation.carrier(of: headers)
        columns = JobTraceColumns(
            chainContext: outline.leavesSegment ? nil : origin?.segmentColumn,
            jobContext: headers.column, carrier: carrier.with(traceState: headers.traceState).stored,
            segment: outline.storedSegment)
        blockerContexts = job.blockers.map { _ in nil }
        batch?.add(span.context)
    }

    func committed(_ job: JobRow) {
        let end = instrumentation.clock.nanoseconds
        if let metrics = instrumentation.metrics {
            metrics.ofJobType(job.typeName).jobCreated(
                job, by: operation, seconds: SpanData.seconds(from: start, to: end), in: traceContext)
            if job.chainIndex == 0 { metrics.ofChainType(job.chainTypeName).created.record(1, in: traceContext) }
        }
        span.add(
            JobCreationOutline.attributes(attributes, of: job, waitingFor: blockers, instrumentation.configuration))
        span.end(.unset, at: end)
    }

    func existing(_ job: JobRow) {
        instrumentation.metrics?.ofChainType(job.chainTypeName).deduplicated.record(1, in: traceContext)
        instrumentation.events?.deduplicated(job, in: traceContext)
        span.add(JobCreationOutline.attributes(attributes, ofExisting: job))
        if let existing = instrumentation.context(job.trace.jobContext) {
            span.addLink(LinkType.existingChain.link(to: existing))
        }
        span.end(.unset, at: instrumentation.clock.nanoseconds)
    }

    func rolledBack() { span.end(.rolledBack, at: instrumentation.clock.nanoseconds) }

    func refused(_ error: any Error) {
        if !isPart { instrumentation.tellRefusal(error, of: attributes, in: traceContext) }
        span.end(instrumentation.refused(error, on: span), at: instrumentation.clock.nanoseconds)
    }
}

extension DistributedTracingInstrumentation {
    /// What is stored with a chain besides contexts: the baggage that may be.
    fileprivate func carrier(of headers: TraceHeaders) -> TraceCarrier {
        if configuration.baggageKeys.isEmpty || headers.baggage.isEmpty { return TraceCarrier() }
        return TraceCarrier(
            baggage: Baggage(header: headers.baggage).restricted(to: configuration.baggageKeys).header)
    }
}
