extension SpanExpectation {
    /// The span took a certain time.
    ///
    /// - Parameter matcher: How long.
    /// - Returns: The expectation.
    public func duration(_ matcher: DurationMatcher) -> SpanExpectation { with { $0.durations.append(matcher) } }

    /// The span starts after another has ended.
    ///
    /// - Parameters:
    ///   - reference: The name that ``named(_:)`` gave the other span.
    ///   - gap: How long after its end. It may be nothing, unless you say otherwise.
    /// - Returns: The expectation.
    public func starts(after reference: String, by gap: DurationMatcher = .atLeast(.zero)) -> SpanExpectation {
        with { $0.timings.append((TimingRelation(kind: .afterEnd(gap)), reference)) }
    }

    /// The span starts after another has started, which may still go on.
    ///
    /// - Parameters:
    ///   - reference: The name that ``named(_:)`` gave the other span.
    ///   - gap: How long after its start. It may be nothing, unless you say otherwise.
    /// - Returns: The expectation.
    public func starts(afterStartOf reference: String, by gap: DurationMatcher = .atLeast(.zero)) -> SpanExpectation {
        with { $0.timings.append((TimingRelation(kind: .afterStart(gap)), reference)) }
    }

    /// Another span lies in this one, from its start to its end.
    ///
    /// - Parameter reference: The name that ``named(_:)`` gave the other span.
    /// - Returns: The expectation.
    public func encloses(_ reference: String) -> SpanExpectation {
        with { $0.timings.append((TimingRelation(kind: .encloses), reference)) }
    }

    /// The span lies in another one, from its start to its end.
    ///
    /// - Parameter reference: The name that ``named(_:)`` gave the other span.
    /// - Returns: The expectation.
    public func during(_ reference: String) -> SpanExpectation {
        with { $0.timings.append((TimingRelation(kind: .during), reference)) }
    }
}
