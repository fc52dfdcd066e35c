internal import Foundation

/// Stores inputs and outputs as JSON, in the form that `Codable` gives them.
///
/// Dates are seconds since 2001, as `JSONEncoder` has them by default, and data is base64. What is written and read is what
/// Foundation's `JSONEncoder` and `JSONDecoder` write and read, but most of it takes a third of their time.
public struct JSONPayloadCodec: PayloadCodec {
    // To make one of these takes longer than to encode a small value. They may be used from several threads at once, and
    // nothing changes their settings after this.
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }()
    private static let decoder = JSONDecoder()

    /// Makes the codec.
    public init() {}

    /// Encodes a value as JSON.
    ///
    /// - Parameters:
    ///   - value: The input or output.
    ///   - kind: Not used.
    /// - Returns: The JSON.
    /// - Throws: `EncodingError` if JSON can't hold the value, such as a number that is infinite.
    public func encode<Value: Encodable>(_ value: Value, as kind: PayloadKind) throws -> String {
        if let text = PlainJSON.encode(value) { return text }
        return String(decoding: try Self.encoder.encode(value), as: UTF8.self)
    }

    /// Decodes a value of JSON.
    ///
    /// - Parameters:
    ///   - type: The type of the value.
    ///   - text: The JSON.
    ///   - kind: Not used.
    /// - Returns: The value.
    /// - Throws: `DecodingError` if the text is no JSON, or not that of such a value.
    public func decode<Value: Decodable>(
        _ type: Value.Type, from text: String, as kind: PayloadKind
    ) throws -> Value {
        if let value = PlainJSON.decode(type, from: text) { return value }
        return try Self.decoder.decode(type, from: Data(text.utf8))
    }
}
