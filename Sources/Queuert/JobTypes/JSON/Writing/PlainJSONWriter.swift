/// Has values encode themselves.
final class PlainJSONWriter {
    var tree = PlainJSONTree()

    /// Writes a value that is in no other.
    ///
    /// - Parameter value: The value.
    /// - Returns: The JSON; `nil` if Foundation has to say what comes of the value.
    /// - Throws: `EncodingError`, or the value's error.
    func write<Value: Encodable>(_ value: Value) throws -> String? {
        let part = tree.begin()
        try encode(value, to: PlainJSONEncoder(writer: self, part: part))
        if tree.parts[part].kind == .nothing {
            throw EncodingError.invalidValue(
                value,
                EncodingError.Context(
                    codingPath: [], debugDescription: "Top-level \(Value.self) did not encode any values."))
        }
        return tree.whole()
    }

    /// Has a value encode itself, or Foundation if it has a form of its own for it.
    func encode<Value: Encodable>(_ value: Value, to encoder: PlainJSONEncoder) throws {
        if FoundationJSON.hasOwnForm(of: Value.self) {
            let json = try FoundationJSON.encode(value)
            return tree.set(encoder.part) { $0.append(json: json.utf8) }
        }
        do {
            try value.encode(to: encoder)
        } catch {
            // If the error is caught, Foundation's next value has what there is of this one.
            if tree.parts[encoder.part].kind != .nothing { tree.leaveToFoundation() }
            throw error
        }
    }
}

extension EncodingError {
    /// JSON has no such number.
    static func notFinite(_ value: some BinaryFloatingPoint, at path: [any CodingKey]) -> EncodingError {
        let description = "Unable to encode \(type(of: value)).\(value) directly in JSON."
        return .invalidValue(value, Context(codingPath: path, debugDescription: description))
    }
}
