import COTLP
import CProtobufC

@testable import QueuertOTel

/// What a decoded message says, as text that can be compared with the text of what was encoded.
enum OTLPDecoded {
    /// A scope with the identifiers of its spans.
    struct Scope: Equatable {
        var scope: InstrumentationScope
        var spans: [UInt64]
    }

    typealias Request = UnsafeMutablePointer<Queuert__Otlp__V1__ExportTraceRequest>

    static func resources(_ request: Request) -> [String] {
        resourceSpans(request).map { spans in
            let resource = spans.pointee.resource
            return attributes(resource?.pointee.attributes, resource?.pointee.n_attributes ?? 0)
        }
    }

    static func scopes(_ request: Request) -> [Scope] {
        scopeSpans(request).map { spans in
            Scope(
                scope: InstrumentationScope(
                    name: text(spans.pointee.scope?.pointee.name), version: text(spans.pointee.scope?.pointee.version),
                    schemaURL: text(spans.pointee.schema_url)),
                spans: array(spans.pointee.spans, spans.pointee.n_spans).map { word($0.pointee.span_id) })
        }
    }

    static func names(_ request: Request) -> [String] {
        scopeSpans(request).flatMap { array($0.pointee.spans, $0.pointee.n_spans) }.map { text($0.pointee.name) }
    }

    static func spanIDs(_ request: Request) -> [UInt64] { scopes(request).flatMap(\.spans) }

    static func spans(_ request: Request) -> [String] {
        scopeSpans(request).flatMap { array($0.pointee.spans, $0.pointee.n_spans) }.map { span in
            let span = span.pointee
            var lines = [
                "trace=\(hex(span.trace_id)) span=\(hex(span.span_id)) parent=\(hex(span.parent_span_id))",
                "state=\(text(span.trace_state)) name=\(text(span.name)) kind=\(span.kind.rawValue)",
                "time=\(span.start_time_unix_nano)-\(span.end_time_unix_nano) flags=0x\(String(span.flags, radix: 16))",
                "attributes=\(attributes(span.attributes, span.n_attributes))",
                "dropped=\(span.dropped_attributes_count),\(span.dropped_events_count),\(span.dropped_links_count)",
                "status=\(span.status.map { "\($0.pointee.code.rawValue) \(text($0.pointee.message))" } ?? "none")",
            ]
            for event in array(span.events, span.n_events).map(\.pointee) {
                lines.append(
                    "event \(event.time_unix_nano) \(text(event.name)) \(attributes(event.attributes, event.n_attributes))"
                        + " dropped=\(event.dropped_attributes_count)")
            }
            for link in array(span.links, span.n_links).map(\.pointee) {
                lines.append(
                    "link flags=0x\(String(link.flags, radix: 16)) \(hex(link.trace_id)) \(hex(link.span_id)) "
                        + "\(text(link.trace_state)) \(attributes(link.attributes, link.n_attributes))"
                        + " dropped=\(link.dropped_attributes_count)")
            }
            return lines.joined(separator: "\n")
        }
    }

    /// What ``spans(_:)`` should say of a span.
    static func described(_ span: SpanData) -> String {
        let flags = UInt32(span.context.flags.rawValue) + 0x100 + (span.parent?.isRemote == true ? 0x200 : 0)
        let status =
            switch span.status {
            case .unset: "none"
            case .ok: "1 "
            case .error(let description): "2 \(description)"
            }
        var lines = [
            "trace=\(span.context.traceID) span=\(span.context.spanID) parent=\(span.parent?.spanID.description ?? "")",
            "state=\(span.context.state) name=\(span.name) kind=\(span.kind.rawValue)",
            "time=\(span.start)-\(span.end) flags=0x\(String(flags, radix: 16))",
            "attributes=\(described(Resource(attributes: span.attributes)))",
            "dropped=\(span.droppedAttributes),\(span.droppedEvents),\(span.droppedLinks)", "status=\(status)",
        ]
        for event in span.events {
            let attributes = described(Resource(attributes: event.attributes))
            lines.append("event \(event.time) \(event.name) \(attributes) dropped=\(event.droppedAttributes)")
        }
        for link in span.links {
            let flags = UInt32(link.context.flags.rawValue) + 0x100 + (link.context.isRemote ? 0x200 : 0)
            lines.append(
                "link flags=0x\(String(flags, radix: 16)) \(link.context.traceID) \(link.context.spanID) "
                    + "\(link.context.state) \(described(Resource(attributes: link.attributes)))"
                    + " dropped=\(link.droppedAttributes)")
        }
        return lines.joined(separator: "\n")
    }

    /// What ``resources(_:)`` should say of a resource.
    static func described(_ resource: Resource) -> String {
        resource.attributes.map { "\($0.key)=\(described($0.value))" }.joined(separator: ";")
    }

    private static func described(_ value: AttributeValue) -> String {
        switch value {
        case .string(let text): "\"\(text)\""
        case .bool(let truth): "\(truth)"
        case .int(let number): "int \(number)"
        case .double(let number): "double \(number)"
        case .array(let elements): "[\(elements.map(described).joined(separator: ","))]"
        }
    }

    private static func value(_ value: UnsafeMutablePointer<Queuert__Otlp__V1__AnyValue>?) -> String {
        guard let value = value?.pointee else { return "nothing" }
        switch value.value_case {
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_STRING_VALUE: return "\"\(text(value.string_value))\""
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_BOOL_VALUE: return "\(value.bool_value != 0)"
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_INT_VALUE: return "int \(value.int_value)"
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_DOUBLE_VALUE: return "double \(value.double_value)"
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_ARRAY_VALUE:
            let values = array(value.array_value?.pointee.values, value.array_value?.pointee.n_values ?? 0)
            return "[\(values.map(Self.value).joined(separator: ","))]"
        default: return "case \(value.value_case.rawValue)"
        }
    }

    private static func attributes(
        _ attributes: UnsafeMutablePointer<UnsafeMutablePointer<Queuert__Otlp__V1__KeyValue>?>?, _ count: Int
    ) -> String {
        array(attributes, count).map { "\(text($0.pointee.key))=\(value($0.pointee.value))" }.joined(separator: ";")
    }

    private static func resourceSpans(_ request: Request) -> [UnsafeMutablePointer<Queuert__Otlp__V1__ResourceSpans>] {
        array(request.pointee.resource_spans, request.pointee.n_resource_spans)
    }

    private static func scopeSpans(_ request: Request) -> [UnsafeMutablePointer<Queuert__Otlp__V1__ScopeSpans>] {
        resourceSpans(request).flatMap { array($0.pointee.scope_spans, $0.pointee.n_scope_spans) }
    }

    private static func array<Value>(
        _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Value>?>?, _ count: Int
    ) -> [UnsafeMutablePointer<Value>] {
        UnsafeBufferPointer(start: pointers, count: count).compactMap(\.self)
    }

    private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
        pointer.map { String(cString: $0) } ?? ""
    }

    private static func hex(_ bytes: ProtobufCBinaryData) -> String {
        UnsafeBufferPointer(start: bytes.data, count: bytes.len).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private static func word(_ bytes: ProtobufCBinaryData) -> UInt64 {
        UnsafeBufferPointer(start: bytes.data, count: bytes.len).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
