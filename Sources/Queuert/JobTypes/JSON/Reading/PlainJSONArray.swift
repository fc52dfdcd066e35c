/// The elements of an array, one after the other.
struct PlainJSONArray: UnkeyedDecodingContainer {
    private let decoder: PlainJSONDecoder
    private let index: Int
    private(set) var currentIndex = 0
    /// Where the next element is.
    private var place: Int

    init(_ decoder: PlainJSONDecoder, at index: Int) {
        self.decoder = decoder
        self.index = index
        place = index + 1
    }

    private var length: Int { decoder.document.nodes[index].count }
    var codingPath: [any CodingKey] { decoder.document.path(to: index) }
    var count: Int? { length }
    var isAtEnd: Bool { currentIndex >= length }

    // MARK: Going on

    private mutating func advance() {
        if !isAtEnd { place = decoder.document.nodes[place].next }
        // Foundation's counts on at the end, too.
        currentIndex += 1
    }

    /// Passes over the next element if it can be decoded.
    private mutating func next<Value>(
        as type: Any.Type, _ decode: (PlainJSONDecoder, Int) throws -> Value
    ) throws -> Value {
        if isAtEnd { throw decoder.document.atEnd(type, of: index, at: currentIndex) }
        let value = try decode(decoder, place)
        advance()
        return value
    }

    private mutating func scalar<Value>(_ decode: (PlainJSONDocument, Int) throws -> Value) throws -> Value {
        try next(as: Value.self) { try decode($0.document, $1) }
    }

    /// Passes over a null, too, and over the end.
    private mutating func nextIfPresent<Value>(_ decode: (inout Self) throws -> Value) throws -> Value? {
        if !isAtEnd, !decoder.document.isNull(at: place) { return try decode(&self) }
        advance()
        return nil
    }

    // MARK: Elements

    mutating func decodeNil() throws -> Bool {
        if isAtEnd { throw decoder.document.atEnd(Never.self, of: index, at: currentIndex) }
        // Nothing but a null is passed over.
        guard decoder.document.isNull(at: place) else { return false }
        advance()
        return true
    }

    mutating func decode(_: Bool.Type) throws -> Bool { try scalar { try $0.bool(at: $1) } }
    mutating func decode(_: String.Type) throws -> String { try scalar { try $0.string(at: $1) } }
    mutating func decode(_: Double.Type) throws -> Double { try scalar { try $0.number(at: $1) } }
    mutating func decode(_: Float.Type) throws -> Float { try scalar { try $0.number(at: $1) } }
    mutating func decode(_: Int.Type) throws -> Int { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: Int8.Type) throws -> Int8 { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: Int16.Type) throws -> Int16 { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: Int32.Type) throws -> Int32 { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: Int64.Type) throws -> Int64 { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: Int128.Type) throws -> Int128 { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: UInt.Type) throws -> UInt { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: UInt8.Type) throws -> UInt8 { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: UInt16.Type) throws -> UInt16 { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: UInt32.Type) throws -> UInt32 { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: UInt64.Type) throws -> UInt64 { try scalar { try $0.integer(at: $1) } }
    mutating func decode(_: UInt128.Type) throws -> UInt128 { try scalar { try $0.integer(at: $1) } }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try next(as: type) { try $0.decode(type, at: $1) }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try next(as: KeyedDecodingContainer<NestedKey>.self) { try $0.container(keyedBy: type, at: $1) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next(as: (any UnkeyedDecodingContainer).self) { try $0.unkeyedContainer(at: $1) }
    }

    /// A decoder of its own.
    mutating func superDecoder() throws -> any Decoder {
        try next(as: (any Decoder).self) { PlainJSONDecoder($0.document, at: $1) }
    }

    // MARK: Elements that may be missing

    mutating func decodeIfPresent(_ type: Bool.Type) throws -> Bool? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: String.Type) throws -> String? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: Double.Type) throws -> Double? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: Float.Type) throws -> Float? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: Int.Type) throws -> Int? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: Int8.Type) throws -> Int8? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: Int16.Type) throws -> Int16? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: Int32.Type) throws -> Int32? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: Int64.Type) throws -> Int64? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: UInt.Type) throws -> UInt? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: UInt8.Type) throws -> UInt8? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: UInt16.Type) throws -> UInt16? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: UInt32.Type) throws -> UInt32? { try nextIfPresent { try $0.decode(type) } }
    mutating func decodeIfPresent(_ type: UInt64.Type) throws -> UInt64? { try nextIfPresent { try $0.decode(type) } }

    mutating func decodeIfPresent<Value: Decodable>(_ type: Value.Type) throws -> Value? {
        try nextIfPresent { try $0.decode(type) }
    }
}
