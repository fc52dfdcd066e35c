/// Records every span.
public struct AlwaysOnSampler: Sampler {
    /// Makes a sampler.
    public init() {}

    /// The sampler's name.
    public var description: String { "AlwaysOnSampler" }

    /// Says yes.
    ///
    /// - Parameters:
    ///   - parent: Not looked at.
    ///   - traceID: Not looked at.
    ///   - name: Not looked at.
    ///   - kind: Not looked at.
    ///   - attributes: Not looked at.
    ///   - links: Not looked at.
    /// - Returns: `true`.
    public func shouldSample(
        parent: TraceContext?, traceID: TraceID, name: String, kind: SpanData.Kind, attributes: [Attribute],
        links: [SpanData.Link]
    ) -> Bool { true }
}
