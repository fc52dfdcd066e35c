/// What values decode themselves from.
///
/// As with Foundation, a value and all that are in it have one decoder. It points at the one that decodes itself at the
/// moment, and in the end at the outermost, for whoever has kept it.
final class PlainJSONDecoder: Decoder {
    let document: PlainJSONDocument
    private(set) var index: Int
    private var expected: PlainJSONDocument.Expectation?

    init(_ document: PlainJSONDocument, at index: Int) {
        self.document = document
        self.index = index
    }

    /// Takes a text apart; `nil` if it is not plain.
    convenience init?(_ text: String) {
        guard let document = PlainJSONDocument(text) else { return nil }
        self.init(document, at: 0)
    }

    var codingPath: [any CodingKey] { document.path(to: index) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try container(keyedBy: type, at: index)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try unkeyedContainer(at: index) }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    // MARK: What is somewhere in the document

    func container<Key: CodingKey>(keyedBy _: Key.Type, at index: Int) throws -> KeyedDecodingContainer<Key> {
        guard document.nodes[index].kind == .object else {
            throw document.noContainer("keyed", of: [String: Any].self, at: index)
        }
        return KeyedDecodingContainer(PlainJSONObject<Key>(self, at: index))
    }

    func unkeyedContainer(at index: Int) throws -> any UnkeyedDecodingContainer {
        guard document.nodes[index].kind == .array else {
            throw document.noContainer("unkeyed", of: [Any].self, at: index)
        }
        return PlainJSONArray(self, at: index)
    }

    func value(named name: String, in object: Int) -> Int? {
        document.value(named: name, in: object, expected: &expected)
    }

    func decode<Value: Decodable>(_ type: Value.Type, at index: Int) throws -> Value {
        if type == String.self { return sameValue(try document.string(at: index), as: type) }
        if FoundationJSON.hasOwnForm(of: type) { return try document.decodeByFoundation(type, at: index) }
        if document.isNull(at: index), FoundationJSON.refusesNull(as: type) {
            throw document.unexpected(type, at: index)
        }
        let outer = (index: self.index, expected: expected)
        self.index = index
        defer { (self.index, expected) = outer }
        return try type.init(from: self)
    }
}

extension PlainJSONDecoder: SingleValueDecodingContainer {
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
    func decode(_: Int128.Type) throws -> Int128 { try document.integer(at: index) }
    func decode(_: UInt.Type) throws -> UInt { try document.integer(at: index) }
    func decode(_: UInt8.Type) throws -> UInt8 { try document.integer(at: index) }
    func decode(_: UInt16.Type) throws -> UInt16 { try document.integer(at: index) }
    func decode(_: UInt32.Type) throws -> UInt32 { try document.integer(at: index) }
    func decode(_: UInt64.Type) throws -> UInt64 { try document.integer(at: index) }
    func decode(_: UInt128.Type) throws -> UInt128 { try document.integer(at: index) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decode(type, at: index) }
}
