public import QueuertOTel
internal import Tracing

/// Keeps the spans of a test, in memory.
///
/// A recorder is a span processor: give it to a ``QueuertOTel/SpanTracer``, or take the ``tracer`` that it comes with.
/// ``withTraceRecording(ids:clock:conventions:_:)`` does the latter for a closure. Nothing is global, so tests that record
/// run side by side.
///
/// Any thread may call it at any time.
public final class TraceRecorder: SpanProcessor {
    private struct State: Sendable {
        var ended: [SpanData] = []
        var open: [OpenSpan] = []
        /// The spans that began outside of the tasks of the recording.
        var detached: Set<SpanIdentity> = []
    }

    private let state = ObservedState(State())
    /// What the spans follow.
    public let conventions: TraceConventions
    /// What tracers are made of.
    ///
    /// A tracer kept here would keep the recorder, and the recorder it.
    private let ids: any IDGenerator
    private let spanClock: any SpanClock
    /// Tells how long to wait for an expectation.
    let deadlineClock: any Clock<Duration>
    /// Whether all tasks that should be recorded have the recorder's tracer as their own.
    private let isScoped: Bool

    /// Makes a recorder.
    ///
    /// - Parameters:
    ///   - conventions: What the spans follow.
    ///   - ids: Makes the identifiers of spans that ``tracer`` starts.
    ///   - clock: Tells the time of spans that ``tracer`` starts.
    ///   - deadlineClock: Tells how long to wait for an expectation.
    public convenience init(
        conventions: TraceConventions = .queuert, ids: any IDGenerator = SeededIDGenerator(seed: 1),
        clock: any SpanClock = SystemSpanClock(), deadlineClock: any Clock<Duration> = ContinuousClock()
    ) {
        self.init(
            conventions: conventions, ids: ids, clock: clock, deadlineClock: deadlineClock, isScoped: false)
    }

    init(
        conventions: TraceConventions, ids: any IDGenerator, clock: any SpanClock, deadlineClock: any Clock<Duration>,
        isScoped: Bool
    ) {
        self.conventions = conventions
        self.ids = ids
        spanClock = clock
        self.deadlineClock = deadlineClock
        self.isScoped = isScoped
    }

    /// A tracer whose spans are all kept here.
    public var tracer: SpanTracer {
        SpanTracer(processor: self, sampler: AlwaysOnSampler(), ids: ids, clock: spanClock)
    }

    /// The spans that have ended, in the order of their ends.
    public var spans: [SpanData] { state.value.ended }

    /// The spans that have begun and not ended, in the order of their beginnings.
    public var openSpans: [OpenSpan] { state.value.open }

    /// The spans with a name that have ended, in the order of their ends.
    ///
    /// - Parameter name: The name.
    /// - Returns: The spans.
    public func spans(named name: String) -> [SpanData] { spans.filter { $0.name == name } }

    /// The spans that have ended, as trees.
    public var forest: TraceForest { forest(state.value) }

    /// Forgets all spans, open ones too.
    public func removeAll() { state.change { $0 = State() } }

    // MARK: Span processor

    /// Keeps a span as open.
    ///
    /// - Parameters:
    ///   - context: The span's identity.
    ///   - name: What is being done.
    public func spanStarted(_ context: TraceContext, name: String) {
        let isDetached = isScoped && (InstrumentationSystem.tracer as? SpanTracer)?.processor as? TraceRecorder !== self
        state.change { state in
            state.open.append(OpenSpan(context: context, name: name))
            if isDetached { state.detached.insert(SpanIdentity(context)) }
        }
    }

    /// Keeps a span.
    ///
    /// - Parameter span: The span.
    public func spanEnded(_ span: SpanData) {
        let identity = SpanIdentity(span.context)
        state.change { state in
            // Most spans that end began last.
            if let index = state.open.lastIndex(where: { SpanIdentity($0.context) == identity }) {
                state.open.remove(at: index)
            }
            state.ended.append(span)
        }
    }

    /// Does nothing: there is nowhere to hand spans over to.
    ///
    /// - Parameter timeout: Not used.
    /// - Returns: Success.
    public func flush(timeout: Duration) async -> FlushResult { .success }

    /// Does nothing: spans are kept as long as the recorder is.
    ///
    /// - Parameter timeout: Not used.
    /// - Returns: Success.
    public func shutdown(timeout: Duration) async -> FlushResult { .success }

    // MARK: Waiting

    private func forest(_ state: State) -> TraceForest {
        TraceForest(
            state.ended, openSpans: state.open, conventions: conventions, services: [:], detached: state.detached)
    }

    /// Waits until something can be made of the traces.
    ///
    /// - Parameters:
    ///   - duration: How long to wait at most.
    ///   - result: What is made of them; `nil` to wait for the next change.
    /// - Returns: The result; `nil` if the time is up.
    /// - Throws: `CancellationError` if the task is cancelled first.
    func wait<Result: Sendable>(
        within duration: Duration, for result: @escaping @Sendable (TraceForest) -> Result?
    ) async throws -> Result? {
        try await state.wait(within: duration, by: deadlineClock) { result(self.forest($0)) }
    }

    /// How many wait for a change.
    var waiterCount: Int { state.waiterCount }
}
