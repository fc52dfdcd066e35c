/// Writes a value as JSON while the value encodes itself: nothing is kept in between.
final class PlainJSONWriter {
    var output = PlainJSONText()

    /// What was written, if it is plain.
    var text: String? { output.isPlain ? String(decoding: output.bytes, as: UTF8.self) : nil }

    /// Writes a value where one is to come.
    func write<Value: Encodable>(_ value: Value) throws {
        if Value.self == String.self, let text = value as? String { return output.append(text) }
        do {
            if PlainJSON.hasOwnForm(Value.self) { throw NotPlainJSON() }
            let beginning = output.beginning()
            try value.encode(to: PlainJSONEncoder(writer: self, beginning: beginning))
            output.end(beginning)
            // What went wrong may have been caught on the way; nothing is worth writing any more.
            if !output.isPlain { throw NotPlainJSON() }
        } catch {
            // Whoever catches it may go on, with half a value in the text.
            leave()
            throw error
        }
    }

    /// Says that something is left to Foundation, where nothing can be thrown.
    func leave() { output.leave() }
}

/// What a value encodes itself to.
struct PlainJSONEncoder: Encoder {
    let writer: PlainJSONWriter
    let beginning: PlainJSONBeginning

    // Who asks where it is has it asked of Foundation, too, which keeps count of that.
    var codingPath: [any CodingKey] {
        writer.leave()
        return []
    }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
        let place = writer.output.open(beginning, isObject: true)
        return KeyedEncodingContainer(PlainJSONObjectWriter<Key>(writer: writer, place: place))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        PlainJSONArrayWriter(writer: writer, place: writer.output.open(beginning, isObject: false))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        PlainJSONScalarWriter(writer: writer, beginning: beginning)
    }
}

private struct PlainJSONObjectWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: PlainJSONWriter
    let place: PlainJSONPlace

    var codingPath: [any CodingKey] {
        writer.leave()
        return []
    }

    private func begin(_ key: Key) throws {
        if !writer.output.beginMember(key.stringValue, at: place) { throw NotPlainJSON() }
    }

    private func put(_ value: some FixedWidthInteger, _ key: Key) throws {
        try begin(key)
        writer.output.append(value)
    }

    func encodeNil(forKey key: Key) throws {
        try begin(key)
        writer.output.appendNull()
    }

    func encode(_ value: Bool, forKey key: Key) throws {
        try begin(key)
        writer.output.append(value)
    }

    func encode(_ value: String, forKey key: Key) throws {
        try begin(key)
        writer.output.append(value)
    }

    func encode(_ value: Double, forKey key: Key) throws {
        try begin(key)
        writer.output.append(value)
    }

    func encode(_ value: Float, forKey key: Key) throws {
        try begin(key)
        writer.output.append(value)
    }

    func encode(_ value: Int, forKey key: Key) throws { try put(value, key) }
    func encode(_ value: Int8, forKey key: Key) throws { try put(value, key) }
    func encode(_ value: Int16, forKey key: Key) throws { try put(value, key) }
    func encode(_ value: Int32, forKey key: Key) throws { try put(value, key) }
    func encode(_ value: Int64, forKey key: Key) throws { try put(value, key) }
    func encode(_ value: UInt, forKey key: Key) throws { try put(value, key) }
    func encode(_ value: UInt8, forKey key: Key) throws { try put(value, key) }
    func encode(_ value: UInt16, forKey key: Key) throws { try put(value, key) }
    func encode(_ value: UInt32, forKey key: Key) throws { try put(value, key) }
    func encode(_ value: UInt64, forKey key: Key) throws { try put(value, key) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try begin(key)
        try writer.write(value)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy _: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        encoder(forKey: key).container(keyedBy: NestedKey.self)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(forKey: key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        writer.leave()
        return PlainJSONEncoder(writer: writer, beginning: writer.output.beginning())
    }

    func superEncoder(forKey _: Key) -> any Encoder { superEncoder() }

    private func encoder(forKey key: Key) -> PlainJSONEncoder {
        // If it can't begin, that is noted, and nothing counts that is written.
        _ = writer.output.beginMember(key.stringValue, at: place)
        return PlainJSONEncoder(writer: writer, beginning: writer.output.beginning())
    }
}

