/// Records no span.
public struct AlwaysOffSampler: Sampler {
    /// Makes a sampler.
    public init() {}

    /// The sampler's name.
    public var description: String { "AlwaysOffSampler" }

    /// Says no.
    ///
    /// - Parameters:
    ///   - parent: Not looked at.
    ///   - traceID: Not looked at.
    ///   - name: Not looked at.
    ///   - kind: Not looked at.
    ///   - attributes: Not looked at.
    ///   - links: Not looked at.
    /// - Returns: `false`.
    public func shouldSample(
        parent: TraceContext?, traceID: TraceID, name: String, kind: SpanData.Kind, attributes: [Attribute],
        links: [SpanData.Link]
    ) -> Bool { false }
}
