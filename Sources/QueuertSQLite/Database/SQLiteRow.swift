public import Foundation

/// A row that a query returned.
///
/// A getter traps when the row has no such column, which is a mistake in the program, and returns `nil` when the column
/// is NULL or holds another kind of value.
public struct SQLiteRow: Sendable {
    /// The values, in the order of the query's columns.
    public let values: [SQLiteValue]
    let columns: SQLiteColumns

    /// The value of a column.
    ///
    /// - Parameter name: The column's name.
    public subscript(name: String) -> SQLiteValue {
        guard let index = columns.indices[name] else {
            preconditionFailure("The query has no column “\(name)”. It has: \(columns.names.joined(separator: ", ")).")
        }
        return values[index]
    }

    /// The value of a column.
    ///
    /// - Parameter index: The column's number, from zero.
    public subscript(index: Int) -> SQLiteValue { values[index] }

    /// A column's whole number.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func int(_ name: String) -> Int? { int64(name).flatMap { Int(exactly: $0) } }

    /// A column's whole number of 64 bits.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func int64(_ name: String) -> Int64? {
        guard case .integer(let value) = self[name] else { return nil }
        return value
    }

    /// A column's number, whole or not.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func double(_ name: String) -> Double? {
        switch self[name] {
        case .real(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// A column's truth value.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: Whether the number is not zero, or `nil`.
    public func bool(_ name: String) -> Bool? { int64(name).map { $0 != 0 } }

    /// A column's text.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The text, or `nil`.
    public func text(_ name: String) -> String? {
        guard case .text(let value) = self[name] else { return nil }
        return value
    }

    /// A column's bytes.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The bytes, or `nil`.
    public func blob(_ name: String) -> [UInt8]? {
        guard case .blob(let value) = self[name] else { return nil }
        return value
    }

    /// A column's moment, stored as seconds since 1970.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The moment, or `nil`.
    public func date(_ name: String) -> Date? { double(name).map(Date.init(timeIntervalSince1970:)) }
}

/// The names of a query's columns, shared by its rows.
final class SQLiteColumns: Sendable {
    let names: [String]
    let indices: [String: Int]

    init(_ names: [String]) {
        self.names = names
        indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
