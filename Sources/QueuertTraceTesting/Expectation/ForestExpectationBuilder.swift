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
