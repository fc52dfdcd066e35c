internal import Queuert
internal import Synchronization
internal import Tracing

/// The span of a part of an attempt: `prepare`, or `complete`, which settles the attempt.
///
/// It tells of the attempt, not of what its transaction wrote, so it is told even when the transaction was rolled back.
final class TracerPhase: PhaseTrace {
    private let instrumentation: DistributedTracingInstrumentation
    private let span: any Tracing.Span
    private let start: UInt64
    /// The metrics that tell of the phase, if any do.
    private let metrics: JobTypeMetrics?
    /// The job, where a log record tells what the phase fails with.
    private let row: JobRow?
    private let hasEnded = Atomic(false)

    init(
        _ phase: AttemptPhase, of row: JobRow, in attempt: ServiceContext,
        metrics: JobTypeMetrics?, _ instrumentation: DistributedTracingInstrumentation
    ) {
        self.instrumentation = instrumentation
        // Only what settles the attempt is an operation of messaging.
        self.metrics = phase == .complete ? metrics : nil
        self.row = phase == .complete && instrumentation.exceptions.asRecords ? row : nil
        start = instrumentation.clock.nanoseconds
        span = instrumentation.start(
            .phase(phase, of: row, server: instrumentation.server.attributes), in: attempt, at: start)
    }

    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R {
        try await ServiceContext.withValue(span.context) { try await body() }
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
        if hasEnded.exchange(true, ordering: .relaxed) { return }
        if let errorType { span.add([Attribute(QueueAttributes.errorType, .string(errorType))]) }
        let end = instrumentation.clock.nanoseconds
        let context = instrumentation.traceContext(of: span.context)
        if let error, let row {
            instrumentation.events?.settlementFailed(error, instrumentation.configuration, of: row, in: context)
        }
        metrics?.phaseEnded(SpanData.seconds(from: start, to: end), errorType: errorType, in: context)
        span.end(status, at: end)
    }
}
