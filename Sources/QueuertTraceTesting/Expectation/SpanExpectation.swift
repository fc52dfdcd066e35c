public import QueuertOTel

/// A span as it should be, with the spans below it.
///
/// What isn't mentioned may be anything, but for the spans below: they must be those that are named, in order of their starts,
/// unless ``unordered()`` or ``containing()`` says otherwise.
public struct SpanExpectation: Sendable {
    /// A link that the span must have.
    struct Link: Sendable {
        enum Target: Hashable, Sendable {
            case expected(String)
            case known(TraceContext)
        }
        let target: Target
        /// The type of the link; `nil` if it may be any, or none.
        let type: String?
    }

    let name: String
    var kind: SpanData.Kind?
    var attributes: [(key: String, matcher: AttributeMatcher)]
    var otherAttributesAllowed = true
    var status: StatusMatcher?
    var links: [Link] = []
    var otherLinksAllowed = true
    var events: [String] = []
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
    private func with(_ change: (inout SpanExpectation) -> Void) -> SpanExpectation {
        var copy = self
        change(&copy)
        return copy
    }

    /// Gives the span a name of its own, by which links anywhere in the expectation can refer to it.
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

    /// The span has a link to a span of this expectation, in the same trace or another.
    ///
    /// Each expected link stands for a link of its own, so two equal ones ask for two.
    ///
    /// - Parameters:
    ///   - reference: The name that ``named(_:)`` gave the other span.
    ///   - type: The type of the link; `nil` if it may be any.
    /// - Returns: The expectation.
    public func linked(to reference: String, type: String? = nil) -> SpanExpectation {
        with { $0.links.append(Link(target: .expected(reference), type: type)) }
    }

    /// The span has a link to a span that need not be recorded, such as one of another process.
    ///
    /// - Parameters:
    ///   - context: The other span.
    ///   - type: The type of the link; `nil` if it may be any.
    /// - Returns: The expectation.
    public func linked(to context: TraceContext, type: String? = nil) -> SpanExpectation {
        with { $0.links.append(Link(target: .known(context), type: type)) }
    }

    /// The span has no other links than those that are mentioned.
    ///
    /// - Returns: The expectation.
    public func noOtherLinks() -> SpanExpectation { with { $0.otherLinksAllowed = false } }

    /// Something happened during the span.
    ///
    /// - Parameter name: The event's name. Mentioned twice, it must have happened twice.
    /// - Returns: The expectation.
    public func event(_ name: String) -> SpanExpectation { with { $0.events.append(name) } }

    /// The spans below may have started in any order.
    ///
    /// - Returns: The expectation.
    public func unordered() -> SpanExpectation { with { $0.childrenRule.anyOrder = true } }

    /// There may be other spans below, too.
    ///
    /// - Returns: The expectation.
    public func containing() -> SpanExpectation { with { $0.childrenRule.othersAllowed = true } }
}

/// Collects the spans that are expected below a span or in a trace.
@resultBuilder public enum SpanExpectationBuilder {
    /// Takes a span.
    ///
    /// - Parameter span: The span.
    /// - Returns: The span alone.
    public static func buildExpression(_ span: SpanExpectation) -> [SpanExpectation] { [span] }
    /// Takes spans that were made elsewhere.
    ///
    /// - Parameter spans: The spans.
    /// - Returns: The spans.
    public static func buildExpression(_ spans: [SpanExpectation]) -> [SpanExpectation] { spans }
    /// Joins spans.
    ///
    /// - Parameter parts: The spans of each statement.
    /// - Returns: All of them.
    public static func buildBlock(_ parts: [SpanExpectation]...) -> [SpanExpectation] { parts.flatMap { $0 } }
    /// Takes the spans of an `if` without `else`.
    ///
    /// - Parameter part: The spans, if the condition held.
    /// - Returns: The spans.
    public static func buildOptional(_ part: [SpanExpectation]?) -> [SpanExpectation] { part ?? [] }
    /// Takes the spans of an `if`.
    ///
    /// - Parameter first: The spans.
    /// - Returns: The spans.
    public static func buildEither(first: [SpanExpectation]) -> [SpanExpectation] { first }
    /// Takes the spans of an `else`.
    ///
    /// - Parameter second: The spans.
    /// - Returns: The spans.
    public static func buildEither(second: [SpanExpectation]) -> [SpanExpectation] { second }
    /// Joins the spans of a loop.
    ///
    /// - Parameter parts: The spans of each turn.
    /// - Returns: All of them.
    public static func buildArray(_ parts: [[SpanExpectation]]) -> [SpanExpectation] { parts.flatMap { $0 } }
}
