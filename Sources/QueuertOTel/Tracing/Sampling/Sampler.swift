/// Decides which spans are recorded.
///
/// The description is the sampler's name as configurations and resources show it.
public protocol Sampler: Sendable, CustomStringConvertible {
    /// Decides whether a span that is about to start is recorded and exported.
    ///
    /// - Parameters:
    ///   - parent: The span above; `nil` for the root of a trace.
    ///   - traceID: The trace, the parent's or a new one.
    ///   - name: What will be done.
    ///   - kind: The role of the span.
    ///   - attributes: What is known at the start.
    ///   - links: The relations known at the start.
    /// - Returns: Whether the span is recorded.
    func shouldSample(
        parent: TraceContext?, traceID: TraceID, name: String, kind: SpanData.Kind, attributes: [Attribute],
        links: [SpanData.Link]
    ) -> Bool

    /// Decides, and says what is propagated of the decision besides the flag.
    ///
    /// This is what a tracer calls. By default ``shouldSample(parent:traceID:name:kind:attributes:links:)`` is asked and the
    /// `tracestate` stays as it is.
    ///
    /// - Parameters:
    ///   - parent: The span above; `nil` for the root of a trace.
    ///   - traceID: The trace, the parent's or a new one.
    ///   - state: The `tracestate`: the parent's, or what the root of a new trace begins with.
    ///   - name: What will be done.
    ///   - kind: The role of the span.
    ///   - attributes: What is known at the start.
    ///   - links: The relations known at the start.
    /// - Returns: Whether the span is recorded, and its `tracestate`.
    func decide(
        parent: TraceContext?, traceID: TraceID, state: String, name: String, kind: SpanData.Kind,
        attributes: [Attribute], links: [SpanData.Link]
    ) -> SamplingDecision
}

extension Sampler {
    /// Decides, and leaves the `tracestate` as it is.
    ///
    /// - Parameters:
    ///   - parent: The span above; `nil` for the root of a trace.
    ///   - traceID: The trace, the parent's or a new one.
    ///   - state: The `tracestate`.
    ///   - name: What will be done.
    ///   - kind: The role of the span.
    ///   - attributes: What is known at the start.
    ///   - links: The relations known at the start.
    /// - Returns: Whether the span is recorded, and the same `tracestate`.
    public func decide(
        parent: TraceContext?, traceID: TraceID, state: String, name: String, kind: SpanData.Kind,
        attributes: [Attribute], links: [SpanData.Link]
    ) -> SamplingDecision {
        SamplingDecision(
            isSampled: shouldSample(
                parent: parent, traceID: traceID, name: name, kind: kind, attributes: attributes, links: links),
            state: state)
    }
}
