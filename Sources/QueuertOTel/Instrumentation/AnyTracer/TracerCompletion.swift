internal import Queuert
internal import Tracing

/// The CLIENT span of a job that is completed without a worker: `complete`, in the trace of whoever completes it.
final class TracerCompletion: CompletionTrace, TracerSegmentMember {
    let chainIndex: Int
    let segment: TraceSegment
    let segmentContext: ServiceContext
    let segmentColumn: String?
    let context: String?
    let carrier: TraceCarrier
    private let instrumentation: DistributedTracingInstrumentation
    private let span: any Tracing.Span
    private let row: JobRow
    private let start: UInt64

    init(_ job: ClaimedJob, in instrumentation: DistributedTracingInstrumentation) {
        self.instrumentation = instrumentation
        let row = job.row
        self.row = row
        start = instrumentation.clock.nanoseconds
        carrier = TraceCarrier(stored: row.trace.carrier)
        let creation = instrumentation.context(row.trace.jobContext, carrier: carrier)
        span = instrumentation.start(
            .completion(of: row, server: instrumentation.server.attributes),
            in: instrumentation.ambient ?? creation ?? .topLevel,
            links: creation.map { [LinkType.creation.link(to: $0)] } ?? [], at: start)
        context = instrumentation.headers(of: span.context).column
        chainIndex = row.chainIndex
        segment = TraceSegment(of: row)
        let chain = instrumentation.context(row.trace.segmentContext, carrier: carrier)
        segmentContext = chain ?? span.context
        segmentColumn = chain == nil ? context : row.trace.segmentContext
    }

    var spanContext: ServiceContext { span.context }

    func started(in batch: [any AttemptTrace]) {}

    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R {
        try await ServiceContext.withValue(span.context) { try await body() }
    }

    func phaseStarting(_ phase: AttemptPhase) -> any PhaseTrace { UntoldPhase() }

    func ended(_ end: AttemptEnd) {
        var attributes: [Attribute] = []
        end.result.tellContinuation(in: &attributes)
        span.add(attributes)
        let time = instrumentation.clock.nanoseconds
        instrumentation.metrics?.ofJobType(row.typeName).completedOutside(
            row, at: end.at, seconds: SpanData.seconds(from: start, to: time),
            in: instrumentation.traceContext(of: span.context))
        span.end(.unset, at: time)
    }

    func rolledBack() { span.end(.rolledBack, at: instrumentation.clock.nanoseconds) }

    func refused(_ error: any Error) {
        if instrumentation.exceptions.asRecords {
            instrumentation.events?.settlementFailed(
                error, instrumentation.configuration, of: row, in: instrumentation.traceContext(of: span.context))
        }
        span.end(instrumentation.refused(error, on: span), at: instrumentation.clock.nanoseconds)
    }
}