private struct PlainJSONArrayWriter: UnkeyedEncodingContainer {
    let writer: PlainJSONWriter
    let place: PlainJSONPlace
    private(set) var count = 0

    init(writer: PlainJSONWriter, place: PlainJSONPlace) {
        self.writer = writer
        self.place = place
    }

    var codingPath: [any CodingKey] {
        writer.leave()
        return []
    }

    private mutating func begin() throws {
        if !writer.output.beginElement(at: place) { throw NotPlainJSON() }
        count += 1
    }

    private mutating func put(_ value: some FixedWidthInteger) throws {
        try begin()
        writer.output.append(value)
    }

    mutating func encodeNil() throws {
        try begin()
        writer.output.appendNull()
    }

    mutating func encode(_ value: Bool) throws {
        try begin()
        writer.output.append(value)
    }

    mutating func encode(_ value: String) throws {
        try begin()
        writer.output.append(value)
    }

    mutating func encode(_ value: Double) throws {
        try begin()
        writer.output.append(value)
    }

    mutating func encode(_ value: Float) throws {
        try begin()
        writer.output.append(value)
    }

    mutating func encode(_ value: Int) throws { try put(value) }
    mutating func encode(_ value: Int8) throws { try put(value) }
    mutating func encode(_ value: Int16) throws { try put(value) }
    mutating func encode(_ value: Int32) throws { try put(value) }
    mutating func encode(_ value: Int64) throws { try put(value) }
    mutating func encode(_ value: UInt) throws { try put(value) }
    mutating func encode(_ value: UInt8) throws { try put(value) }
    mutating func encode(_ value: UInt16) throws { try put(value) }
    mutating func encode(_ value: UInt32) throws { try put(value) }
    mutating func encode(_ value: UInt64) throws { try put(value) }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        try begin()
        try writer.write(value)
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy _: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        encoder().container(keyedBy: NestedKey.self)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder {
        writer.leave()
        return encoder()
    }

    private mutating func encoder() -> PlainJSONEncoder {
        try? begin()
        return PlainJSONEncoder(writer: writer, beginning: writer.output.beginning())
    }
}

private struct PlainJSONScalarWriter: SingleValueEncodingContainer {
    let writer: PlainJSONWriter
    let beginning: PlainJSONBeginning

    var codingPath: [any CodingKey] {
        writer.leave()
        return []
    }

    private func begin() throws {
        if !writer.output.isNext(beginning) { throw NotPlainJSON() }
    }

    private func put(_ value: some FixedWidthInteger) throws {
        try begin()
        writer.output.append(value)
    }

    func encodeNil() throws {
        try begin()
        writer.output.appendNull()
    }

    func encode(_ value: Bool) throws {
        try begin()
        writer.output.append(value)
    }

    func encode(_ value: String) throws {
        try begin()
        writer.output.append(value)
    }

    func encode(_ value: Double) throws {
        try begin()
        writer.output.append(value)
    }

    func encode(_ value: Float) throws {
        try begin()
        writer.output.append(value)
    }

    func encode(_ value: Int) throws { try put(value) }
    func encode(_ value: Int8) throws { try put(value) }
    func encode(_ value: Int16) throws { try put(value) }
    func encode(_ value: Int32) throws { try put(value) }
    func encode(_ value: Int64) throws { try put(value) }
    func encode(_ value: UInt) throws { try put(value) }
    func encode(_ value: UInt8) throws { try put(value) }
    func encode(_ value: UInt16) throws { try put(value) }
    func encode(_ value: UInt32) throws { try put(value) }
    func encode(_ value: UInt64) throws { try put(value) }

    func encode<Value: Encodable>(_ value: Value) throws {
        try begin()
        try writer.write(value)
    }
}
