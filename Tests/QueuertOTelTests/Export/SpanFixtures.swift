import QueuertOTel

extension SpanData {
    /// A span with something in every field.
    static func full(_ number: UInt64 = 1, scope: InstrumentationScope = .fixture) -> SpanData {
        var span = SpanData(
            context: TraceContext(
                traceID: TraceID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10),
                spanID: SpanID(value: number),
                flags: [.sampled, .random], state: "vendor=1"),
            parent: TraceContext(
                traceID: TraceID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10), spanID: SpanID(value: 77),
                flags: .sampled, isRemote: true),
            name: "process réservation", kind: .consumer, start: 1_700_000_000_000_000_001, end: .max,
            attributes: [
                Attribute("text", "ü"), Attribute("empty", ""), Attribute("yes", true), Attribute("no", false),
                Attribute("minus", -5), Attribute("zero", 0), Attribute("half", 0.5),
                Attribute("list", ["a", "b"]), Attribute("nothing", []),
            ],
            events: [Event(name: "retry", time: 42, attributes: [Attribute("attempt", 2)])],
            links: [
                Link(
                    TraceContext(
                        traceID: TraceID(high: 5, low: 6), spanID: SpanID(value: 7), flags: [], state: "other=2",
                        isRemote: true), attributes: [Attribute("queuert.link.type", "creation")]),
                Link(TraceContext(traceID: TraceID(high: 5, low: 6), spanID: SpanID(value: 8), flags: .sampled)),
            ],
            status: .error(description: "no seats"), scope: scope)
        span.droppedAttributes = 1
        span.droppedEvents = 2
        span.droppedLinks = 3
        span.events[0].droppedAttributes = 4
        span.links[0].droppedAttributes = 5
        return span
    }

    /// A span with as little as there can be.
    static func small(_ number: UInt64 = 1, name: String = "a") -> SpanData {
        SpanData(
            context: TraceContext(
                traceID: TraceID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10),
                spanID: SpanID(value: number),
                flags: .sampled),
            parent: nil, name: name, kind: .internal, start: 1, end: 2, scope: InstrumentationScope(name: "s"))
    }
}

extension InstrumentationScope {
    static let fixture = InstrumentationScope(name: "queuert", version: "1", schemaURL: "https://example.test/1.44.0")
}
