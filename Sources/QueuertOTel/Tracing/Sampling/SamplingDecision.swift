/// What a sampler says about a span that is about to start.
public struct SamplingDecision: Hashable, Sendable {
    /// Whether the span is recorded and exported.
    public var isSampled: Bool
    /// The `tracestate` of the span.
    public var state: String

    /// Makes a decision.
    ///
    /// - Parameters:
    ///   - isSampled: Whether the span is recorded and exported.
    ///   - state: The `tracestate` of the span.
    public init(isSampled: Bool, state: String) {
        self.isSampled = isSampled
        self.state = state
    }
}
