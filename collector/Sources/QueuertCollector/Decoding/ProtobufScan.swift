internal import COTLP

/// A look at a protobuf message that proves it harmless to unpack.
///
/// The unpacker calls itself for each message inside a message, with no limit, so a small request of a few thousand
/// nested values would overflow the stack; and a message of two bytes costs it dozens. So depth and counts are checked
/// first, with a stack of our own and without allocating for what is read.
struct ProtobufScan {
    private struct Message {
        let end: Int
        let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
        let valueDepth: Int
        var fields = 0
    }

    private let bytes: UnsafeRawBufferPointer
    private let value: UnsafePointer<ProtobufCMessageDescriptor>?
    private var position = 0
    private var messages = 0
    private var unknownFields = 0

    /// Checks an export request.
    ///
    /// - Parameter bytes: The request.
    /// - Throws: `OTLPDecodingError` if it is malformed, too deep or too large.
    static func check(_ bytes: UnsafeRawBufferPointer) throws {
        // The descriptors are constants of the generated code; those that others point to have one address.
        let value = withUnsafePointer(to: queuert__otlp__v1__key_value__descriptor) {
            messageType(of: protobuf_c_message_descriptor_get_field($0, 2))
        }
        var scan = ProtobufScan(bytes: bytes, value: value)
        try withUnsafePointer(to: queuert__otlp__v1__export_trace_request__descriptor) { try scan.run($0) }
    }

    private static func messageType(
        of field: UnsafePointer<ProtobufCFieldDescriptor>?
    ) -> UnsafePointer<ProtobufCMessageDescriptor>? {
        guard let field, field.pointee.type == PROTOBUF_C_TYPE_MESSAGE else { return nil }
        return field.pointee.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    }

    private init(bytes: UnsafeRawBufferPointer, value: UnsafePointer<ProtobufCMessageDescriptor>?) {
        self.bytes = bytes
        self.value = value
    }

    private mutating func run(_ root: UnsafePointer<ProtobufCMessageDescriptor>) throws(OTLPDecodingError) {
        var open = [Message(end: bytes.count, descriptor: root, valueDepth: 0)]
        while let last = open.indices.last {
            let end = open[last].end
            guard position < end else {
                open.removeLast()
                continue
            }
            open[last].fields += 1
            if open[last].fields > OTLPLimits.fieldsOfMessage { throw .tooMany("fields in one message") }
            if let inner = try readField(of: open[last]) { open.append(inner) }
        }
    }

    /// Reads one field, up to the content of a message inside.
    private mutating func readField(of message: Message) throws(OTLPDecodingError) -> Message? {
        let tag = try readVarint(end: message.end)
        guard let number = UInt32(exactly: tag >> 3), number != 0, tag <= UInt64(UInt32.max) else {
            throw .malformed("the protobuf has an impossible field number at byte \(position)")
        }
        let field = protobuf_c_message_descriptor_get_field(message.descriptor, number)
        if field == nil {
            unknownFields += 1
            if unknownFields > OTLPLimits.unknownFields { throw .tooMany("unknown fields") }
        }
        switch tag & 7 {
        case 0: _ = try readVarint(end: message.end)
        case 1: try skip(8, end: message.end)
        case 5: try skip(4, end: message.end)
        case 2:
            let length = try readVarint(end: message.end)
            guard let inner = Self.messageType(of: field) else {
                try skip(length, end: message.end)
                return nil
            }
            let start = position
            try skip(length, end: message.end)
            let innerEnd = position
            position = start
            messages += 1
            if messages > OTLPLimits.messages { throw .tooMany("messages") }
            // Only values contain themselves, so counting them bounds every nesting.
            let valueDepth = message.valueDepth + (inner == value ? 1 : 0)
            if valueDepth > OTLPLimits.valueDepth { throw .tooDeep }
            return Message(end: innerEnd, descriptor: inner, valueDepth: valueDepth)
        default:
            throw .malformed("the protobuf has an unknown wire type at byte \(position)")
        }
        return nil
    }

    private mutating func readVarint(end: Int) throws(OTLPDecodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 70 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .malformed("the protobuf breaks off, or has an endless number, at byte \(position)")
    }

    private mutating func skip(_ count: UInt64, end: Int) throws(OTLPDecodingError) {
        guard count <= UInt64(end - position) else {
            throw .malformed("the protobuf claims \(count) bytes at byte \(position) where there are fewer")
        }
        position += Int(count)
    }
}
