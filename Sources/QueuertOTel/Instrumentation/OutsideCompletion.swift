internal import Queuert
internal import Tracing

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
    private let outline: SpanOutline
    private let links: [SpanData.Link]

    init(_ job: ClaimedJob, in instrumentation: QueueInstrumentation) {
        self.instrumentation = instrumentation
        row = job.row
        let tracer = instrumentation.tracer
        start = tracer.now
        carrier = TraceCarrier(stored: row.trace.carrier)
        let creation = instrumentation.context(row.trace.jobContext, carrier: carrier)
        let ambient = instrumentation.ambient
        parent = ambient.context ?? creation
        links = creation.map { [LinkType.creation.link(to: $0)] } ?? []
        outline = .completion(of: row, server: instrumentation.server.attributes)
        spanContext = tracer.makeContext(
            parent: parent, name: outline.name, kind: outline.kind, attributes: outline.attributes, links: links,
            isSampled: ambient.isSuppressed ? false : nil)
        segment = TraceSegment(of: row)
        segmentContext = instrumentation.context(row.trace.segmentContext, carrier: carrier) ?? spanContext
    }

    var context: String? { spanContext.traceparent }
    var chainIndex: Int { row.chainIndex }

    func started(in batch: [any AttemptTrace]) {}

    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R {
        // Unlike a worker's, the context is the caller's own, and what others keep in it stays.
        var current = ServiceContext.current ?? .topLevel
        current.traceContext = spanContext
        return try await ServiceContext.withValue(current) { try await body() }
    }

    func phaseStarting(_ phase: AttemptPhase) -> any PhaseTrace { UntoldPhase() }

    func ended(_ end: AttemptEnd) {
        var attributes = outline.attributes
        end.result.tellContinuation(in: &attributes)
        let time = instrumentation.endTime
        instrumentation.metrics?.ofJobType(row.typeName).completedOutside(
            row, at: end.at, seconds: SpanData.seconds(from: start, to: time), in: spanContext)
        emit(attributes, status: .unset, end: time)
    }

    func rolledBack() { end(.rolledBack) }

    func refused(_ error: any Error) {
        if instrumentation.exceptions.asRecords {
            instrumentation.events?.settlementFailed(error, instrumentation.configuration, of: row, in: spanContext)
        }
        end(instrumentation.refused(error, in: spanContext))
    }

    private func end(_ work: UndoneWork) {
        let end = instrumentation.tracer.now
        emit(outline.attributes + work.attributes, events: work.events(at: end), status: work.status, end: end)
    }

    private func emit(
        _ attributes: [Attribute], events: [SpanData.Event] = [], status: SpanData.Status, end: UInt64
    ) {
        instrumentation.emit(
            SpanData(
                context: spanContext, parent: parent, name: outline.name, kind: outline.kind, start: start,
                end: end, attributes: attributes, events: events, links: links, status: status,
                scope: QueueInstrumentation.scope))
    }
}

/// The phase of a completion that is one phase: its own span tells of it.
struct UntoldPhase: PhaseTrace {
    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R { try await body() }
    func ended(_ error: (any Error)?) {}
}

/// What continues a chain: it belongs to a segment, which the next job joins or leaves.
protocol SegmentMember: AttemptTrace {
    /// The identity of the span.
    var spanContext: TraceContext { get }
    /// The place of the span's job in its chain.
    var chainIndex: Int { get }
    /// The segment that the job belongs to.
    var segment: TraceSegment { get }
    /// The context that continuations in the segment join.
    var segmentContext: TraceContext { get }
    /// What is stored with the span's job besides contexts.
    var carrier: TraceCarrier { get }
}
