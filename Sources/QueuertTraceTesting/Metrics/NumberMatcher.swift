/// What a number must be.
///
/// A literal stands for the number itself.
public struct NumberMatcher: Sendable {
    /// What is wanted, as failures show it.
    let description: String
    let matches: @Sendable (Double) -> Bool

    /// The number is this one.
    ///
    /// - Parameter value: The number.
    /// - Returns: The matcher.
    public static func equal(to value: Double) -> NumberMatcher {
        NumberMatcher(description: text(value)) { $0 == value }
    }

    /// The number is this one or greater.
    ///
    /// - Parameter value: The number.
    /// - Returns: The matcher.
    public static func atLeast(_ value: Double) -> NumberMatcher {
        NumberMatcher(description: "\(text(value)) or more") { $0 >= value }
    }

    /// The number is this one or less.
    ///
    /// - Parameter value: The number.
    /// - Returns: The matcher.
    public static func atMost(_ value: Double) -> NumberMatcher {
        NumberMatcher(description: "\(text(value)) or less") { $0 <= value }
    }

    /// The number is within bounds.
    ///
    /// - Parameter range: The bounds, both allowed.
    /// - Returns: The matcher.
    public static func between(_ range: ClosedRange<Double>) -> NumberMatcher {
        NumberMatcher(description: "\(text(range.lowerBound)) to \(text(range.upperBound))") { range.contains($0) }
    }

    /// A number, without a fraction where it has none.
    static func text(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

extension NumberMatcher: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// The number is this whole one.
    ///
    /// - Parameter value: The number.
    public init(integerLiteral value: Int) { self = .equal(to: Double(value)) }
    /// The number is this one.
    ///
    /// - Parameter value: The number.
    public init(floatLiteral value: Double) { self = .equal(to: value) }
}
