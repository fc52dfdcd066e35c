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
    private let outline: SpanOutline
    private let start: UInt64
    /// The metrics that tell of the phase, if any do.
    private let metrics: JobTypeMetrics?
    /// The job, where a log record tells what the phase fails with.
    private let row: JobRow?
    private let hasEnded = Atomic(false)

    init(
        _ phase: AttemptPhase, of attempt: AttemptSpan, _ row: JobRow, subject: QueueSubject,
        metrics: JobTypeMetrics?, in instrumentation: QueueInstrumentation
    ) {
        // Only what settles the attempt is an operation of messaging.
        self.metrics = phase == .complete ? metrics : nil
        self.row = phase == .complete && instrumentation.exceptions.asRecords ? row : nil
        self.instrumentation = instrumentation
        parent = attempt.spanContext
        baggage = attempt.carrier.baggage
        outline = .phase(phase, of: subject)
        start = instrumentation.tracer.now
        context = instrumentation.tracer.makeContext(
            parent: parent, name: outline.name, kind: outline.kind, attributes: outline.attributes,
            isSampled: parent.isSampled)
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
        var attributes = outline.attributes
        if let errorType { attributes.append(Attribute(QueueAttributes.errorType, .string(errorType))) }
        let end = instrumentation.endTime
        let metrics = isBeforeCommit ? nil : metrics
        if let error, let row {
            instrumentation.events?.settlementFailed(
                error, instrumentation.configuration, of: row, in: context)
        }
        metrics?.phaseEnded(SpanData.seconds(from: start, to: end), errorType: errorType, in: context)
        instrumentation.emit(
            SpanData(
                context: context, parent: parent, name: outline.name, kind: outline.kind, start: start,
                end: end, attributes: attributes, status: status, scope: QueueInstrumentation.scope))
    }
}
