import QueuertOTel

/// Contexts of made-up spans.
func context(_ id: UInt64, trace: UInt64 = 1, isRemote: Bool = false) -> TraceContext {
    TraceContext(
        traceID: TraceID(high: 0, low: trace), spanID: SpanID(value: id), flags: .sampled, isRemote: isRemote)
}

/// A link with a type, or none.
func link(_ id: UInt64, trace: UInt64 = 1, type: String?) -> SpanData.Link {
    SpanData.Link(
        context(id, trace: trace), attributes: type.map { [Attribute("queuert.link.type", .string($0))] } ?? [])
}

/// A made-up span; it starts at its number unless said otherwise.
func recorded(
    _ id: UInt64, _ name: String, below parent: UInt64? = nil, trace: UInt64 = 1, kind: SpanData.Kind = .internal,
    start: UInt64? = nil, attributes: [String: AttributeValue] = [:], events: [String] = [],
    links: [SpanData.Link] = [], status: SpanData.Status = .unset, isParentRemote: Bool = false,
    scope: String = "test"
) -> SpanData {
    SpanData(
        context: context(id, trace: trace),
        parent: parent.map { context($0, trace: trace, isRemote: isParentRemote) }, name: name, kind: kind,
        start: start ?? id, end: (start ?? id) + 1, attributes: attributes.map { Attribute($0, $1) },
        events: events.map { SpanData.Event(name: $0, time: start ?? id) }, links: links, status: status,
        scope: InstrumentationScope(name: scope))
}
