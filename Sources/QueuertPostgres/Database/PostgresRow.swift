public import Foundation

/// A row that a query returned, with each value as PostgreSQL writes it.
///
/// A getter traps when the row has no such column, which is a mistake in the program. Those that are named after a type return
/// `nil` when the column is NULL or holds what they can't read; ``value(_:as:)`` and ``json(_:as:decoder:)`` tell the two
/// apart, and throw what is not as expected.
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

    /// A column's value, of the type that the program expects.
    ///
    /// ```swift
    /// let count = try row.value("count", as: Int.self)
    /// let tags = try row.value("tags", as: [String]?.self)
    /// ```
    ///
    /// - Parameters:
    ///   - name: The column's name.
    ///   - type: The type: an optional if the column may be NULL, an array if it is one.
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` if the column is NULL and the type no optional, or if it holds no such value.
    public func value<Value: PostgresReadable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        let text = self[name]
        guard let value = Value(postgresText: text) else {
            throw PostgresError.unexpectedValue(of: name, as: type, isNull: text == nil)
        }
        return value
    }

    /// What a column of JSON holds.
    ///
    /// - Parameters:
    ///   - name: The column's name.
    ///   - type: The type: an optional if the column may be NULL, which is read as JSON's `null` is.
    ///   - decoder: How to decode it; as `JSONDecoder` does by default.
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` if the column holds no JSON, or not that of such a value.
    public func json<Value: Decodable>(
        _ name: String, as type: Value.Type = Value.self, decoder: JSONDecoder = JSONDecoder()
    ) throws -> Value {
        let text = self[name]
        do {
            return try decoder.decode(type, from: Data((text ?? "null").utf8))
        } catch {
            // What the decoder says may quote the value.
            throw PostgresError.unexpectedValue(of: name, as: type, isNull: text == nil)
        }
    }

    /// A column's text: whatever its type, as PostgreSQL writes it.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The text, or `nil`.
    public func text(_ name: String) -> String? { self[name] }

    /// A column's whole number.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func int(_ name: String) -> Int? { Int(postgresText: self[name]) }

    /// A column's whole number of 64 bits.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func int64(_ name: String) -> Int64? { Int64(postgresText: self[name]) }

    /// A column's number, whole or not.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func double(_ name: String) -> Double? { Double(postgresText: self[name]) }

    /// A column's exact number.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The number, or `nil`.
    public func decimal(_ name: String) -> Decimal? { Decimal(postgresText: self[name]) }

    /// A column's truth value.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The value, or `nil`.
    public func bool(_ name: String) -> Bool? { Bool(postgresText: self[name]) }

    /// A column's UUID.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The UUID, or `nil`.
    public func uuid(_ name: String) -> UUID? { UUID(postgresText: self[name]) }

    /// A column's bytes.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The bytes, or `nil`.
    public func bytes(_ name: String) -> [UInt8]? { self[name].flatMap { [UInt8](hexadecimal: $0) } }

    /// A column's array.
    ///
    /// - Parameters:
    ///   - name: The column's name.
    ///   - type: The type of the elements: an optional if some may be NULL, an array if the array holds arrays.
    /// - Returns: The elements, or `nil`.
    public func array<Element: PostgresReadable>(
        _ name: String, as type: Element.Type = Element.self
    ) -> [Element]? {
        [Element](postgresText: self[name])
    }

    /// A column's moment: of a date, or of a time with or without its zone; without one it is taken as UTC.
    ///
    /// - Parameter name: The column's name.
    /// - Returns: The moment, or `nil`.
    public func date(_ name: String) -> Date? { Date(postgresText: self[name]) }
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
