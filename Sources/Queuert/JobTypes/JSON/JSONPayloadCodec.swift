/// Stores inputs and outputs as JSON, in the form that `Codable` gives them.
///
/// Dates are seconds since 2001, as `JSONEncoder` has them by default, and data is base64. What is written and read is
/// what Foundation's `JSONEncoder` and `JSONDecoder` write and read, but most of it takes a third of their time. A type
/// with an `init(from:)` or an `encode(to:)` of its own finds there what it finds with Foundation, errors and paths
/// included.
///
/// A value decodes itself once. It encodes itself once, too, unless only Foundation can say what comes of it: then it
/// does so again, for Foundation. That happens if it
///
/// - uses an encoder or a container of another value after that one has encoded itself;
/// - asks for two different kinds of containers, or encodes more than one value in place of itself;
/// - catches the error of a value that has encoded a part of itself;
/// - adds to an array while it keeps an encoder that the array's `superEncoder()` has given it before;
/// - has more than 511 objects and arrays in each other.
public struct JSONPayloadCodec: PayloadCodec {
    /// Makes the codec.
    public init() {}

    /// Encodes a value as JSON.
    ///
    /// - Parameters:
    ///   - value: The input or output.
    ///   - kind: Not used.
    /// - Returns: The JSON.
    /// - Throws: `EncodingError` if JSON can't hold the value, such as a number that is infinite, or the value's error.
    public func encode<Value: Encodable>(_ value: Value, as kind: PayloadKind) throws -> String {
        try PlainJSON.encode(value) ?? FoundationJSON.encode(value)
    }

    /// Decodes a value of JSON.
    ///
    /// - Parameters:
    ///   - type: The type of the value.
    ///   - text: The JSON.
    ///   - kind: Not used.
    /// - Returns: The value.
    /// - Throws: `DecodingError` if the text is no JSON, or not that of such a value, or the value's error.
    public func decode<Value: Decodable>(
        _ type: Value.Type, from text: String, as kind: PayloadKind
    ) throws -> Value {
        if let decoder = PlainJSONDecoder(text) { return try decoder.decode(type) }
        return try FoundationJSON.decode(type, from: text.utf8)
    }
}
