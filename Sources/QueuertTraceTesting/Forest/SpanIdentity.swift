import QueuertOTel

/// Which span a context means: flags, `tracestate` and origin may differ between two contexts of one span.
struct SpanIdentity: Hashable, Sendable {
    let traceID: TraceID
    let spanID: SpanID

    init(_ context: TraceContext) {
        traceID = context.traceID
        spanID = context.spanID
    }
}
