import Foundation

/// Writes protobuf.
package struct ProtobufWriter {
    /// What was written.
    package private(set) var bytes: [UInt8] = []

    /// Writes an `ExportTraceServiceRequest`.
    ///
    /// - Parameter spans: The spans.
    /// - Returns: The request; spans with the same resource and scope that follow each other share one group.
    package static func request(_ spans: [ReceivedSpan]) -> [UInt8] {
        var writer = ProtobufWriter()
        var rest = spans[...]
        while let first = rest.first {
            let group = rest.prefix { $0.resource == first.resource && $0.scope == first.scope }
            rest = rest.dropFirst(group.count)
            writer.message(1) { writer in
                writer.message(1) { $0.attributes(1, first.resource) }
                writer.message(2) { writer in
                    writer.message(1) { $0.scope(first.scope) }
                    for span in group { writer.message(2) { $0.span(span) } }
                }
            }
        }
        return writer.bytes
    }

    // MARK: Fields

    mutating func varint(_ value: UInt64) {
        var value = value
        while value > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    mutating func tag(_ number: Int, _ wireType: UInt64) { varint(UInt64(number) << 3 | wireType) }

    mutating func field(_ number: Int, varint value: UInt64) {
        tag(number, 0)
        varint(value)
    }

    mutating func fixed64(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }

    mutating func fixed32(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }

    mutating func field(_ number: Int, content: some Collection<UInt8>) {
        tag(number, 2)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Writes a message inside.
    mutating func message(_ number: Int, _ body: (inout ProtobufWriter) -> Void) {
        // Its length comes first, so it is written apart.
        var inner = ProtobufWriter()
        body(&inner)
        field(number, content: inner.bytes)
    }

    // MARK: OTLP

    private mutating func span(_ span: ReceivedSpan) {
        field(1, content: HexadecimalID.bytes(of: span.traceID))
        field(2, content: HexadecimalID.bytes(of: span.spanID))
        if !span.traceState.isEmpty { field(3, content: span.traceState.utf8) }
        if !span.parentSpanID.isEmpty { field(4, content: HexadecimalID.bytes(of: span.parentSpanID)) }
        field(5, content: span.name.utf8)
        field(6, varint: UInt64(bitPattern: Int64(span.kind)))
        tag(7, 1)
        fixed64(span.startTime)
        tag(8, 1)
        fixed64(span.endTime)
        attributes(9, span.attributes)
        dropped(10, span.droppedAttributes)
        for event in span.events {
            message(11) { writer in
                writer.tag(1, 1)
                writer.fixed64(event.time)
                writer.field(2, content: event.name.utf8)
                writer.attributes(3, event.attributes)
                writer.dropped(4, event.droppedAttributes)
            }
        }
        dropped(12, span.droppedEvents)
        for link in span.links {
            message(13) { writer in
                writer.field(1, content: HexadecimalID.bytes(of: link.traceID))
                writer.field(2, content: HexadecimalID.bytes(of: link.spanID))
                if !link.traceState.isEmpty { writer.field(3, content: link.traceState.utf8) }
                writer.attributes(4, link.attributes)
                writer.dropped(5, link.droppedAttributes)
                writer.flags(6, link.flags)
            }
        }
        dropped(14, span.droppedLinks)
        if span.status != .init() {
            message(15) { writer in
                if !span.status.message.isEmpty { writer.field(2, content: span.status.message.utf8) }
                writer.field(3, varint: UInt64(bitPattern: Int64(span.status.code)))
            }
        }
        flags(16, span.flags)
    }

    private mutating func scope(_ scope: ReceivedSpan.Scope) {
        if !scope.name.isEmpty { field(1, content: scope.name.utf8) }
        if !scope.version.isEmpty { field(2, content: scope.version.utf8) }
        attributes(3, scope.attributes)
    }

    private mutating func attributes(_ number: Int, _ attributes: [ReceivedAttribute]) {
        for attribute in attributes {
            message(number) { writer in
                writer.field(1, content: attribute.key.utf8)
                writer.message(2) { $0.value(attribute.value) }
            }
        }
    }

    private mutating func value(_ value: ReceivedValue) {
        switch value {
        case .empty: break
        case .string(let text): field(1, content: text.utf8)
        case .bool(let truth): field(2, varint: truth ? 1 : 0)
        case .int(let number): field(3, varint: UInt64(bitPattern: number))
        case .double(let number):
            tag(4, 1)
            fixed64(number.bitPattern)
        case .array(let values): message(5) { writer in for value in values { writer.message(1) { $0.value(value) } } }
        case .list(let pairs): message(6) { $0.attributes(1, pairs) }
        case .bytes(let data): field(7, content: data)
        }
    }

    private mutating func dropped(_ number: Int, _ count: UInt32) {
        if count != 0 { field(number, varint: UInt64(count)) }
    }

    private mutating func flags(_ number: Int, _ flags: UInt32) {
        guard flags != 0 else { return }
        tag(number, 5)
        fixed32(flags)
    }
}
