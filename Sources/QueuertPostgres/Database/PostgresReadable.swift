public import Foundation

/// A value that can be read from a column, by ``PostgresRow/value(_:as:)``.
///
/// What can be passed to a statement can be read, but for JSON, which has ``PostgresRow/json(_:as:decoder:)``. An optional is
/// `nil` where the column is NULL; nothing else can be read from NULL.
public protocol PostgresReadable {
    /// Reads a value, or is `nil` if it is none of this type.
    ///
    /// - Parameter postgresText: The value as PostgreSQL writes it; `nil` for NULL.
    init?(postgresText: String?)
}

extension PostgresReadable where Self: LosslessStringConvertible {
    /// Reads a value that PostgreSQL writes as Swift does, or is `nil` if it is none of this type.
    ///
    /// - Parameter postgresText: The value as PostgreSQL writes it; `nil` for NULL.
    public init?(postgresText: String?) {
        guard let postgresText else { return nil }
        self.init(postgresText)
    }
}

extension String: PostgresReadable {}
extension Int: PostgresReadable {}
extension Int64: PostgresReadable {}
extension Int32: PostgresReadable {}
extension Int16: PostgresReadable {}
extension UInt8: PostgresReadable {}
extension Double: PostgresReadable {}
extension Float: PostgresReadable {}
extension Decimal: PostgresReadable {
    /// Reads an exact number, or is `nil` if it is none.
    ///
    /// - Parameter postgresText: The value as PostgreSQL writes it; `nil` for NULL.
    public init?(postgresText: String?) {
        // Foundation takes the number that a text begins with, whatever follows.
        guard let postgresText, let number = Double(postgresText), number.isFinite,
            let value = Decimal(string: postgresText)
        else { return nil }
        self = value
    }
}
extension Bool: PostgresReadable {
    /// Reads a truth value, or is `nil` if it is none.
    ///
    /// - Parameter postgresText: The value as PostgreSQL writes it; `nil` for NULL.
    public init?(postgresText: String?) {
        switch postgresText {
        case "t", "true": self = true
        case "f", "false": self = false
        default: return nil
        }
    }
}
extension UUID: PostgresReadable {
    /// Reads a UUID, or is `nil` if it is none.
    ///
    /// - Parameter postgresText: The value as PostgreSQL writes it; `nil` for NULL.
    public init?(postgresText: String?) {
        guard let postgresText, let value = UUID(uuidString: postgresText) else { return nil }
        self = value
    }
}
extension Data: PostgresReadable {
    /// Reads bytes, or is `nil` if it is none of `bytea`.
    ///
    /// - Parameter postgresText: The value as PostgreSQL writes it; `nil` for NULL.
    public init?(postgresText: String?) {
        guard let postgresText, let bytes = [UInt8](hexadecimal: postgresText) else { return nil }
        self.init(bytes)
    }
}
extension Date: PostgresReadable {
    /// Reads the moment of a date, or of a time with or without its zone, or is `nil` if it is none.
    ///
    /// Without a zone it is taken as UTC.
    ///
    /// - Parameter postgresText: The value as PostgreSQL writes it; `nil` for NULL.
    public init?(postgresText: String?) {
        guard let postgresText, let microseconds = PostgresTime.microseconds(postgresText) else { return nil }
        self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}
extension Optional: PostgresReadable where Wrapped: PostgresReadable {
    /// Reads a value where there is one; the outer `nil` is what can't be read, NULL the inner.
    ///
    /// - Parameter postgresText: The value as PostgreSQL writes it; `nil` for NULL.
    public init?(postgresText: String?) {
        if postgresText == nil {
            self = .none
        } else {
            guard let value = Wrapped(postgresText: postgresText) else { return nil }
            self = .some(value)
        }
    }
}
extension Array: PostgresReadable where Element: PostgresReadable {
    /// Reads an array, or the bytes of `bytea`; is `nil` if an element is none of the type.
    ///
    /// - Parameter postgresText: The value as PostgreSQL writes it; `nil` for NULL.
    public init?(postgresText: String?) {
        guard let postgresText else { return nil }
        if Element.self == UInt8.self, let bytes = [UInt8](hexadecimal: postgresText) as? [Element] {
            self = bytes
            return
        }
        var parser = PostgresArrayParser(postgresText)
        guard let elements = parser.elements() else { return nil }
        var values: [Element] = []
        for element in elements {
            // An array inside is not the text that stands for it.
            guard !element.isArray || Element.self is any PostgresArray.Type,
                let value = Element(postgresText: element.text)
            else { return nil }
            values.append(value)
        }
        self = values
    }
}

extension [UInt8] {
    /// The bytes of `bytea` as PostgreSQL writes it: `\x` and two digits for each.
    init?(hexadecimal text: String) {
        guard text.hasPrefix("\\x") else { return nil }
        self = []
        reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for digit in text.utf8.dropFirst(2) {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            if let first = high {
                append(first << 4 | UInt8(value))
                high = nil
            } else {
                high = UInt8(value)
            }
        }
        if high != nil { return nil }
    }
}
