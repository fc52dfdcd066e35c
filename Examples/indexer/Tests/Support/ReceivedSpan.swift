import COTLP
import Foundation

/// A span as a receiver gets it; values of attributes that are neither text nor whole numbers are left out.
struct ReceivedSpan: Sendable {
    struct Link: Sendable, Hashable {
        var spanID: String
        var type: String
    }
    var name: String
    var traceID: String
    var spanID: String
    var parentID: String
    var attributes: [String: String]
    var links: [Link]
    var isError: Bool

    /// The spans of an export request; none if the bytes aren't one.
    static func decode(_ body: Data) -> [ReceivedSpan] {
        body.withUnsafeBytes { bytes in
            let start = bytes.bindMemory(to: UInt8.self).baseAddress
            guard let request = queuert__otlp__v1__export_trace_request__unpack(nil, bytes.count, start) else {
                return []
            }
            defer { queuert__otlp__v1__export_trace_request__free_unpacked(request, nil) }
            return items(request.pointee.resource_spans, request.pointee.n_resource_spans)
                .flatMap { items($0.scope_spans, $0.n_scope_spans) }
                .flatMap { items($0.spans, $0.n_spans) }
                .map(ReceivedSpan.init)
        }
    }

    private init(_ span: Queuert__Otlp__V1__Span) {
        name = Self.text(span.name)
        traceID = Self.hexadecimal(span.trace_id)
        spanID = Self.hexadecimal(span.span_id)
        parentID = Self.hexadecimal(span.parent_span_id)
        attributes = Self.attributes(span.attributes, span.n_attributes)
        links = Self.items(span.links, span.n_links).map { link in
            let attributes = Self.attributes(link.attributes, link.n_attributes)
            return Link(spanID: Self.hexadecimal(link.span_id), type: attributes["queuert.link.type"] ?? "")
        }
        isError = span.status?.pointee.code == QUEUERT__OTLP__V1__STATUS_CODE__STATUS_CODE_ERROR
    }

    private static func attributes(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Queuert__Otlp__V1__KeyValue>?>?, _ count: Int
    ) -> [String: String] {
        var attributes: [String: String] = [:]
        for pair in items(list, count) {
            guard let value = pair.value?.pointee else { continue }
            switch value.value_case {
            case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_STRING_VALUE: attributes[text(pair.key)] = text(value.string_value)
            case QUEUERT__OTLP__V1__ANY_VALUE__VALUE_INT_VALUE: attributes[text(pair.key)] = "\(value.int_value)"
            default: break
            }
        }
        return attributes
    }

    private static func items<Message>(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
    ) -> [Message] {
        UnsafeBufferPointer(start: list, count: count).compactMap { $0?.pointee }
    }

    private static func text(_ characters: UnsafeMutablePointer<CChar>?) -> String {
        characters.map { String(cString: $0) } ?? ""
    }

    private static func hexadecimal(_ bytes: ProtobufCBinaryData) -> String {
        UnsafeBufferPointer(start: bytes.data, count: bytes.len).map { String(format: "%02x", $0) }.joined()
    }
}
