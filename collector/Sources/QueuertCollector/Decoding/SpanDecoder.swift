import Foundation

/// Reads whole spans, resources and scopes, which ``TraceScanner`` has looked at before.
///
/// Text that isn't UTF-8 is repaired.
enum SpanDecoder {
    private typealias Bytes = Span<UInt8>

    /// Reads a span; its resource and scope are left out.
    ///
    /// - Parameter message: OTLP's message.
    /// - Returns: The span.
    /// - Throws: `OTLPDecodingError` if it can't be read.
    static func span(_ message: [UInt8]) throws(OTLPDecodingError) -> ReceivedSpan {
        let bytes = message.span
        var span = ReceivedSpan()
        var reader = ProtobufReader(0..<bytes.count)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): span.traceID = identifier(bytes, try reader.content(bytes))
            case (2, 2): span.spanID = identifier(bytes, try reader.content(bytes))
            case (3, 2): span.traceState = text(bytes, try reader.content(bytes))
            case (4, 2): span.parentSpanID = identifier(bytes, try reader.content(bytes))
            case (5, 2): span.name = text(bytes, try reader.content(bytes))
            case (6, 0): span.kind = Int(Int32(truncatingIfNeeded: try reader.varint(bytes)))
            case (7, 1): span.startTime = try reader.fixed64(bytes)
            case (8, 1): span.endTime = try reader.fixed64(bytes)
            case (9, 2): span.attributes.append(try attribute(bytes, reader.content(bytes)))
            case (10, 0): span.droppedAttributes = try number(&reader, bytes)
            case (11, 2): span.events.append(try event(bytes, reader.content(bytes)))
            case (12, 0): span.droppedEvents = try number(&reader, bytes)
            case (13, 2): span.links.append(try link(bytes, reader.content(bytes)))
            case (14, 0): span.droppedLinks = try number(&reader, bytes)
            case (15, 2): span.status = try status(bytes, reader.content(bytes))
            case (16, 5): span.flags = try reader.fixed32(bytes)
            default: try reader.skip(field, bytes)
            }
        }
        // Some senders write zeros where there is no parent.
        if span.parentSpanID.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) { span.parentSpanID = "" }
        let linkCount = span.links.count
        span.links.removeAll { link in
            HexadecimalID.normalized(link.traceID, length: HexadecimalID.traceLength) == nil
                || HexadecimalID.normalized(link.spanID, length: HexadecimalID.spanLength) == nil
        }
        // A link to nowhere isn't worth the span: it is dropped and counted, as the sender would have.
        span.droppedLinks &+= UInt32(clamping: linkCount - span.links.count)
        return span
    }

    /// Reads the attributes of a resource.
    ///
    /// - Parameter message: OTLP's message.
    /// - Returns: The attributes.
    /// - Throws: `OTLPDecodingError` if it can't be read.
    static func resource(_ message: [UInt8]) throws(OTLPDecodingError) -> [ReceivedAttribute] {
        let bytes = message.span
        var attributes: [ReceivedAttribute] = []
        var reader = ProtobufReader(0..<bytes.count)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): attributes.append(try attribute(bytes, reader.content(bytes)))
            default: try reader.skip(field, bytes)
            }
        }
        return attributes
    }

    /// Reads a scope.
    ///
    /// - Parameter message: OTLP's message.
    /// - Returns: The scope.
    /// - Throws: `OTLPDecodingError` if it can't be read.
    static func scope(_ message: [UInt8]) throws(OTLPDecodingError) -> ReceivedSpan.Scope {
        let bytes = message.span
        var scope = ReceivedSpan.Scope()
        var reader = ProtobufReader(0..<bytes.count)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): scope.name = text(bytes, try reader.content(bytes))
            case (2, 2): scope.version = text(bytes, try reader.content(bytes))
            case (3, 2): scope.attributes.append(try attribute(bytes, reader.content(bytes)))
            default: try reader.skip(field, bytes)
            }
        }
        return scope
    }

    private static func event(_ bytes: Bytes, _ range: Range<Int>) throws(OTLPDecodingError) -> ReceivedSpan.Event {
        var event = ReceivedSpan.Event()
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 1): event.time = try reader.fixed64(bytes)
            case (2, 2): event.name = text(bytes, try reader.content(bytes))
            case (3, 2): event.attributes.append(try attribute(bytes, reader.content(bytes)))
            case (4, 0): event.droppedAttributes = try number(&reader, bytes)
            default: try reader.skip(field, bytes)
            }
        }
        return event
    }

    private static func link(_ bytes: Bytes, _ range: Range<Int>) throws(OTLPDecodingError) -> ReceivedSpan.Link {
        var link = ReceivedSpan.Link()
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): link.traceID = identifier(bytes, try reader.content(bytes))
            case (2, 2): link.spanID = identifier(bytes, try reader.content(bytes))
            case (3, 2): link.traceState = text(bytes, try reader.content(bytes))
            case (4, 2): link.attributes.append(try attribute(bytes, reader.content(bytes)))
            case (5, 0): link.droppedAttributes = try number(&reader, bytes)
            case (6, 5): link.flags = try reader.fixed32(bytes)
            default: try reader.skip(field, bytes)
            }
        }
        return link
    }

    private static func status(_ bytes: Bytes, _ range: Range<Int>) throws(OTLPDecodingError) -> ReceivedSpan.Status {
        var status = ReceivedSpan.Status()
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (2, 2): status.message = text(bytes, try reader.content(bytes))
            case (3, 0): status.code = Int(Int32(truncatingIfNeeded: try reader.varint(bytes)))
            default: try reader.skip(field, bytes)
            }
        }
        return status
    }

    private static func attribute(
        _ bytes: Bytes, _ range: Range<Int>
    ) throws(OTLPDecodingError) -> ReceivedAttribute {
        var attribute = ReceivedAttribute("", .empty)
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): attribute.key = text(bytes, try reader.content(bytes))
            case (2, 2): attribute.value = try value(bytes, reader.content(bytes))
            default: try reader.skip(field, bytes)
            }
        }
        return attribute
    }

    /// Reads a value; the scan has bounded how deep this calls itself.
    private static func value(_ bytes: Bytes, _ range: Range<Int>) throws(OTLPDecodingError) -> ReceivedValue {
        var value = ReceivedValue.empty
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): value = .string(text(bytes, try reader.content(bytes)))
            case (2, 0): value = .bool(try reader.varint(bytes) != 0)
            case (3, 0): value = .int(Int64(bitPattern: try reader.varint(bytes)))
            case (4, 1): value = .double(Double(bitPattern: try reader.fixed64(bytes)))
            case (5, 2): value = .array(try values(bytes, reader.content(bytes)))
            case (6, 2): value = .list(try list(bytes, reader.content(bytes)))
            case (7, 2): value = .bytes(Data(copy(bytes, try reader.content(bytes))))
            default: try reader.skip(field, bytes)
            }
        }
        return value
    }

    private static func values(_ bytes: Bytes, _ range: Range<Int>) throws(OTLPDecodingError) -> [ReceivedValue] {
        var values: [ReceivedValue] = []
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): values.append(try value(bytes, reader.content(bytes)))
            default: try reader.skip(field, bytes)
            }
        }
        return values
    }

    private static func list(_ bytes: Bytes, _ range: Range<Int>) throws(OTLPDecodingError) -> [ReceivedAttribute] {
        var list: [ReceivedAttribute] = []
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): list.append(try attribute(bytes, reader.content(bytes)))
            default: try reader.skip(field, bytes)
            }
        }
        return list
    }

    private static func number(_ reader: inout ProtobufReader, _ bytes: Bytes) throws(OTLPDecodingError) -> UInt32 {
        UInt32(truncatingIfNeeded: try reader.varint(bytes))
    }

    private static func text(_ bytes: Bytes, _ range: Range<Int>) -> String {
        bytes.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    private static func copy(_ bytes: Bytes, _ range: Range<Int>) -> [UInt8] {
        bytes.extracting(range).withUnsafeBufferPointer { Array($0) }
    }

    private static func identifier(_ bytes: Bytes, _ range: Range<Int>) -> String {
        // An id of any other length is refused anyway: there is no need to write out all of it.
        bytes.extracting(range.prefix(17)).withUnsafeBufferPointer { HexadecimalID.text(of: $0) }
    }
}
