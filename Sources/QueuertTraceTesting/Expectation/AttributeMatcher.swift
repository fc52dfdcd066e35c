public import QueuertOTel

/// What an attribute must be.
///
/// A literal stands for the value itself.
public struct AttributeMatcher: Sendable {
    /// How the value relates to those of other spans.
    enum Comparison: Hashable, Sendable {
        case same(String)
        case distinct(String)
    }

    /// What is wanted, as failures show it.
    let description: String
    /// Whether a value will do; `nil` if there is none.
    let matches: @Sendable (AttributeValue?) -> Bool
    /// What else is wanted, which the value alone can't tell.
    var comparison: Comparison?

    init(description: String, matches: @escaping @Sendable (AttributeValue?) -> Bool) {
        self.description = description
        self.matches = matches
    }

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

    /// The value is text.
    public static let anyString = kind("any text") { if case .string = $0 { true } else { false } }

    /// The value is a whole number.
    public static let anyInt = kind("any whole number") { if case .int = $0 { true } else { false } }

    /// The value is a floating point number.
    public static let anyDouble = kind("any floating point number") { if case .double = $0 { true } else { false } }

    /// The value is true or false.
    public static let anyBool = kind("true or false") { if case .bool = $0 { true } else { false } }

    /// The value is a UUID in its usual form, of any version.
    public static let anyUUID = kind("any UUID") { if case .string(let text) = $0 { isUUID(text) } else { false } }

    /// The value is an array that has certain elements, among others.
    ///
    /// - Parameter elements: The elements.
    /// - Returns: The matcher.
    public static func containing(_ elements: AttributeValue...) -> AttributeMatcher {
        kind("containing " + SpanText.value(.array(elements))) { value in
            if case .array(let found) = value { elements.allSatisfy(found.contains) } else { false }
        }
    }

    /// The value is the same in each span that mentions this name.
    ///
    /// Only attributes of spans are compared so: an expectation that asks it of an event, a point of a metric or a log record is
    /// refused with an ``InvalidTraceExpectation``.
    ///
    /// Within a part that is repeated, a name that is mentioned nowhere else stands for another value in each repetition.
    /// ``TraceMatch/subscript(value:)`` tells the value.
    ///
    /// - Parameter name: A name for the value.
    /// - Returns: The matcher.
    public static func same(_ name: String) -> AttributeMatcher {
        var matcher = kind("the same as each «\(name)»") { _ in true }
        matcher.comparison = .same(name)
        return matcher
    }

    /// The value is another one in each span that mentions this name, and in each repetition.
    ///
    /// Only attributes of spans are compared so: an expectation that asks it of an event, a point of a metric or a log record is
    /// refused with an ``InvalidTraceExpectation``.
    ///
    /// - Parameter name: A name for the values.
    /// - Returns: The matcher.
    public static func distinct(_ name: String) -> AttributeMatcher {
        var matcher = kind("another than each other «\(name)»") { _ in true }
        matcher.comparison = .distinct(name)
        return matcher
    }

    private static func kind(
        _ description: String, _ predicate: @escaping @Sendable (AttributeValue) -> Bool
    ) -> AttributeMatcher {
        AttributeMatcher(description: description) { value in value.map(predicate) ?? false }
    }

    /// Whether a text has the form of a UUID: 32 hexadecimal digits in five groups.
    static func isUUID(_ text: String) -> Bool {
        text.utf8.count == 36
            && text.utf8.enumerated().allSatisfy { position, byte in
                [8, 13, 18, 23].contains(position)
                    ? byte == UInt8(ascii: "-") : Character(Unicode.Scalar(byte)).isHexDigit
            }
    }

    /// There is a value, and a predicate holds for it.
    ///
    /// - Parameters:
    ///   - description: What the predicate asks for, as failures show it.
    ///   - predicate: Whether a value will do.
    /// - Returns: The matcher.
    public static func matching(
        _ description: String, _ predicate: @escaping @Sendable (AttributeValue) -> Bool
    ) -> AttributeMatcher { kind(description, predicate) }
}

extension [(key: String, matcher: AttributeMatcher)] {
    /// Refuses values that are compared with each other, where they aren't those of spans.
    ///
    /// - Parameter owner: What has the attributes, in words.
    /// - Throws: ``InvalidTraceExpectation`` for the first.
    func refuseComparisons(of owner: String) throws(InvalidTraceExpectation) {
        for (key, matcher) in self where matcher.comparison != nil {
            throw InvalidTraceExpectation(
                code: .comparisonOutsideSpan,
                message: "\(key) of \(owner) should be \(matcher.description), which only attributes of spans can be.",
                hint:
                    "Give the value: that of a span is in the TraceMatch of its expectation, by the name it has there.")
        }
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
