public import Tracing

extension ServiceContext {
    /// The values are one, because a look into the context is what starting a span spends most of its time on.
    private struct TracingState {
        var traceContext: TraceContext?
        var isSuppressed = false
        var clockSetting: ClockSetting?
    }

    private enum TracingStateKey: ServiceContextKey {
        typealias Value = TracingState
        static var nameOverride: String? { "queuert-tracing" }
    }

    /// The span that one is in; `nil` outside of all spans.
    public var traceContext: TraceContext? {
        get { self[TracingStateKey.self]?.traceContext }
        set { setTracing(newValue, isSuppressed: isTracingSuppressed) }
    }

    /// Whether spans that are started here record nothing.
    ///
    /// Set where telemetry itself is sent, so that it isn't traced in turn. What is sent from here still carries the
    /// context of the span around it.
    public var isTracingSuppressed: Bool {
        get { self[TracingStateKey.self]?.isSuppressed ?? false }
        set {
            let (traceContext, _, clockSetting) = tracing
            setTracing(traceContext, isSuppressed: newValue, clockSetting: clockSetting)
        }
    }

    /// All values at the price of one; the last says how the clock was set by which the span that one is in goes, if
    /// that was made here by swift-distributed-tracing.
    var tracing: (traceContext: TraceContext?, isSuppressed: Bool, clockSetting: ClockSetting?) {
        guard let state = self[TracingStateKey.self] else { return (nil, false, nil) }
        return (state.traceContext, state.isSuppressed, state.clockSetting)
    }

    /// Sets all values at the price of one.
    mutating func setTracing(
        _ traceContext: TraceContext?, isSuppressed: Bool, clockSetting: ClockSetting? = nil
    ) {
        let isEmpty = traceContext == nil && !isSuppressed
        self[TracingStateKey.self] =
            isEmpty
            ? nil
            : TracingState(traceContext: traceContext, isSuppressed: isSuppressed, clockSetting: clockSetting)
    }
}
