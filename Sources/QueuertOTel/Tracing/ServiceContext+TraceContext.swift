public import Tracing

extension ServiceContext {
    /// Both values are one, because a look into the context is what starting a span spends most of its time on.
    private struct TracingState {
        var traceContext: TraceContext?
        var isSuppressed = false
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
        set { setTracing(traceContext, isSuppressed: newValue) }
    }

    /// Both values at the price of one.
    var tracing: (traceContext: TraceContext?, isSuppressed: Bool) {
        guard let state = self[TracingStateKey.self] else { return (nil, false) }
        return (state.traceContext, state.isSuppressed)
    }

    /// Sets both values at the price of one.
    mutating func setTracing(_ traceContext: TraceContext?, isSuppressed: Bool) {
        let isEmpty = traceContext == nil && !isSuppressed
        self[TracingStateKey.self] =
            isEmpty ? nil : TracingState(traceContext: traceContext, isSuppressed: isSuppressed)
    }
}
