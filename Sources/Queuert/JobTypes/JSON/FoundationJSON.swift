internal import Foundation

/// Foundation's encoder and decoder, as the codec sets them.
enum FoundationJSON {
    // To make one of these takes longer than to encode a small value. They may be used from several threads at once,
    // and nothing changes their settings after this.
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }()
    private static let decoder = JSONDecoder()

    static func encode<Value: Encodable>(_ value: Value) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from json: some Sequence<UInt8>) throws -> Value {
        try decoder.decode(type, from: Data(json))
    }

    /// Whether Foundation has a form of its own for a type, other than the one that the type gives itself.
    static func hasOwnForm(of type: Any.Type) -> Bool {
        type == Data.self || type == URL.self || type == Decimal.self
    }

    /// Whether Foundation refuses a null before it asks the type.
    static func refusesNull(as type: Any.Type) -> Bool { type == Date.self }
}
