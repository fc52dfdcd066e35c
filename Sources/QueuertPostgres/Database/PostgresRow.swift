public import Foundation

/// A row that a query returned, with each value as PostgreSQL writes it.
///
/// A getter traps when the row has no such column, which is a mistake in the program, and returns `nil` when the column
/// is NULL or holds what the getter can't read.
public struct PostgresRow: Sendable {
    /// The values as PostgreSQL writes them, in the order of the query's columns; `nil` for NULL.
    public let values: [String?]
    let columns: PostgresColumns

    /// The value of a column as PostgreSQL writes it.
    ///
    /// - Parameter name: The column's name.
    public subscript(name: String) -> String? {
        guard let index = columns.indices[name] else {
            preconditionFailure("The query has no column “\(name)”. It has: \(columns.names.joined(separator: ", ")).")
        }
        return values[index]
    }

    /// The value of a column as PostgreSQL writes it.
    ///
    /// - Parameter index: The column's number, from zero.
    public subscript(index: Int) -> String? { values[index] }

    /// A column's text: whatever its type, as PostgreSQL writes it.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The text, or `nil`.
    public func text(_ name: String) -> String? { self[name] }

    /// A column's whole number.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func int(_ name: String) -> Int? { self[name].flatMap { Int($0) } }

    /// A column's whole number of 64 bits.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func int64(_ name: String) -> Int64? { self[name].flatMap { Int64($0) } }

    /// A column's number, whole or not.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func double(_ name: String) -> Double? { self[name].flatMap { Double($0) } }

    /// A column's exact number.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func decimal(_ name: String) -> Decimal? { self[name].flatMap { Decimal(string: $0) } }

    /// A column's truth value.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The value, or `nil`.
    public func bool(_ name: String) -> Bool? {
        switch self[name] {
        case "t", "true": true
        case "f", "false": false
        default: nil
        }
    }

    /// A column's UUID.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The UUID, or `nil`.
    public func uuid(_ name: String) -> UUID? { self[name].flatMap { UUID(uuidString: $0) } }

    /// A column's bytes.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The bytes, or `nil`.
    public func bytes(_ name: String) -> [UInt8]? {
        guard let text = self[name], text.hasPrefix("\\x") else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for digit in text.utf8.dropFirst(2) {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            if let first = high {
                bytes.append(first << 4 | UInt8(value))
                high = nil
            } else {
                high = UInt8(value)
            }
        }
        return high == nil ? bytes : nil
    }

    /// A column's moment: of a date, or of a time with or without its zone; without one it is taken as UTC.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The moment, or `nil`.
    public func date(_ name: String) -> Date? {
        self[name].flatMap { PostgresTime.microseconds($0) }
            .map { Date(timeIntervalSince1970: Double($0) / 1_000_000) }
    }
}

/// The names of a query's columns, shared by its rows.
final class PostgresColumns: Sendable {
    let names: [String]
    let indices: [String: Int]

    init(_ names: [String]) {
        self.names = names
        indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
