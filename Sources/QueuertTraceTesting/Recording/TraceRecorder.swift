public import QueuertOTel
internal import Synchronization

/// Keeps the spans of a test, in memory.
///
/// A recorder is a span processor: give it to a ``QueuertOTel/SpanTracer``, or take the ``tracer`` that it comes with.
/// ``withTraceRecording(seed:clock:conventions:_:)`` does the latter for a closure. Nothing is global, so tests that record
/// run side by side.
///
/// Any thread may call it at any time.
public final class TraceRecorder: SpanProcessor {
    private struct State {
        var ended: [SpanData] = []
        var open: [OpenSpan] = []
        /// Goes up with each change, so that who waits can tell whether one was missed.
        var version = 0
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextWaiter = 0

        mutating func change() -> [CheckedContinuation<Void, any Error>] {
            version += 1
            defer { waiters.removeAll() }
            return Array(waiters.values)
        }
    }

    private let state = Mutex(State())
    /// What the spans follow.
    public let conventions: TraceConventions
    /// What tracers are made of.
    ///
    /// A tracer kept here would keep the recorder, and the recorder it.
    private let ids: any IDGenerator
    private let spanClock: any SpanClock
    /// Tells how long to wait for an expectation.
    let deadlineClock: any Clock<Duration>

    /// Makes a recorder.
    ///
    /// - Parameters:
    ///   - conventions: What the spans follow.
    ///   - ids: Makes the identifiers of spans that ``tracer`` starts.
    ///   - clock: Tells the time of spans that ``tracer`` starts.
    ///   - deadlineClock: Tells how long to wait for an expectation.
    public init(
        conventions: TraceConventions = .queuert, ids: any IDGenerator = SeededIDGenerator(seed: 1),
        clock: any SpanClock = SystemSpanClock(), deadlineClock: any Clock<Duration> = ContinuousClock()
    ) {
        self.conventions = conventions
        self.ids = ids
        spanClock = clock
        self.deadlineClock = deadlineClock
    }

    /// A tracer whose spans are all kept here.
    public var tracer: SpanTracer {
        SpanTracer(processor: self, sampler: AlwaysOnSampler(), ids: ids, clock: spanClock)
    }

    /// The spans that have ended, in the order of their ends.
    public var spans: [SpanData] { state.withLock(\.ended) }

    /// The spans that have begun and not ended, in the order of their beginnings.
    public var openSpans: [OpenSpan] { state.withLock(\.open) }

    /// The spans with a name that have ended, in the order of their ends.
    ///
    /// - Parameter name: The name.
    /// - Returns: The spans.
    public func spans(named name: String) -> [SpanData] { spans.filter { $0.name == name } }

    /// The spans that have ended, as trees.
    public var forest: TraceForest { snapshot().forest }

    /// Forgets all spans, open ones too.
    public func removeAll() {
        let waiters = state.withLock { state in
            state.ended.removeAll()
            state.open.removeAll()
            return state.change()
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Span processor

    /// Keeps a span as open.
    ///
    /// - Parameters:
    ///   - context: The span's identity.
    ///   - name: What is being done.
    public func spanStarted(_ context: TraceContext, name: String) {
        let waiters = state.withLock { state in
            state.open.append(OpenSpan(context: context, name: name))
            return state.change()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Keeps a span.
    ///
    /// - Parameter span: The span.
    public func spanEnded(_ span: SpanData) {
        let identity = SpanIdentity(span.context)
        let waiters = state.withLock { state in
            // Most spans that end began last.
            if let index = state.open.lastIndex(where: { SpanIdentity($0.context) == identity }) {
                state.open.remove(at: index)
            }
            state.ended.append(span)
            return state.change()
        }
        for waiter in waiters { waiter.resume() }
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

    /// What is recorded now, and the number of the last change.
    func snapshot() -> (forest: TraceForest, version: Int) {
        let (ended, open, version) = state.withLock { ($0.ended, $0.open, $0.version) }
        return (TraceForest(ended, openSpans: open, conventions: conventions), version)
    }

    /// Waits until there is a later change; returns at once if there has been one.
    ///
    /// - Parameter version: The number of the change that is known.
    /// - Throws: `CancellationError` if the task is cancelled first.
    func change(after version: Int) async throws {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    // The cancellation handler takes the lock after the flag is set: it sees the waiter, or this sees the flag.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.version != version { return .success(()) }
                    state.waiters[number] = waiter
                    return nil
                }
                if let answer { waiter.resume(with: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    /// How many wait for a change.
    var waiterCount: Int { state.withLock(\.waiters.count) }
}
