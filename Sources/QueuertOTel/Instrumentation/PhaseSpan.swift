internal import Queuert
internal import Synchronization

/// The span of a part of an attempt: `prepare`, or `complete`, which settles the attempt.
///
/// It tells of the attempt, not of what its transaction wrote, so it is told even when the transaction was rolled back.
final class PhaseSpan: PhaseTrace {
    private let context: TraceContext
    private let instrumentation: QueueInstrumentation
    private let parent: TraceContext
    private let baggage: String
    private let phase: AttemptPhase
    private let name: String
    private let row: JobRow
    private let start: UInt64
    /// The metrics that tell of the phase, if any do.
    private let metrics: JobTypeMetrics?
    private let hasEnded = Atomic(false)

    init(
        _ phase: AttemptPhase, of attempt: AttemptSpan, _ row: JobRow, metrics: JobTypeMetrics?,
        in instrumentation: QueueInstrumentation
    ) {
        // Only what settles the attempt is an operation of messaging.
        self.metrics = phase == .complete ? metrics : nil
        self.phase = phase
        self.row = row
        self.instrumentation = instrumentation
        parent = attempt.spanContext
        baggage = attempt.carrier.baggage
        name = phase.spanName(of: row)
        start = instrumentation.tracer.now
        context = instrumentation.tracer.makeContext(
            parent: parent, name: name, kind: phase.spanKind, isSampled: parent.isSampled)
    }

    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R {
        try await instrumentation.withCurrent(context, baggage: baggage, body)
    }

    func ended(_ error: (any Error)?) {
        ended(
            errorType: error.map(QueueInstrumentation.errorType),
            status: error.map(instrumentation.configuration.status) ?? .unset, error)
    }

    /// The attempt has ended, and the phase with it, if it was open.
    func ended(with result: AttemptEnd.Result) {
        let (errorType, status) = result.endOfPhase(instrumentation.configuration)
        ended(errorType: errorType, status: status)
    }

    private func ended(errorType: String?, status: SpanData.Status, _ error: (any Error)? = nil) {
        // Before its commit it may still end otherwise.
        let isBeforeCommit = instrumentation.isBeforeCommit
        if isBeforeCommit ? hasEnded.load(ordering: .relaxed) : hasEnded.exchange(true, ordering: .relaxed) { return }
        let end = instrumentation.endTime
        if !isBeforeCommit {
            if let error, phase == .complete, instrumentation.exceptions.asRecords {
                instrumentation.events?.settlementFailed(
                    error, instrumentation.configuration, of: row, in: context)
            }
            metrics?.phaseEnded(SpanData.seconds(from: start, to: end), errorType: errorType, in: context)
        }
        guard context.isSampled else { return }
        var outline = SpanOutline.phase(phase, of: row, server: instrumentation.server.attributes)
        if let errorType { outline.attributes.append(Attribute(QueueAttributes.errorType, .string(errorType))) }
        instrumentation.emit(
            SpanData(
                context: context, parent: parent, name: name, kind: outline.kind, start: start,
                end: end, attributes: outline.attributes, status: status, scope: QueueInstrumentation.scope))
    }
}
