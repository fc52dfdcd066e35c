public import QueuertOTel

/// What an attribute must be.
///
/// A literal stands for the value itself.
public struct AttributeMatcher: Sendable {
    /// What is wanted, as failures show it.
    let description: String
    /// Whether a value will do; `nil` if there is none.
    let matches: @Sendable (AttributeValue?) -> Bool

    /// There is a value, whatever it is.
    public static let any = AttributeMatcher(description: "anything") { $0 != nil }

    /// There is no such attribute.
    public static let absent = AttributeMatcher(description: "absent") { $0 == nil }

    /// The value is this one.
    ///
    /// - Parameter value: The value.
    /// - Returns: The matcher.
    public static func equal(to value: AttributeValue) -> AttributeMatcher {
        AttributeMatcher(description: SpanText.value(value)) { $0 == value }
    }

    /// There is a value, and a predicate holds for it.
    ///
    /// - Parameters:
    ///   - description: What the predicate asks for, as failures show it.
    ///   - predicate: Whether a value will do.
    /// - Returns: The matcher.
    public static func matching(
        _ description: String, _ predicate: @escaping @Sendable (AttributeValue) -> Bool
    ) -> AttributeMatcher {
        AttributeMatcher(description: description) { value in value.map(predicate) ?? false }
    }
}

extension AttributeMatcher: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    /// The value is this text.
    ///
    /// - Parameter value: The text.
    public init(stringLiteral value: String) { self = .equal(to: .string(value)) }
    /// The value is this whole number.
    ///
    /// - Parameter value: The number.
    public init(integerLiteral value: Int64) { self = .equal(to: .int(value)) }
    /// The value is this floating point number.
    ///
    /// - Parameter value: The number.
    public init(floatLiteral value: Double) { self = .equal(to: .double(value)) }
    /// The value is this truth value.
    ///
    /// - Parameter value: The truth value.
    public init(booleanLiteral value: Bool) { self = .equal(to: .bool(value)) }
}
