public import Foundation

/// A value that a statement is given, in the form in which PostgreSQL reads it.
public enum PostgresValue: Hashable, Sendable {
    /// No value.
    case null
    /// Text in the form of whatever type the statement has at that place: `17`, `true`, `2030-01-01`, `{a,b}`.
    case text(String)
    /// Bytes, for `bytea`.
    case bytes([UInt8])
}

/// A value that a statement can be given.
///
/// `Int`, `Int64`, `Int32`, `Int16`, `Double`, `Float`, `Decimal`, `Bool`, `String`, `UUID`, `Date`, `Data` and `[UInt8]` are; so
/// are arrays and optionals of these, and with ``PostgresJSON`` whatever can be encoded.
public protocol PostgresBindable {
    /// The value in the form in which PostgreSQL reads it.
    var postgresValue: PostgresValue { get }
}

extension PostgresValue: PostgresBindable {
    /// The value itself.
    public var postgresValue: PostgresValue { self }
}
extension String: PostgresBindable {
    /// Passed as text.
    public var postgresValue: PostgresValue { .text(self) }
}
extension Int: PostgresBindable {
    /// Passed as a whole number.
    public var postgresValue: PostgresValue { .text(String(self)) }
}
extension Int64: PostgresBindable {
    /// Passed as a whole number.
    public var postgresValue: PostgresValue { .text(String(self)) }
}
extension Int32: PostgresBindable {
    /// Passed as a whole number.
    public var postgresValue: PostgresValue { .text(String(self)) }
}
extension Int16: PostgresBindable {
    /// Passed as a whole number.
    public var postgresValue: PostgresValue { .text(String(self)) }
}
extension UInt8: PostgresBindable {
    /// Passed as a whole number; an array of them is passed as bytes.
    public var postgresValue: PostgresValue { .text(String(self)) }
}
extension Float: PostgresBindable {
    /// Passed as a floating point number.
    public var postgresValue: PostgresValue { isFinite ? .text(description) : Double(self).postgresValue }
}
extension Double: PostgresBindable {
    /// Passed as a floating point number.
    public var postgresValue: PostgresValue {
        if isNaN { return .text("NaN") }
        if isInfinite { return .text(self < 0 ? "-Infinity" : "Infinity") }
        return .text(description)
    }
}
extension Decimal: PostgresBindable {
    /// Passed as an exact number.
    public var postgresValue: PostgresValue { .text(description) }
}
extension Bool: PostgresBindable {
    /// Passed as a truth value.
    public var postgresValue: PostgresValue { .text(self ? "true" : "false") }
}
extension UUID: PostgresBindable {
    /// Passed as a UUID.
    public var postgresValue: PostgresValue { .text(uuidString) }
}
extension Data: PostgresBindable {
    /// Passed as bytes.
    public var postgresValue: PostgresValue { .bytes([UInt8](self)) }
}
extension Date: PostgresBindable {
    /// Passed as a moment, to the microsecond; the server refuses one that is beyond its calendar.
    public var postgresValue: PostgresValue {
        let microseconds = Int64(exactly: (timeIntervalSince1970 * 1_000_000).rounded())
        // No type of a moment takes these words.
        return .text(microseconds.map { PostgresTime.text(microseconds: $0) } ?? "out of range")
    }
}
extension Optional: PostgresBindable where Wrapped: PostgresBindable {
    /// Passed as the value, or as NULL.
    public var postgresValue: PostgresValue { self?.postgresValue ?? .null }
}
extension Array: PostgresBindable where Element: PostgresBindable {
    /// Passed as an array; one of bytes as bytes, for `bytea`.
    public var postgresValue: PostgresValue {
        if Element.self == UInt8.self, let bytes = self as? [UInt8] { return .bytes(bytes) }
        var literal = "{"
        for (index, element) in enumerated() {
            if index > 0 { literal += "," }
            switch element.postgresValue {
            case .null: literal += "NULL"
            case .bytes(let bytes): literal += "\"\\\\x" + bytes.map(\.hex).joined() + "\""
            case .text(let text):
                // Arrays inside arrays are literals of their own.
                if Element.self is any PostgresArray.Type {
                    literal += text
                } else {
                    literal += "\""
                    for character in text.unicodeScalars {
                        if character == "\"" || character == "\\" { literal += "\\" }
                        literal.unicodeScalars.append(character)
                    }
                    literal += "\""
                }
            }
        }
        return .text(literal + "}")
    }
}

/// What is an array inside an array.
protocol PostgresArray {}
extension Array: PostgresArray {}
extension Optional: PostgresArray where Wrapped: PostgresArray {}

extension UInt8 {
    /// Two digits.
    var hex: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
