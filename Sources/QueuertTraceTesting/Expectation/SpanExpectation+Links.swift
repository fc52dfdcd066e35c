public import QueuertOTel

extension SpanExpectation {
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

    /// A span of this expectation has a link to this one: the same as ``linked(to:type:)-(String,_)``, seen from the other end.
    ///
    /// A link that both ends mention is one link.
    ///
    /// - Parameters:
    ///   - reference: The name that ``named(_:)`` gave the other span.
    ///   - type: The type of the link; `nil` if it may be any.
    /// - Returns: The expectation.
    public func linked(from reference: String, type: String? = nil) -> SpanExpectation {
        with { $0.incomingLinks.append(Link(target: .expected(reference), type: type)) }
    }

    /// The span has no other links than those that are mentioned.
    ///
    /// - Returns: The expectation.
    public func noOtherLinks() -> SpanExpectation { with { $0.otherLinksAllowed = false } }

    /// The span has a number of links, wherever they lead.
    ///
    /// Fewer than 0 are a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - type: The type of the links that are counted; `nil` for all.
    /// - Returns: The expectation.
    public func links(_ count: Int, type: String? = nil) -> SpanExpectation { links(count...count, type: type) }

    /// The span has a number of links within bounds, wherever they lead.
    ///
    /// A range that begins below 0 is a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - counts: How many, such as `1...`.
    ///   - type: The type of the links that are counted; `nil` for all.
    /// - Returns: The expectation.
    public func links(_ counts: some RangeExpression<Int>, type: String? = nil) -> SpanExpectation {
        with { $0.linkCounts.append(LinkCount(isIncoming: false, type: type, count: Occurrence(counts))) }
    }

    /// A number of links lead to the span, from whatever recorded spans.
    ///
    /// Fewer than 0 are a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - type: The type of the links that are counted; `nil` for all.
    /// - Returns: The expectation.
    public func incomingLinks(_ count: Int, type: String? = nil) -> SpanExpectation {
        incomingLinks(count...count, type: type)
    }

    /// A number of links within bounds lead to the span, from whatever recorded spans.
    ///
    /// A range that begins below 0 is a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - counts: How many, such as `1...`.
    ///   - type: The type of the links that are counted; `nil` for all.
    /// - Returns: The expectation.
    public func incomingLinks(_ counts: some RangeExpression<Int>, type: String? = nil) -> SpanExpectation {
        with { $0.linkCounts.append(LinkCount(isIncoming: true, type: type, count: Occurrence(counts))) }
    }
}
