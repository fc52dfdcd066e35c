/// Writes the members of an object.
struct PlainJSONObjectWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: PlainJSONEncoder
    let object: Int

    var codingPath: [any CodingKey] { encoder.writer.tree.path(to: object) }

    private func put(_ key: Key, _ append: (inout PlainJSONText) -> Void) {
        encoder.writer.tree.add(key.stringValue, to: object, of: encoder.part, append)
    }

    private func put(_ key: Key, _ value: some BinaryFloatingPoint & CustomStringConvertible) throws {
        guard value.isFinite else { throw EncodingError.notFinite(value, at: codingPath + [key]) }
        put(key) { $0.append(value) }
    }

    func encodeNil(forKey key: Key) { put(key) { $0.appendNull() } }
    func encode(_ value: Bool, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: String, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: Double, forKey key: Key) throws { try put(key, value) }
    func encode(_ value: Float, forKey key: Key) throws { try put(key, value) }
    func encode(_ value: Int, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: Int8, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: Int16, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: Int32, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: Int64, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: Int128, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: UInt, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: UInt8, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: UInt16, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: UInt32, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: UInt64, forKey key: Key) { put(key) { $0.append(value) } }
    func encode(_ value: UInt128, forKey key: Key) { put(key) { $0.append(value) } }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        if Value.self == String.self { return encode(sameValue(value, as: String.self), forKey: key) }
        let part = encoder.writer.tree.begin(key.stringValue, in: object, of: encoder.part)
        try encoder.writer.encode(value, to: encoder.encoder(for: part))
        encoder.writer.tree.end(part)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy _: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        let part = encoder.writer.tree.add(.object, key.stringValue, to: object, of: encoder.part)
        return KeyedEncodingContainer(PlainJSONObjectWriter<NestedKey>(encoder: encoder, object: part))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        let part = encoder.writer.tree.add(.array, key.stringValue, to: object, of: encoder.part)
        return PlainJSONArrayWriter(encoder: encoder, array: part)
    }

    func superEncoder() -> any Encoder { superEncoder(named: PlainJSONKey.super.stringValue) }
    func superEncoder(forKey key: Key) -> any Encoder { superEncoder(named: key.stringValue) }

    private func superEncoder(named name: String) -> any Encoder {
        encoder.superEncoder(for: encoder.writer.tree.begin(name, in: object, of: encoder.part))
    }
}
