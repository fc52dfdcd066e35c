internal import Queuert

/// Who knows the identities of spans that events belong to.
protocol SpanContexts {
    /// The identity of a span whose context is stored.
    func traceContext(stored: String?) -> TraceContext?
    /// The identity of an attempt's span: as it is, where it is one of this process's, else as it is stored.
    func traceContext(of attempt: (any AttemptTrace)?) -> TraceContext?
}

extension QueueInstrumentation: SpanContexts {
    func traceContext(stored: String?) -> TraceContext? { context(stored) }
    func traceContext(of attempt: (any AttemptTrace)?) -> TraceContext? { context(of: attempt) }
}

extension DistributedTracingInstrumentation: SpanContexts {
    func traceContext(stored: String?) -> TraceContext? { stored.flatMap { TraceContext(traceparent: $0) } }
    func traceContext(of attempt: (any AttemptTrace)?) -> TraceContext? { traceContext(stored: attempt?.context) }
}
