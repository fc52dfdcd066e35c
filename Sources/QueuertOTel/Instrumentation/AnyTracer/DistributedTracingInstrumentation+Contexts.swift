internal import Queuert
internal import Tracing

extension DistributedTracingInstrumentation {
    /// The context of a span as the tracer's propagator writes it.
    func headers(of context: ServiceContext) -> TraceHeaders {
        var headers = TraceHeaders()
        tracer.inject(context, into: &headers, using: TraceHeaders.Writer())
        return headers
    }

    /// The identity of a span, for metrics and events; `nil` if the tracer's propagator writes no `traceparent`, and where
    /// nobody asks.
    func traceContext(of context: ServiceContext) -> TraceContext? {
        isMeasured ? headers(of: context).traceContext : nil
    }

    /// Whether there are metrics or events, and not spans only.
    var isMeasured: Bool { metrics != nil || events != nil }

    /// Reads a stored context; one that can't be read counts as none and is reported once.
    func context(_ stored: String?, carrier: TraceCarrier = TraceCarrier()) -> ServiceContext? {
        guard let stored else { return nil }
        guard let headers = TraceHeaders(column: stored, traceState: carrier.traceState),
            let context = context(from: headers)
        else {
            contextWarning.give()
            return nil
        }
        if carrier.baggage.isEmpty { return context }
        // At once, since some tracers forget the span when they read headers that hold none.
        return self.context(from: headers.with(baggage: carrier.baggage))
    }

    /// The context of whoever has no span, with what is stored with a job besides.
    func root(_ carrier: TraceCarrier) -> ServiceContext {
        guard !carrier.baggage.isEmpty else { return .topLevel }
        return context(from: TraceHeaders().with(baggage: carrier.baggage)) ?? .topLevel
    }

    /// The context of an attempt's span: as it is if it is one of this process's, else as it is stored.
    func context(of attempt: (any AttemptTrace)?) -> ServiceContext? {
        if let member = attempt as? any TracerSegmentMember { return member.spanContext }
        return context(attempt?.context)
    }

    /// The context of the caller, if the caller is in a span.
    var ambient: ServiceContext? {
        guard let current = ServiceContext.current, headers(of: current).column != nil else { return nil }
        return current
    }

    private func context(from headers: TraceHeaders) -> ServiceContext? {
        var context = ServiceContext.topLevel
        tracer.extract(headers, into: &context, using: TraceHeaders.Reader())
        // The interface doesn't say whether anything could be read.
        return context.isEmpty ? nil : context
    }
}
