internal import Synchronization

/// Makes spans and hands those that are sampled to a processor.
///
/// It is a tracer of swift-distributed-tracing, so code that uses `withSpan` can use it: bootstrap it for the process,
/// scope it with `withTracer`, or call it directly. Beside that it makes contexts for spans whose identity must be known
/// before they begin or whose data is only known after the fact, as those of a queue are: see
/// ``makeContext(parent:name:kind:attributes:links:isSampled:)`` and ``emit(_:)``.
public final class SpanTracer: Sendable {
    /// Where spans go.
    public let processor: any SpanProcessor
    /// Decides which spans are recorded.
    public let sampler: any Sampler
    /// Makes identifiers.
    public let ids: any IDGenerator
    /// Tells the time of spans.
    public let clock: any SpanClock
    /// How much a span may hold.
    public let limits: SpanLimits
    /// Carries contexts in headers.
    let propagator: W3CPropagator
    /// Whether times that callers don't choose can be left to swift-distributed-tracing, which reads the same clock.
    let usesSystemClock: Bool
    /// The clock, if it says how it is set.
    let settableClock: (any SettableSpanClock)?
    private let isShutDown: Atomic<Bool>
    /// Counts spans, as soon as anybody wants to know.
    private let starts = SpanStarts()
    private let countsStarts = Atomic(false)

    /// Makes a tracer.
    ///
    /// - Parameters:
    ///   - processor: Where spans go.
    ///   - sampler: Decides which spans are recorded.
    ///   - ids: Makes identifiers.
    ///   - clock: Tells the time of spans.
    ///   - limits: How much a span may hold.
    ///   - propagator: Carries contexts in headers.
    public convenience init(
        processor: any SpanProcessor, sampler: any Sampler = ParentBasedSampler(root: AlwaysOnSampler()),
        ids: any IDGenerator = RandomIDGenerator(), clock: any SpanClock = SystemSpanClock(),
        limits: SpanLimits = SpanLimits(), propagator: W3CPropagator = W3CPropagator()
    ) {
        self.init(
            processor: processor, sampler: sampler, ids: ids, clock: clock, limits: limits, propagator: propagator,
            isOff: false)
    }

    /// The tracer of telemetry that is off: nothing is recorded, and contexts are made and propagated all the same.
    static func off(propagator: W3CPropagator = W3CPropagator()) -> SpanTracer {
        SpanTracer(
            processor: MultiSpanProcessor([]), sampler: ParentBasedSampler(root: AlwaysOffSampler()),
            ids: RandomIDGenerator(), clock: SystemSpanClock(), limits: SpanLimits(), propagator: propagator,
            isOff: true)
    }

    private init(
        processor: any SpanProcessor, sampler: any Sampler, ids: any IDGenerator, clock: any SpanClock,
        limits: SpanLimits, propagator: W3CPropagator, isOff: Bool
    ) {
        isShutDown = Atomic(isOff)
        self.processor = processor
        self.sampler = sampler
        self.ids = ids
        self.clock = clock
        self.limits = limits
        self.propagator = propagator
        usesSystemClock = clock is SystemSpanClock
        settableClock = clock as? any SettableSpanClock
    }

    /// Makes the identity of a span that begins now, without keeping anything about it.
    ///
    /// The sampler decides, and its answer is in the flags. A span that is not sampled has a valid context too, which
    /// propagates the decision. A sampled one is announced to the processor. Neither the task's current context nor a
    /// shutdown is looked at: contexts are stored with jobs, whose later spans other processes may record.
    ///
    /// - Parameters:
    ///   - parent: The span above; `nil`, or one that is not valid, for the root of a new trace.
    ///   - name: What will be done.
    ///   - kind: The role of the span.
    ///   - attributes: What is known at the start, for the sampler.
    ///   - links: The relations known at the start, for the sampler.
    ///   - isSampled: The decision, where it was made before; `nil` to ask the sampler.
    /// - Returns: The span's identity.
    public func makeContext(
        parent: TraceContext?, name: String, kind: SpanData.Kind, attributes: [Attribute] = [],
        links: [SpanData.Link] = [], isSampled: Bool? = nil
    ) -> TraceContext {
        let parent = parent.flatMap { $0.traceID.isValid && $0.spanID.isValid ? $0 : nil }
        let traceID = parent?.traceID ?? ids.makeTraceID()
        var flags: TraceFlags =
            if let parent { parent.flags.intersection(.random) } else { ids.makesRandomTraceIDs ? .random : [] }
        let state = parent?.state ?? ""
        let decision =
            isSampled.map { SamplingDecision(isSampled: $0, state: state) }
            ?? sampler.decide(
                parent: parent, traceID: traceID, state: state, name: name, kind: kind, attributes: attributes,
                links: links)
        if decision.isSampled { flags.insert(.sampled) }
        let context = TraceContext(traceID: traceID, spanID: ids.makeSpanID(), flags: flags, state: decision.state)
        announce(context, below: parent, name: name)
        return context
    }

    /// Counts a span that begins, and tells the processor of it if it is sampled.
    func announce(_ context: TraceContext, below parent: TraceContext?, name: String) {
        count(context, below: parent)
        if context.isSampled { processor.spanStarted(context, name: name) }
    }

    /// Counts a span that begins, or has begun and is told as a whole.
    func count(_ context: TraceContext, below parent: TraceContext?) {
        if countsStarts.load(ordering: .relaxed) { starts.add(context, below: parent) }
    }

    /// Has spans counted that begin from now on.
    func countStarts() -> SpanStarts {
        countsStarts.store(true, ordering: .relaxed)
        return starts
    }

    /// Hands over a span that has ended, cut down to the limits; one that isn't sampled is dropped.
    ///
    /// A span that ends before it starts, because the clock was set back meanwhile, ends when it starts.
    ///
    /// - Parameter span: The span.
    public func emit(_ span: consuming SpanData) {
        guard span.context.isSampled else { return }
        limit(&span)
        processor.spanEnded(span)
    }

    /// A span as it is exported, cut down to the limits; `nil` for one that isn't sampled.
    func limited(_ span: consuming SpanData) -> SpanData? {
        guard span.context.isSampled else { return nil }
        limit(&span)
        return span
    }

    private func limit(_ span: inout SpanData) {
        limits.apply(to: &span)
        if span.end < span.start { span.end = span.start }
    }

    /// Hands over all spans that ended before the call.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether that worked.
    public func flush(timeout: Duration) async -> FlushResult {
        await processor.flush(timeout: timeout)
    }

    /// Flushes and stops.
    ///
    /// Spans started later through swift-distributed-tracing record nothing.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether the flush worked.
    public func shutdown(timeout: Duration) async -> FlushResult {
        isShutDown.store(true, ordering: .relaxed)
        return await processor.shutdown(timeout: timeout)
    }

    /// Whether the tracer was told to stop, or is off from the start.
    @usableFromInline var hasShutDown: Bool { isShutDown.load(ordering: .relaxed) }
}
