internal import COTLP
import Foundation

/// Decodes OTLP export requests in protobuf.
///
/// The generated C code leaves out what was not sent: a missing message is a null pointer, a missing id has no bytes. Text
/// that isn't UTF-8 is repaired; text with a zero byte ends there, because it is a C string by the time we see it.
enum OTLPProtobufDecoder {
    /// Decodes a request.
    ///
    /// - Parameter body: The request's bytes.
    /// - Returns: The spans in it.
    /// - Throws: `OTLPDecodingError` if the bytes aren't a request, or one too costly to read.
    static func decode(_ body: UnsafeRawBufferPointer) throws -> DecodedTraces {
        try ProtobufScan.check(body)
        guard
            let request = queuert__otlp__v1__export_trace_request__unpack(
                nil, body.count, body.baseAddress?.assumingMemoryBound(to: UInt8.self))
        else {
            throw OTLPDecodingError.malformed("the body isn't a protobuf ExportTraceServiceRequest")
        }
        defer { queuert__otlp__v1__export_trace_request__free_unpacked(request, nil) }
        var traces = DecodedTraces()
        for resourceSpans in items(request.pointee.resource_spans, request.pointee.n_resource_spans) {
            let resource = resourceSpans.resource.map {
                attributes($0.pointee.attributes, $0.pointee.n_attributes)
            }
            for scopeSpans in items(resourceSpans.scope_spans, resourceSpans.n_scope_spans) {
                let scope = scopeSpans.scope.map { readScope($0.pointee) }
                for message in items(scopeSpans.spans, scopeSpans.n_spans) {
                    var span = readSpan(message)
                    span.resource = resource ?? []
                    span.scope = scope ?? .init()
                    traces.add(span)
                }
            }
        }
        return traces
    }

    private static func readSpan(_ message: Queuert__Otlp__V1__Span) -> ReceivedSpan {
        var span = ReceivedSpan()
        span.traceID = identifier(message.trace_id)
        span.spanID = identifier(message.span_id)
        span.parentSpanID = identifier(message.parent_span_id)
        span.traceState = text(message.trace_state)
        span.flags = message.flags
        span.name = text(message.name)
        span.kind = Int(message.kind.rawValue)
        span.startTime = message.start_time_unix_nano
        span.endTime = message.end_time_unix_nano
        span.attributes = attributes(message.attributes, message.n_attributes)
        span.droppedAttributes = message.dropped_attributes_count
        span.events = items(message.events, message.n_events).map { event in
            .init(
                name: text(event.name), time: event.time_unix_nano,
                attributes: attributes(event.attributes, event.n_attributes),
                droppedAttributes: event.dropped_attributes_count)
        }
        span.droppedEvents = message.dropped_events_count
        span.links = items(message.links, message.n_links).map { link in
            .init(
                traceID: identifier(link.trace_id), spanID: identifier(link.span_id),
                traceState: text(link.trace_state), attributes: attributes(link.attributes, link.n_attributes),
                droppedAttributes: link.dropped_attributes_count, flags: link.flags)
        }
        span.droppedLinks = message.dropped_links_count
        if let status = message.status?.pointee {
            span.status = .init(code: Int(status.code.rawValue), message: text(status.message))
        }
        return span
    }

    private static func readScope(_ message: Queuert__Otlp__V1__InstrumentationScope) -> ReceivedSpan.Scope {
        .init(
            name: text(message.name), version: text(message.version),
            attributes: attributes(message.attributes, message.n_attributes))
    }

    private static func attributes(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Queuert__Otlp__V1__KeyValue>?>?, _ count: Int
    ) -> [ReceivedAttribute] {
        items(list, count).map { pair in
            ReceivedAttribute(text(pair.key), pair.value.map { value($0.pointee) } ?? .empty)
        }
    }

    /// Reads a value; the scan has bounded how deep this calls itself.
    private static func value(_ message: Queuert__Otlp__V1__AnyValue) -> ReceivedValue {
        switch message.value_case {
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_STRING_VALUE: .string(text(message.string_value))
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_BOOL_VALUE: .bool(message.bool_value != 0)
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_INT_VALUE: .int(message.int_value)
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_DOUBLE_VALUE: .double(message.double_value)
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_BYTES_VALUE:
            .bytes(Data(UnsafeRawBufferPointer(start: message.bytes_value.data, count: message.bytes_value.len)))
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_ARRAY_VALUE:
            .array(
                message.array_value.map { items($0.pointee.values, $0.pointee.n_values).map(value) } ?? [])
        case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_KVLIST_VALUE:
            .list(message.kvlist_value.map { attributes($0.pointee.values, $0.pointee.n_values) } ?? [])
        default: .empty
        }
    }

    private static func identifier(_ bytes: ProtobufCBinaryData) -> String {
        // An id of any other length is refused anyway: there is no need to write out all of it.
        HexadecimalID.text(of: UnsafeRawBufferPointer(start: bytes.data, count: min(bytes.len, 17)))
    }

    private static func text(_ characters: UnsafeMutablePointer<CChar>?) -> String {
        characters.map { String(cString: $0) } ?? ""
    }

    private static func items<Message>(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
    ) -> [Message] {
        UnsafeBufferPointer(start: list, count: list == nil ? 0 : count).compactMap { $0?.pointee }
    }
}
