/// The members of an object.
struct PlainJSONObject<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let decoder: PlainJSONDecoder
    private let index: Int

    init(_ decoder: PlainJSONDecoder, at index: Int) {
        self.decoder = decoder
        self.index = index
    }

    var codingPath: [any CodingKey] { decoder.document.path(to: index) }
    var allKeys: [Key] { decoder.document.members(of: index).compactMap { Key(stringValue: $0.name) } }

    func contains(_ key: Key) -> Bool { decoder.value(named: key.stringValue, in: index) != nil }

    /// Where the value of a member is.
    private func place(of key: Key) throws -> Int {
        guard let place = decoder.value(named: key.stringValue, in: index) else {
            throw decoder.document.notFound(key, in: index)
        }
        return place
    }

    func decodeNil(forKey key: Key) throws -> Bool { decoder.document.isNull(at: try place(of: key)) }
    func decode(_: Bool.Type, forKey key: Key) throws -> Bool { try decoder.document.bool(at: place(of: key)) }
    func decode(_: String.Type, forKey key: Key) throws -> String { try decoder.document.string(at: place(of: key)) }
    func decode(_: Double.Type, forKey key: Key) throws -> Double { try decoder.document.number(at: place(of: key)) }
    func decode(_: Float.Type, forKey key: Key) throws -> Float { try decoder.document.number(at: place(of: key)) }
    func decode(_: Int.Type, forKey key: Key) throws -> Int { try decoder.document.integer(at: place(of: key)) }
    func decode(_: Int8.Type, forKey key: Key) throws -> Int8 { try decoder.document.integer(at: place(of: key)) }
    func decode(_: Int16.Type, forKey key: Key) throws -> Int16 { try decoder.document.integer(at: place(of: key)) }
    func decode(_: Int32.Type, forKey key: Key) throws -> Int32 { try decoder.document.integer(at: place(of: key)) }
    func decode(_: Int64.Type, forKey key: Key) throws -> Int64 { try decoder.document.integer(at: place(of: key)) }
    func decode(_: Int128.Type, forKey key: Key) throws -> Int128 { try decoder.document.integer(at: place(of: key)) }
    func decode(_: UInt.Type, forKey key: Key) throws -> UInt { try decoder.document.integer(at: place(of: key)) }
    func decode(_: UInt8.Type, forKey key: Key) throws -> UInt8 { try decoder.document.integer(at: place(of: key)) }
    func decode(_: UInt16.Type, forKey key: Key) throws -> UInt16 { try decoder.document.integer(at: place(of: key)) }
    func decode(_: UInt32.Type, forKey key: Key) throws -> UInt32 { try decoder.document.integer(at: place(of: key)) }
    func decode(_: UInt64.Type, forKey key: Key) throws -> UInt64 { try decoder.document.integer(at: place(of: key)) }
    func decode(_: UInt128.Type, forKey key: Key) throws -> UInt128 { try decoder.document.integer(at: place(of: key)) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder.decode(type, at: place(of: key))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder.container(keyedBy: type, at: place(of: key))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder.unkeyedContainer(at: place(of: key))
    }

    func superDecoder() -> any Decoder { decoder(for: PlainJSONKey.super) }
    func superDecoder(forKey key: Key) -> any Decoder { decoder(for: key) }

    /// A decoder of its own, for a null if there is no member.
    private func decoder(for key: some CodingKey) -> any Decoder {
        guard let place = decoder.value(named: key.stringValue, in: index) else {
            return PlainJSONDecoder(PlainJSONDocument(nullAt: codingPath + [key]), at: 0)
        }
        return PlainJSONDecoder(decoder.document, at: place)
    }
}
