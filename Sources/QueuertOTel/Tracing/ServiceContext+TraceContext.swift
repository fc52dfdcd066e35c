public import Tracing

extension ServiceContext {
    private enum TraceContextKey: ServiceContextKey {
        typealias Value = TraceContext
        static var nameOverride: String? { "queuert-trace-context" }
    }

    private enum TracingSuppressedKey: ServiceContextKey {
        typealias Value = Bool
        static var nameOverride: String? { "queuert-tracing-suppressed" }
    }

    /// The span that one is in; `nil` outside of all spans.
    public var traceContext: TraceContext? {
        get { self[TraceContextKey.self] }
        set { self[TraceContextKey.self] = newValue }
    }

    /// Whether spans that are started here record nothing.
    ///
    /// Set where telemetry itself is sent, so that it isn't traced in turn. What is sent from here still carries the
    /// context of the span around it.
    public var isTracingSuppressed: Bool {
        get { self[TracingSuppressedKey.self] ?? false }
        set { self[TracingSuppressedKey.self] = newValue ? true : nil }
    }
}
