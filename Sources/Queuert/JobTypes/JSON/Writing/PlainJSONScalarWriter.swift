/// Writes one value in place of the one that encodes itself.
struct PlainJSONScalarWriter: SingleValueEncodingContainer {
    let encoder: PlainJSONEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    private func put(_ append: (inout PlainJSONText) -> Void) { encoder.writer.tree.set(encoder.part, append) }

    private func put(_ value: some BinaryFloatingPoint & CustomStringConvertible) throws {
        guard value.isFinite else { throw EncodingError.notFinite(value, at: codingPath) }
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
        let (writer, part) = (encoder.writer, encoder.part)
        if writer.tree.parts[part].kind != .nothing { writer.tree.leaveToFoundation() }
        try writer.encode(value, to: encoder)
        // One that has encoded nothing is an object.
        if writer.tree.parts[part].kind == .nothing { writer.tree.open(part, as: .object) }
    }
}
