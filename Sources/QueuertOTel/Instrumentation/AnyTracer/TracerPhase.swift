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
        if hasEnded.exchange(true, ordering: .relaxed) { return }
        if let error {
            span.add([Attribute(QueueAttributes.errorType, .string(QueueInstrumentation.errorType(of: error)))])
        }
        span.end(
            error.map(instrumentation.configuration.status) ?? .unset, at: instrumentation.clock.nanoseconds)
    }
}
