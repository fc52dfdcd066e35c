internal import Queuert
internal import Synchronization
internal import Tracing

/// The span of a part of an attempt: `prepare`, or `complete`, which settles the attempt.
///
/// It tells of the attempt, not of what its transaction wrote, so it is told even when the transaction was rolled back.
final class TracerPhase: PhaseTrace {
    private let instrumentation: DistributedTracingInstrumentation
    private let span: any Tracing.Span
    private let hasEnded = Atomic(false)

    init(_ outline: SpanOutline, in attempt: ServiceContext, _ instrumentation: DistributedTracingInstrumentation) {
        self.instrumentation = instrumentation
        span = instrumentation.start(outline, in: attempt, at: instrumentation.clock.nanoseconds)
    }

    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R {
        try await ServiceContext.withValue(span.context) { try await body() }
    }

    func ended(_ error: (any Error)?) {
        ended(
            errorType: error.map(QueueInstrumentation.errorType),
            status: error.map(instrumentation.configuration.status) ?? .unset)
    }

    /// The attempt has ended, and the phase with it, if it was open.
    func ended(with result: AttemptEnd.Result) {
        let (errorType, status) = result.endOfPhase(instrumentation.configuration)
        ended(errorType: errorType, status: status)
    }

    private func ended(errorType: String?, status: SpanData.Status) {
        if hasEnded.exchange(true, ordering: .relaxed) { return }
        if let errorType { span.add([Attribute(QueueAttributes.errorType, .string(errorType))]) }
        span.end(status, at: instrumentation.clock.nanoseconds)
    }
}
