/// A trace as it should be.
public struct TraceExpectation: Sendable {
    var rootsRule = ChildrenRule()
    var occurrence = Occurrence.once
    let roots: [SpanExpectation]

    private func with(_ change: (inout TraceExpectation) -> Void) -> TraceExpectation {
        var copy = self
        change(&copy)
        return copy
    }

    /// The trace's root spans may have started in any order.
    ///
    /// - Returns: The expectation.
    public func unordered() -> TraceExpectation { with { $0.rootsRule.anyOrder = true } }

    /// There may be other root spans in the trace, too.
    ///
    /// - Returns: The expectation.
    public func containing() -> TraceExpectation { with { $0.rootsRule.othersAllowed = true } }

    /// There are several such traces.
    ///
    /// Fewer than 0 are a mistake that stops the program.
    ///
    /// - Parameter count: How many.
    /// - Returns: The expectation.
    public func repeated(_ count: Int) -> TraceExpectation { repeated(count...count) }

    /// There are as many such traces as a range allows.
    ///
    /// A range that begins below 0 is a mistake that stops the program.
    ///
    /// - Parameter counts: How many, such as `1...3`, `2...` or `...4`.
    /// - Returns: The expectation.
    public func repeated(_ counts: some RangeExpression<Int>) -> TraceExpectation {
        with { $0.occurrence = Occurrence(counts) }
    }

    /// The trace may be missing.
    ///
    /// - Returns: The expectation.
    public func optional() -> TraceExpectation { with { $0.occurrence = Occurrence(minimum: 0, maximum: 1) } }
}

/// A trace as it should be.
///
/// - Parameter roots: The spans of the trace that have no parent, or one that isn't recorded.
/// - Returns: The expectation.
public func trace(@SpanExpectationBuilder roots: () -> [SpanExpectation]) -> TraceExpectation {
    TraceExpectation(roots: roots())
}

/// All traces as they should be.
///
/// The order of traces doesn't matter. Each recorded trace must be expected, unless ``otherTracesAllowed()`` is among the
/// components.
public struct ForestExpectation: Sendable {
    var traces: [TraceExpectation] = []
    var othersAllowed = false
    var openSpansAllowed = true
    /// What must hold whatever is expected.
    var invariants = Set(TraceInvariant.allCases)

    /// Changes an expectation.
    public struct Component: Sendable {
        let apply: @Sendable (inout ForestExpectation) -> Void
    }
}

/// There may be other traces than those that are expected.
///
/// - Returns: A component for the closure of an expectation.
public func otherTracesAllowed() -> ForestExpectation.Component { .init { $0.othersAllowed = true } }

/// No span is open: whatever began has ended.
///
/// With this, ``TraceRecorder/expect(within:file:path:line:_:)`` waits for spans that are still open, and so can't miss one that
/// would have ended too late to be seen.
///
/// - Returns: A component for the closure of an expectation.
public func noOpenSpans() -> ForestExpectation.Component { .init { $0.openSpansAllowed = false } }

/// Nothing of what must hold for all traces is checked.
///
/// Say so where broken traces are the point of a test.
///
/// - Returns: A component for the closure of an expectation.
public func withoutInvariants() -> ForestExpectation.Component { .init { $0.invariants = [] } }

/// Some of what must hold for all traces isn't checked.
///
/// - Parameter invariants: What isn't checked.
/// - Returns: A component for the closure of an expectation.
public func without(_ invariants: TraceInvariant...) -> ForestExpectation.Component {
    .init { $0.invariants.subtract(invariants) }
}
