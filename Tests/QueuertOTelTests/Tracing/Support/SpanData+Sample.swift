import QueuertOTel

extension SpanData {
    /// A sampled span with a name, and nothing else of interest.
    static func sample(_ name: String, number: UInt64 = 1) -> SpanData {
        SpanData(
            context: TraceContext(
                traceID: TraceID(high: 1, low: 2), spanID: SpanID(value: number), flags: [.sampled, .random]),
            parent: nil, name: name, kind: .internal, start: 10, end: 20, scope: InstrumentationScope(name: "test"))
    }
}
