/// Collects the parts of an expectation, each of which is made by a function such as ``metric(_:_:unit:points:)``.
@resultBuilder public enum ExpectationBuilder<Part> {
    /// Takes a part.
    ///
    /// - Parameter part: The part.
    /// - Returns: The part alone.
    public static func buildExpression(_ part: Part) -> [Part] { [part] }
    /// Takes parts that were made elsewhere.
    ///
    /// - Parameter parts: The parts.
    /// - Returns: The parts.
    public static func buildExpression(_ parts: [Part]) -> [Part] { parts }
    /// Joins parts.
    ///
    /// - Parameter parts: The parts of each statement.
    /// - Returns: All of them.
    public static func buildBlock(_ parts: [Part]...) -> [Part] { parts.flatMap { $0 } }
    /// Takes the parts of an `if` without `else`.
    ///
    /// - Parameter parts: The parts, if the condition held.
    /// - Returns: The parts.
    public static func buildOptional(_ parts: [Part]?) -> [Part] { parts ?? [] }
    /// Takes the parts of an `if`.
    ///
    /// - Parameter first: The parts.
    /// - Returns: The parts.
    public static func buildEither(first: [Part]) -> [Part] { first }
    /// Takes the parts of an `else`.
    ///
    /// - Parameter second: The parts.
    /// - Returns: The parts.
    public static func buildEither(second: [Part]) -> [Part] { second }
    /// Joins the parts of a loop.
    ///
    /// - Parameter parts: The parts of each turn.
    /// - Returns: All of them.
    public static func buildArray(_ parts: [[Part]]) -> [Part] { parts.flatMap { $0 } }
}
