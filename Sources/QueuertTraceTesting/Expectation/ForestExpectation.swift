/// A trace as it should be.
public struct TraceExpectation: Sendable {
    var rootsRule = ChildrenRule()
    let roots: [SpanExpectation]

    /// The trace's root spans may have started in any order.
    ///
    /// - Returns: The expectation.
    public func unordered() -> TraceExpectation {
        TraceExpectation(
            rootsRule: .init(anyOrder: true, othersAllowed: rootsRule.othersAllowed), roots: roots)
    }

    /// There may be other root spans in the trace, too.
    ///
    /// - Returns: The expectation.
    public func containing() -> TraceExpectation {
        TraceExpectation(rootsRule: .init(anyOrder: rootsRule.anyOrder, othersAllowed: true), roots: roots)
    }
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
    var checksInvariants = true

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
/// With this, ``TraceRecorder/expect(within:file:line:_:)`` waits for spans that are still open, and so can't miss one that
/// would have ended too late to be seen.
///
/// - Returns: A component for the closure of an expectation.
public func noOpenSpans() -> ForestExpectation.Component { .init { $0.openSpansAllowed = false } }

/// What must hold for all traces isn't checked.
///
/// Say so where broken traces are the point of a test.
///
/// - Returns: A component for the closure of an expectation.
public func withoutInvariants() -> ForestExpectation.Component { .init { $0.checksInvariants = false } }

/// Collects the traces that are expected.
@resultBuilder public enum ForestExpectationBuilder {
    /// Takes a trace.
    ///
    /// - Parameter trace: The trace.
    /// - Returns: The trace alone.
    public static func buildExpression(_ trace: TraceExpectation) -> [ForestExpectation.Component] {
        [.init { $0.traces.append(trace) }]
    }
    /// Takes traces that were made elsewhere.
    ///
    /// - Parameter traces: The traces.
    /// - Returns: The traces.
    public static func buildExpression(_ traces: [TraceExpectation]) -> [ForestExpectation.Component] {
        [.init { $0.traces += traces }]
    }
    /// Takes what isn't a trace, such as ``otherTracesAllowed()``.
    ///
    /// - Parameter component: The component.
    /// - Returns: The component alone.
    public static func buildExpression(_ component: ForestExpectation.Component) -> [ForestExpectation.Component] {
        [component]
    }
    /// Joins components.
    ///
    /// - Parameter parts: The components of each statement.
    /// - Returns: All of them.
    public static func buildBlock(_ parts: [ForestExpectation.Component]...) -> [ForestExpectation.Component] {
        parts.flatMap { $0 }
    }
    /// Takes the components of an `if` without `else`.
    ///
    /// - Parameter part: The components, if the condition held.
    /// - Returns: The components.
    public static func buildOptional(_ part: [ForestExpectation.Component]?) -> [ForestExpectation.Component] {
        part ?? []
    }
    /// Takes the components of an `if`.
    ///
    /// - Parameter first: The components.
    /// - Returns: The components.
    public static func buildEither(first: [ForestExpectation.Component]) -> [ForestExpectation.Component] { first }
    /// Takes the components of an `else`.
    ///
    /// - Parameter second: The components.
    /// - Returns: The components.
    public static func buildEither(second: [ForestExpectation.Component]) -> [ForestExpectation.Component] { second }
    /// Joins the components of a loop.
    ///
    /// - Parameter parts: The components of each turn.
    /// - Returns: All of them.
    public static func buildArray(_ parts: [[ForestExpectation.Component]]) -> [ForestExpectation.Component] {
        parts.flatMap { $0 }
    }
    /// Makes an expectation of all components.
    ///
    /// - Parameter components: The components.
    /// - Returns: The expectation.
    public static func buildFinalResult(_ components: [ForestExpectation.Component]) -> ForestExpectation {
        components.reduce(into: ForestExpectation()) { $1.apply(&$0) }
    }
}
