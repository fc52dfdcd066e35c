internal import Queuert

/// The CLIENT span of a job that is completed without a worker: `complete`, in the trace of whoever completes it.
final class OutsideCompletion: CompletionTrace, SegmentMember {
    let spanContext: TraceContext
    let segment: TraceSegment
    let segmentContext: TraceContext
    let carrier: TraceCarrier
    private let instrumentation: QueueInstrumentation
    private let parent: TraceContext?
    private let row: JobRow
    private let start: UInt64
    private let attributes: [Attribute]
    private let links: [SpanData.Link]

    init(_ job: ClaimedJob, in instrumentation: QueueInstrumentation) {
        self.instrumentation = instrumentation
        row = job.row
        let tracer = instrumentation.tracer
        start = tracer.clock.nanoseconds
        carrier = TraceCarrier(stored: row.trace.carrier)
        let creation = instrumentation.context(row.trace.jobContext, carrier: carrier)
        let ambient = instrumentation.ambient
        parent = ambient.context ?? creation
        links = creation.map { [LinkType.creation.link(to: $0)] } ?? []
        attributes = QueueSubject(row).attributes(
            operation: "complete", type: "settle", destination: row.typeName)
        spanContext = tracer.makeContext(
            parent: parent, name: "complete \(row.typeName)", kind: .client, attributes: attributes, links: links,
            isSampled: ambient.isSuppressed ? false : nil)
        segment = TraceSegment(of: row)
        segmentContext = instrumentation.context(row.trace.chainContext, carrier: carrier) ?? spanContext
    }

    var context: String? { spanContext.traceparent }

    func started(in batch: [any AttemptTrace]) {}

    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R {
        try await instrumentation.withCurrent(spanContext, baggage: carrier.baggage, body)
    }

    func phaseStarting(_ phase: AttemptPhase) -> any PhaseTrace { NoPhase() }

    func ended(_ end: AttemptEnd) {
        var attributes = attributes
        if case .continued(let jobID, let typeName) = end.result {
            attributes.append(Attribute(QueueAttributes.continuedWithID, .string(jobID.rawValue)))
            attributes.append(Attribute(QueueAttributes.continuedWithType, .string(typeName)))
        }
        let time = instrumentation.tracer.clock.nanoseconds
        instrumentation.metrics?.ofJobType(row.typeName).completedOutside(
            row, at: end.at, seconds: SpanData.seconds(from: start, to: time), in: spanContext)
        emit(attributes, .unset, end: time)
    }

    func rolledBack() {
        let rollback = QueueInstrumentation.rollback
        emit(attributes + rollback.attributes, rollback.status, end: instrumentation.tracer.clock.nanoseconds)
    }

    private func emit(_ attributes: [Attribute], _ status: SpanData.Status, end: UInt64) {
        instrumentation.tracer.emit(
            SpanData(
                context: spanContext, parent: parent, name: "complete \(row.typeName)", kind: .client, start: start,
                end: end, attributes: attributes, links: links, status: status,
                scope: QueueInstrumentation.scope))
    }

    /// The completion is one phase: its own span tells of it.
    private struct NoPhase: PhaseTrace {
        func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R { try await body() }
        func ended(_ error: (any Error)?) {}
    }
}

/// What continues a chain: it belongs to a segment, which the next job joins or leaves.
protocol SegmentMember: AttemptTrace {
    /// The identity of the span.
    var spanContext: TraceContext { get }
    /// The segment that the span's job belongs to.
    var segment: TraceSegment { get }
    /// The context that continuations in the segment join.
    var segmentContext: TraceContext { get }
    /// What is stored with the span's job besides contexts.
    var carrier: TraceCarrier { get }
}
