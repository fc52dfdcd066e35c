public import QueuertOTel

/// Which recorded spans the named ones of an expectation are.
public struct TraceMatch: Sendable {
    /// The recorded spans by the names that ``SpanExpectation/named(_:)`` gave them.
    public let spans: [String: SpanData]

    /// The recorded span that a name means; `nil` if the expectation has no such name.
    ///
    /// - Parameter reference: The name.
    public subscript(_ reference: String) -> SpanData? { spans[reference] }
}
