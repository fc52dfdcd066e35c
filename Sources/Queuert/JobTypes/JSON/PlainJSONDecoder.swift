/// What a value decodes itself from.
struct PlainJSONDecoder: Decoder {
    let document: PlainJSONDocument
    let index: Int

    // Who asks where it is has it asked of Foundation, too, which keeps count of that.
    var codingPath: [any CodingKey] {
        document.leave()
        return []
    }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy _: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard document.nodes[index].kind == .object else { throw document.notPlain() }
        return KeyedDecodingContainer(PlainJSONObject<Key>(document: document, index: index))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard document.nodes[index].kind == .array else { throw document.notPlain() }
        return PlainJSONArray(document: document, index: index)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        PlainJSONScalar(document: document, index: index)
    }
}

private struct PlainJSONObject<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let document: PlainJSONDocument
    let index: Int

    var codingPath: [any CodingKey] {
        document.leave()
        return []
    }
    var allKeys: [Key] { document.names(in: index).compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { document.value(named: key.stringValue, in: index) != nil }

    private func place(of key: Key) throws -> Int {
        guard let place = document.value(named: key.stringValue, in: index) else { throw document.notPlain() }
        return place
    }

    func decodeNil(forKey key: Key) throws -> Bool { document.isNull(at: try place(of: key)) }
    func decode(_: Bool.Type, forKey key: Key) throws -> Bool { try document.bool(at: place(of: key)) }
    func decode(_: String.Type, forKey key: Key) throws -> String { try document.string(at: place(of: key)) }
    func decode(_: Double.Type, forKey key: Key) throws -> Double { try document.number(at: place(of: key)) }
    func decode(_: Float.Type, forKey key: Key) throws -> Float { try document.number(at: place(of: key)) }
    func decode(_: Int.Type, forKey key: Key) throws -> Int { try document.integer(at: place(of: key)) }
    func decode(_: Int8.Type, forKey key: Key) throws -> Int8 { try document.integer(at: place(of: key)) }
    func decode(_: Int16.Type, forKey key: Key) throws -> Int16 { try document.integer(at: place(of: key)) }
    func decode(_: Int32.Type, forKey key: Key) throws -> Int32 { try document.integer(at: place(of: key)) }
    func decode(_: Int64.Type, forKey key: Key) throws -> Int64 { try document.integer(at: place(of: key)) }
    func decode(_: UInt.Type, forKey key: Key) throws -> UInt { try document.integer(at: place(of: key)) }
    func decode(_: UInt8.Type, forKey key: Key) throws -> UInt8 { try document.integer(at: place(of: key)) }
    func decode(_: UInt16.Type, forKey key: Key) throws -> UInt16 { try document.integer(at: place(of: key)) }
    func decode(_: UInt32.Type, forKey key: Key) throws -> UInt32 { try document.integer(at: place(of: key)) }
    func decode(_: UInt64.Type, forKey key: Key) throws -> UInt64 { try document.integer(at: place(of: key)) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try document.decode(type, at: place(of: key))
    }

    private func decoder(forKey key: Key) throws -> PlainJSONDecoder {
        PlainJSONDecoder(document: document, index: try place(of: key))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder(forKey: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(forKey: key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { throw document.notPlain() }
    func superDecoder(forKey _: Key) throws -> any Decoder { throw document.notPlain() }
}

private struct PlainJSONArray: UnkeyedDecodingContainer {
    let document: PlainJSONDocument
    private let length: Int
    private(set) var currentIndex = 0
    /// The next element.
    private var place: Int

    init(document: PlainJSONDocument, index: Int) {
        self.document = document
        length = document.nodes[index].count
        place = index + 1
    }

    var codingPath: [any CodingKey] {
        document.leave()
        return []
    }
    var count: Int? { length }
    var isAtEnd: Bool { currentIndex >= length }

    /// Where the next element is, of which is decoded what passes over it.
    private mutating func next<Value>(_ decode: (PlainJSONDocument, Int) throws -> Value) throws -> Value {
        if isAtEnd { throw document.notPlain() }
        let value = try decode(document, place)
        place = document.nodes[place].next
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        if isAtEnd { throw document.notPlain() }
        // Only a null is passed over.
        guard document.isNull(at: place) else { return false }
        return try next { _, _ in true }
    }

    mutating func decode(_: Bool.Type) throws -> Bool { try next { try $0.bool(at: $1) } }
    mutating func decode(_: String.Type) throws -> String { try next { try $0.string(at: $1) } }
    mutating func decode(_: Double.Type) throws -> Double { try next { try $0.number(at: $1) } }
    mutating func decode(_: Float.Type) throws -> Float { try next { try $0.number(at: $1) } }
    mutating func decode(_: Int.Type) throws -> Int { try next { try $0.integer(at: $1) } }
    mutating func decode(_: Int8.Type) throws -> Int8 { try next { try $0.integer(at: $1) } }
    mutating func decode(_: Int16.Type) throws -> Int16 { try next { try $0.integer(at: $1) } }
    mutating func decode(_: Int32.Type) throws -> Int32 { try next { try $0.integer(at: $1) } }
    mutating func decode(_: Int64.Type) throws -> Int64 { try next { try $0.integer(at: $1) } }
    mutating func decode(_: UInt.Type) throws -> UInt { try next { try $0.integer(at: $1) } }
    mutating func decode(_: UInt8.Type) throws -> UInt8 { try next { try $0.integer(at: $1) } }
    mutating func decode(_: UInt16.Type) throws -> UInt16 { try next { try $0.integer(at: $1) } }
    mutating func decode(_: UInt32.Type) throws -> UInt32 { try next { try $0.integer(at: $1) } }
    mutating func decode(_: UInt64.Type) throws -> UInt64 { try next { try $0.integer(at: $1) } }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try next { try $0.decode(type, at: $1) }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try next { try PlainJSONDecoder(document: $0, index: $1).container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { try PlainJSONDecoder(document: $0, index: $1).unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { throw document.notPlain() }
}

private struct PlainJSONScalar: SingleValueDecodingContainer {
    let document: PlainJSONDocument
    let index: Int

    var codingPath: [any CodingKey] {
        document.leave()
        return []
    }

    func decodeNil() -> Bool { document.isNull(at: index) }
    func decode(_: Bool.Type) throws -> Bool { try document.bool(at: index) }
    func decode(_: String.Type) throws -> String { try document.string(at: index) }
    func decode(_: Double.Type) throws -> Double { try document.number(at: index) }
    func decode(_: Float.Type) throws -> Float { try document.number(at: index) }
    func decode(_: Int.Type) throws -> Int { try document.integer(at: index) }
    func decode(_: Int8.Type) throws -> Int8 { try document.integer(at: index) }
    func decode(_: Int16.Type) throws -> Int16 { try document.integer(at: index) }
    func decode(_: Int32.Type) throws -> Int32 { try document.integer(at: index) }
    func decode(_: Int64.Type) throws -> Int64 { try document.integer(at: index) }
    func decode(_: UInt.Type) throws -> UInt { try document.integer(at: index) }
    func decode(_: UInt8.Type) throws -> UInt8 { try document.integer(at: index) }
    func decode(_: UInt16.Type) throws -> UInt16 { try document.integer(at: index) }
    func decode(_: UInt32.Type) throws -> UInt32 { try document.integer(at: index) }
    func decode(_: UInt64.Type) throws -> UInt64 { try document.integer(at: index) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try document.decode(type, at: index) }
}
