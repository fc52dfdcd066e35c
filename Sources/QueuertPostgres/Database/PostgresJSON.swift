public import Foundation

/// A value that is passed as JSON, for `json` and `jsonb`.
///
/// ```swift
/// try db.execute("UPDATE orders SET address = $1 WHERE id = $2", [PostgresJSON(address), id])
/// ```
///
/// ``PostgresRow/json(_:as:decoder:)`` reads it.
public struct PostgresJSON: PostgresBindable, Sendable {
    /// The JSON.
    public let text: String

    /// Encodes a value.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - encoder: How to encode it; as `JSONEncoder` does by default.
    /// - Throws: `EncodingError` if JSON can't hold the value, such as a number that is infinite.
    public init(_ value: some Encodable, encoder: JSONEncoder = JSONEncoder()) throws {
        text = String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Passed as JSON.
    public var postgresValue: PostgresValue { .text(text) }
}
