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
