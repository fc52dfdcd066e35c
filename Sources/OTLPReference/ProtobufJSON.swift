internal import COTLP
internal import CProtobufC

/// A JSON value, for comparisons.
package indirect enum JSONValue: Hashable, Sendable {
    case object([String: JSONValue])
    case array([JSONValue])
    case text(String)
    case number(Double)
    case bool(Bool)
}

/// What OTLP's JSON says of a request in protobuf, found by protobuf-c's own description of the messages.
package enum ProtobufJSON {
    /// The JSON of an `ExportTraceServiceRequest`, or `nil` if the bytes are none.
    package static func traces(_ bytes: [UInt8]) -> JSONValue? {
        guard let message = queuert__otlp__v1__export_trace_request__unpack(nil, bytes.count, bytes) else { return nil }
        defer { queuert__otlp__v1__export_trace_request__free_unpacked(message, nil) }
        return object(UnsafeRawPointer(message))
    }

    /// The JSON of an `ExportMetricsServiceRequest`, or `nil` if the bytes are none.
    package static func metrics(_ bytes: [UInt8]) -> JSONValue? {
        guard let message = queuert__otlp__v1__export_metrics_request__unpack(nil, bytes.count, bytes) else {
            return nil
        }
        defer { queuert__otlp__v1__export_metrics_request__free_unpacked(message, nil) }
        return object(UnsafeRawPointer(message))
    }

    /// The JSON of an `ExportLogsServiceRequest`, or `nil` if the bytes are none.
    package static func logs(_ bytes: [UInt8]) -> JSONValue? {
        guard let message = queuert__otlp__v1__export_logs_request__unpack(nil, bytes.count, bytes) else { return nil }
        defer { queuert__otlp__v1__export_logs_request__free_unpacked(message, nil) }
        return object(UnsafeRawPointer(message))
    }

    /// Every message begins with what describes it.
    private static func object(_ message: UnsafeRawPointer) -> JSONValue {
        var members: [String: JSONValue] = [:]
        guard let descriptor = message.load(as: ProtobufCMessage.self).descriptor?.pointee else { return .object([:]) }
        for index in 0..<Int(descriptor.n_fields) {
            guard let field = descriptor.fields?[index], let name = field.name else { continue }
            if let value = member(field, of: message) { members[camelCase(String(cString: name))] = value }
        }
        return .object(members)
    }

    private static func member(_ field: ProtobufCFieldDescriptor, of message: UnsafeRawPointer) -> JSONValue? {
        let place = message + Int(field.offset)
        let quantifier = message + Int(field.quantifier_offset)
        if field.label == PROTOBUF_C_LABEL_REPEATED {
            let count = quantifier.load(as: Int.self)
            guard count > 0, let base = place.load(as: UnsafeRawPointer?.self) else { return nil }
            return .array((0..<count).compactMap { value(field.type, at: base + $0 * size(field.type))?.value })
        }
        if field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0 {
            // All members have the same place: only the one that is set may be read there.
            return quantifier.load(as: UInt32.self) == field.id ? value(field.type, at: place)?.value : nil
        }
        guard let (value, isZero) = value(field.type, at: place), !isZero else { return nil }
        return value
    }

    private static func size(_ type: ProtobufCType) -> Int {
        switch type {
        case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_UINT32,
            PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_ENUM, PROTOBUF_C_TYPE_BOOL, PROTOBUF_C_TYPE_FLOAT:
            4
        case PROTOBUF_C_TYPE_BYTES: MemoryLayout<ProtobufCBinaryData>.size
        default: 8
        }
    }

    /// The value at a place and whether it is its type's zero; `nil` where there is none.
    private static func value(_ type: ProtobufCType, at place: UnsafeRawPointer) -> (value: JSONValue, isZero: Bool)? {
        switch type {
        case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_ENUM:
            let number = place.load(as: Int32.self)
            return (.number(Double(number)), number == 0)
        case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32:
            let number = place.load(as: UInt32.self)
            return (.number(Double(number)), number == 0)
        case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64:
            let number = place.load(as: Int64.self)
            return (.text("\(number)"), number == 0)
        case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64:
            let number = place.load(as: UInt64.self)
            return (.text("\(number)"), number == 0)
        case PROTOBUF_C_TYPE_DOUBLE:
            let number = place.load(as: Double.self)
            if number.isNaN { return (.text("NaN"), false) }
            if number.isInfinite { return (.text(number > 0 ? "Infinity" : "-Infinity"), false) }
            return (.number(number), number == 0)
        case PROTOBUF_C_TYPE_BOOL:
            let truth = place.load(as: Int32.self) != 0
            return (.bool(truth), !truth)
        case PROTOBUF_C_TYPE_STRING:
            let text = place.load(as: UnsafePointer<CChar>?.self).map { String(cString: $0) } ?? ""
            return (.text(text), text.isEmpty)
        case PROTOBUF_C_TYPE_BYTES:
            let bytes = place.load(as: ProtobufCBinaryData.self)
            let digits = UnsafeBufferPointer(start: bytes.data, count: bytes.len).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            return (.text(digits.joined()), bytes.len == 0)
        case PROTOBUF_C_TYPE_MESSAGE:
            return place.load(as: UnsafeRawPointer?.self).map { (object($0), false) }
        default: return nil
        }
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
