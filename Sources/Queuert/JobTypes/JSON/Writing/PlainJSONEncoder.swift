/// What a value encodes itself to.
struct PlainJSONEncoder: Encoder {
    let writer: PlainJSONWriter
    let part: Int
    /// What the value is in, if that has an encoder of its own.
    var detached: PlainJSONDetachedPart?

    var codingPath: [any CodingKey] { writer.tree.path(to: part) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The encoder for a value that is in this one.
    func encoder(for part: Int) -> PlainJSONEncoder { PlainJSONEncoder(writer: writer, part: part, detached: detached) }

    /// An encoder of its own for a value that is in this one.
    func superEncoder(for part: Int) -> PlainJSONEncoder {
        PlainJSONEncoder(writer: writer, part: part, detached: PlainJSONDetachedPart(part, of: self))
    }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
        writer.tree.open(part, as: .object)
        return KeyedEncodingContainer(PlainJSONObjectWriter<Key>(encoder: self, object: part))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        writer.tree.open(part, as: .array)
        return PlainJSONArrayWriter(encoder: self, array: part)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { PlainJSONScalarWriter(encoder: self) }
}

/// A value that has an encoder of its own: as with Foundation it is put where it belongs when the encoder goes.
final class PlainJSONDetachedPart {
    private let part: Int
    private let owner: PlainJSONEncoder

    init(_ part: Int, of owner: PlainJSONEncoder) {
        self.part = part
        self.owner = owner
    }

    deinit { owner.writer.tree.end(part, of: owner.part) }
}
