public import QueuertOTel

/// A span as it should be, with the spans below it.
///
/// What isn't mentioned may be anything, but for the spans below: they must be those that are named, in order of their starts,
/// unless ``unordered()`` or ``containing()`` says otherwise, and each once, unless ``repeated(_:)`` or ``optional()`` does.
public struct SpanExpectation: Sendable {
    /// A link that the span must have, or that must lead to it.
    struct Link: Sendable {
        enum Target: Hashable, Sendable {
            case expected(String)
            case known(TraceContext)
        }
        let target: Target
        /// The type of the link; `nil` if it may be any, or none.
        let type: String?
    }

    /// How many links there must be.
    struct LinkCount: Sendable {
        let isIncoming: Bool
        let type: String?
        let count: Occurrence
    }

    /// Something that must have happened during the span.
    struct Event: Sendable {
        let name: String
        let attributes: [(key: String, matcher: AttributeMatcher)]
    }

    let name: String
    var kind: SpanData.Kind?
    var attributes: [(key: String, matcher: AttributeMatcher)]
    var otherAttributesAllowed = true
    var status: StatusMatcher?
    var links: [Link] = []
    /// The links that spans of the expectation must have to this one.
    var incomingLinks: [Link] = []
    var otherLinksAllowed = true
    var linkCounts: [LinkCount] = []
    var events: [Event] = []
    var otherEventsAllowed = true
    var service: String?
    var durations: [DurationMatcher] = []
    var timings: [(relation: TimingRelation, reference: String)] = []
    var occurrence = Occurrence.once
    var reference: String?
    var childrenRule = ChildrenRule()
    let children: [SpanExpectation]
}

/// A span as it should be.
///
/// - Parameters:
///   - name: The span's name.
///   - kind: The span's kind; `nil` if it may be any.
///   - attributes: Attributes that the span must have, among others.
///   - children: The spans below it. None, if there is no closure.
/// - Returns: The expectation.
public func span(
    _ name: String, _ kind: SpanData.Kind? = nil, _ attributes: KeyValuePairs<String, AttributeMatcher> = [:],
    @SpanExpectationBuilder children: () -> [SpanExpectation] = { [] }
) -> SpanExpectation {
    SpanExpectation(
        name: name, kind: kind, attributes: attributes.map { ($0.key, $0.value) }, children: children())
}

extension SpanExpectation {
    func with(_ change: (inout SpanExpectation) -> Void) -> SpanExpectation {
        var copy = self
        change(&copy)
        return copy
    }

    /// Gives the span a name of its own, by which the rest of the expectation can refer to it.
    ///
    /// - Parameter reference: The name, once in an expectation.
    /// - Returns: The expectation.
    public func named(_ reference: String) -> SpanExpectation { with { $0.reference = reference } }

    /// The span has an attribute.
    ///
    /// - Parameters:
    ///   - key: The attribute's name.
    ///   - matcher: What the value must be.
    /// - Returns: The expectation.
    public func attribute(_ key: String, _ matcher: AttributeMatcher) -> SpanExpectation {
        with { $0.attributes.append((key, matcher)) }
    }

    /// The span has no other attributes than those that are mentioned.
    ///
    /// - Returns: The expectation.
    public func exactAttributes() -> SpanExpectation { with { $0.otherAttributesAllowed = false } }

    /// The span ended in a certain way.
    ///
    /// - Parameter status: How it ended.
    /// - Returns: The expectation.
    public func status(_ status: StatusMatcher) -> SpanExpectation { with { $0.status = status } }

    /// The span was made by a service, as its resource says.
    ///
    /// Only spans that were read from elsewhere have one; see ``TraceFile`` and ``CollectedTraces``.
    ///
    /// - Parameter name: The resource's `service.name`.
    /// - Returns: The expectation.
    public func service(_ name: String) -> SpanExpectation { with { $0.service = name } }

    // MARK: Events

    /// Something happened during the span.
    ///
    /// - Parameters:
    ///   - name: The event's name. Mentioned twice, it must have happened twice.
    ///   - attributes: Attributes that the event must have, among others.
    /// - Returns: The expectation.
    public func event(
        _ name: String, _ attributes: KeyValuePairs<String, AttributeMatcher> = [:]
    ) -> SpanExpectation {
        with { $0.events.append(Event(name: name, attributes: attributes.map { ($0.key, $0.value) })) }
    }

    /// Nothing else happened during the span than what is mentioned.
    ///
    /// - Returns: The expectation.
    public func noOtherEvents() -> SpanExpectation { with { $0.otherEventsAllowed = false } }

    // MARK: Spans below

    /// The spans below may have started in any order.
    ///
    /// - Returns: The expectation.
    public func unordered() -> SpanExpectation { with { $0.childrenRule.anyOrder = true } }

    /// There may be other spans below, too.
    ///
    /// - Returns: The expectation.
    public func containing() -> SpanExpectation { with { $0.childrenRule.othersAllowed = true } }

    /// The span comes several times, each with all that is expected below it.
    ///
    /// Where order counts, one comes right after the other. A link to a part that is repeated asks for a link to each.
    /// Less than 0 times is a mistake that stops the program.
    ///
    /// - Parameter count: How often.
    /// - Returns: The expectation.
    public func repeated(_ count: Int) -> SpanExpectation { repeated(count...count) }

    /// The span comes as often as a range allows, each with all that is expected below it.
    ///
    /// A range that begins below 0 is a mistake that stops the program.
    ///
    /// - Parameter counts: How often, such as `1...3`, `2...` or `...4`.
    /// - Returns: The expectation.
    public func repeated(_ counts: some RangeExpression<Int>) -> SpanExpectation {
        with { $0.occurrence = Occurrence(counts) }
    }

    /// The span may be missing, with all that is expected below it.
    ///
    /// What relates to it is asked for only where it is there.
    ///
    /// - Returns: The expectation.
    public func optional() -> SpanExpectation { with { $0.occurrence = Occurrence(minimum: 0, maximum: 1) } }
}
