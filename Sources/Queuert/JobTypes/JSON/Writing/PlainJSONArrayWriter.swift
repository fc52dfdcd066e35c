/// Writes the elements of an array.
struct PlainJSONArrayWriter: UnkeyedEncodingContainer {
    let encoder: PlainJSONEncoder
    let array: Int

    var codingPath: [any CodingKey] { encoder.writer.tree.path(to: array) }
    var count: Int { encoder.writer.tree.parts[array].count }

    private func put(_ append: (inout PlainJSONText) -> Void) {
        encoder.writer.tree.add(to: array, of: encoder.part, append)
    }

    private func put(_ value: some BinaryFloatingPoint & CustomStringConvertible) throws {
        guard value.isFinite else {
            throw EncodingError.notFinite(value, at: codingPath + [PlainJSONKey(intValue: count)])
        }
        put { $0.append(value) }
    }

    func encodeNil() { put { $0.appendNull() } }
    func encode(_ value: Bool) { put { $0.append(value) } }
    func encode(_ value: String) { put { $0.append(value) } }
    func encode(_ value: Double) throws { try put(value) }
    func encode(_ value: Float) throws { try put(value) }
    func encode(_ value: Int) { put { $0.append(value) } }
    func encode(_ value: Int8) { put { $0.append(value) } }
    func encode(_ value: Int16) { put { $0.append(value) } }
    func encode(_ value: Int32) { put { $0.append(value) } }
    func encode(_ value: Int64) { put { $0.append(value) } }
    func encode(_ value: Int128) { put { $0.append(value) } }
    func encode(_ value: UInt) { put { $0.append(value) } }
    func encode(_ value: UInt8) { put { $0.append(value) } }
    func encode(_ value: UInt16) { put { $0.append(value) } }
    func encode(_ value: UInt32) { put { $0.append(value) } }
    func encode(_ value: UInt64) { put { $0.append(value) } }
    func encode(_ value: UInt128) { put { $0.append(value) } }

    func encode<Value: Encodable>(_ value: Value) throws {
        // These need no encoder, and there may be many.
        if Value.self == String.self { return encode(sameValue(value, as: String.self)) }
        if Value.self == Int.self { return encode(sameValue(value, as: Int.self)) }
        if Value.self == Double.self { return try encode(sameValue(value, as: Double.self)) }
        let part = encoder.writer.tree.begin(in: array, of: encoder.part)
        try encoder.writer.encode(value, to: encoder.encoder(for: part))
        encoder.writer.tree.end(part)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy _: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        let part = encoder.writer.tree.add(.object, to: array, of: encoder.part)
        return KeyedEncodingContainer(PlainJSONObjectWriter<NestedKey>(encoder: encoder, object: part))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        PlainJSONArrayWriter(encoder: encoder, array: encoder.writer.tree.add(.array, to: array, of: encoder.part))
    }

    func superEncoder() -> any Encoder {
        encoder.superEncoder(for: encoder.writer.tree.begin(in: array, of: encoder.part))
    }
}
