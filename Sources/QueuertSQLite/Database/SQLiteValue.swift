public import Foundation

/// A value as SQLite stores it.
public enum SQLiteValue: Hashable, Sendable {
    /// No value.
    case null
    /// A whole number.
    case integer(Int64)
    /// A floating point number.
    case real(Double)
    /// Text.
    case text(String)
    /// Bytes.
    case blob([UInt8])
}

/// A value that a statement can be given.
public protocol SQLiteBindable {
    /// The value as SQLite stores it.
    var sqliteValue: SQLiteValue { get }
}

extension SQLiteValue: SQLiteBindable {
    /// The value itself.
    public var sqliteValue: SQLiteValue { self }
}
extension String: SQLiteBindable {
    /// Stored as text.
    public var sqliteValue: SQLiteValue { .text(self) }
}
extension Int: SQLiteBindable {
    /// Stored as a whole number.
    public var sqliteValue: SQLiteValue { .integer(Int64(self)) }
}
extension Int64: SQLiteBindable {
    /// Stored as a whole number.
    public var sqliteValue: SQLiteValue { .integer(self) }
}
extension Double: SQLiteBindable {
    /// Stored as a floating point number.
    public var sqliteValue: SQLiteValue { .real(self) }
}
extension Bool: SQLiteBindable {
    /// Stored as 1 or 0.
    public var sqliteValue: SQLiteValue { .integer(self ? 1 : 0) }
}
extension Array: SQLiteBindable where Element == UInt8 {
    /// Stored as a blob.
    public var sqliteValue: SQLiteValue { .blob(self) }
}
extension Data: SQLiteBindable {
    /// Stored as a blob.
    public var sqliteValue: SQLiteValue { .blob([UInt8](self)) }
}
extension Date: SQLiteBindable {
    /// Stored as seconds since 1970, which SQLite's date functions take with the modifier `unixepoch`.
    public var sqliteValue: SQLiteValue { .real(timeIntervalSince1970) }
}
