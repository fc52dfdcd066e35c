public import QueuertOTel
internal import Tracing

/// Records the spans that a closure starts.
///
/// Within the closure, and in tasks that it starts other than detached ones, `withSpan` and the like use the recorder's
/// tracer. The tracer of the process isn't touched.
/// Code that is given its tracer gets it from ``TraceRecorder/tracer``; where a detached task does so, a failure says which
/// spans began there.
///
/// - Parameters:
///   - ids: Makes the identifiers of the spans: by default the same in each run that starts its spans in the same order.
///   - clock: Tells the time of spans.
///   - conventions: What the spans follow.
///   - body: The code whose spans are recorded.
/// - Returns: What the closure returns.
/// - Throws: What the closure throws.
public nonisolated(nonsending) func withTraceRecording<Result, Failure: Error>(
    ids: any IDGenerator = SeededIDGenerator(seed: 1), clock: any SpanClock = SystemSpanClock(),
    conventions: TraceConventions = .queuert,
    _ body: nonisolated(nonsending) (TraceRecorder) async throws(Failure) -> Result
) async throws(Failure) -> Result {
    let recorder = TraceRecorder(
        conventions: conventions, ids: ids, clock: clock, deadlineClock: ContinuousClock(), isScoped: true)
    return try await withTracer(recorder.tracer) { () async throws(Failure) -> Result in
        try await body(recorder)
    }
}

/// Records the spans that a closure starts, and hands over what is not as expected instead of throwing it.
///
/// A test framework then shows the failure at the line of the expectation, not at that of the test:
///
/// ```swift
/// try await withTraceRecording(reporting: { XCTFail($0.description, file: $0.filePath, line: $0.line) }) { recorder in
///     // …
/// }
/// ```
///
/// - Parameters:
///   - ids: Makes the identifiers of the spans: by default the same in each run that starts its spans in the same order.
///   - clock: Tells the time of spans.
///   - conventions: What the spans follow.
///   - report: Given the ``TraceMismatch`` that the closure throws, at which the closure ends.
///   - body: The code whose spans are recorded.
/// - Throws: What else the closure throws.
public nonisolated(nonsending) func withTraceRecording(
    ids: any IDGenerator = SeededIDGenerator(seed: 1), clock: any SpanClock = SystemSpanClock(),
    conventions: TraceConventions = .queuert, reporting report: (TraceMismatch) -> Void,
    _ body: nonisolated(nonsending) (TraceRecorder) async throws -> Void
) async throws {
    do {
        try await withTraceRecording(ids: ids, clock: clock, conventions: conventions) { recorder in
            try await body(recorder)
        }
    } catch let mismatch as TraceMismatch {
        report(mismatch)
    }
}
