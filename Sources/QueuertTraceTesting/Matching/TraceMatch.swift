public import QueuertOTel

/// Which recorded spans the named ones of an expectation are, and which values the compared attributes have.
public struct TraceMatch: Sendable {
    private let spans: [String: [SpanData]]
    private let values: [String: AttributeValue]

    init(_ expected: ExpectedTree, _ recorded: RecordedTree, _ partners: [Int?]) {
        spans = expected.references.mapValues { nodes in
            nodes.compactMap { partners[$0].flatMap { recorded.nodes[$0].span } }
        }
        var values: [String: AttributeValue] = [:]
        for comparison in expected.comparisons where comparison.isSame && values[comparison.name] == nil {
            values[comparison.name] =
                comparison.places.lazy.compactMap { place in
                    partners[place.node].flatMap { recorded.nodes[$0].span }?[attribute: place.key]
                }.first
        }
        self.values = values
    }

    /// The recorded span that a name means; the first, if it is repeated.
    ///
    /// There is none if the expectation has no such name, or the span may be missing and is.
    ///
    /// - Parameter reference: The name that ``SpanExpectation/named(_:)`` gave it.
    public subscript(_ reference: String) -> SpanData? { spans[reference]?.first }

    /// All recorded spans that a name means, where the span is repeated.
    ///
    /// - Parameter reference: The name that ``SpanExpectation/named(_:)`` gave them.
    /// - Returns: The spans.
    public func all(_ reference: String) -> [SpanData] { spans[reference] ?? [] }

    /// The value that ``AttributeMatcher/same(_:)`` found; the first, if it differs from repetition to repetition.
    ///
    /// - Parameter name: The value's name.
    public subscript(value name: String) -> AttributeValue? { values[name] }
}
