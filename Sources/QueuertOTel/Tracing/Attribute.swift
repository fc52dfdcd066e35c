/// The value of an attribute.
public enum AttributeValue: Hashable, Sendable {
    /// Text.
    case string(String)
    /// A truth value.
    case bool(Bool)
    /// A whole number.
    case int(Int64)
    /// A floating point number.
    case double(Double)
    /// Values of one kind, in order.
    case array([AttributeValue])
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    /// Makes a text value of a literal.
    ///
    /// - Parameter value: The text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Makes a whole number of a literal.
    ///
    /// - Parameter value: The number.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// Makes a floating point number of a literal.
    ///
    /// - Parameter value: The number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Makes a truth value of a literal.
    ///
    /// - Parameter value: The truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Makes an array of a literal.
    ///
    /// - Parameter elements: The values.
    public init(arrayLiteral elements: AttributeValue...) { self = .array(elements) }
}

/// A named value on a span, an event, a link, a scope or a resource.
public struct Attribute: Hashable, Sendable {
    /// The name, such as `messaging.system`.
    public var key: String
    /// The value.
    public var value: AttributeValue

    /// Makes an attribute.
    ///
    /// - Parameters:
    ///   - key: The name.
    ///   - value: The value.
    public init(_ key: String, _ value: AttributeValue) {
        self.key = key
        self.value = value
    }
}

/// The library that made a span.
public struct InstrumentationScope: Hashable, Sendable {
    /// The library's name.
    public var name: String
    /// The library's version.
    public var version: String
    /// Which version of the semantic conventions its attributes follow; empty if it doesn't say.
    public var schemaURL: String

    /// Makes a scope.
    ///
    /// - Parameters:
    ///   - name: The library's name.
    ///   - version: The library's version.
    ///   - schemaURL: The version of the semantic conventions that its attributes follow.
    public init(name: String, version: String = "", schemaURL: String = "") {
        self.name = name
        self.version = version
        self.schemaURL = schemaURL
    }
}
