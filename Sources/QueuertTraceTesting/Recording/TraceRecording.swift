public import QueuertOTel
internal import Tracing

/// Records the spans that a closure starts.
///
/// Within the closure, and in tasks that it starts other than detached ones, `withSpan` and the like use the recorder's
/// tracer. The tracer of the process isn't touched. Code that is given its tracer gets it from ``TraceRecorder/tracer``.
///
/// - Parameters:
///   - seed: What the identifiers of the spans depend on.
///   - clock: Tells the time of spans.
///   - conventions: What the spans follow.
///   - body: The code whose spans are recorded.
/// - Returns: What the closure returns.
/// - Throws: What the closure throws.
public nonisolated(nonsending) func withTraceRecording<Result, Failure: Error>(
    seed: UInt64 = 1, clock: any SpanClock = SystemSpanClock(), conventions: TraceConventions = .queuert,
    _ body: nonisolated(nonsending) (TraceRecorder) async throws(Failure) -> Result
) async throws(Failure) -> Result {
    let recorder = TraceRecorder(conventions: conventions, ids: SeededIDGenerator(seed: seed), clock: clock)
    return try await withTracer(recorder.tracer) { () async throws(Failure) -> Result in
        try await body(recorder)
    }
}
