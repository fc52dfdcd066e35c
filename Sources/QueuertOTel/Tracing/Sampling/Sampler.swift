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
}
