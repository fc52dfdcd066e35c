import COTLP
import Foundation

@testable import QueuertCollector

/// Writes export requests with protobuf-c, so that what is decoded wasn't written by the same hand.
final class ProtobufPacker {
    private var allocations: [UnsafeMutableRawPointer] = []

    static func pack(_ spans: [ReceivedSpan]) -> [UInt8] {
        let packer = ProtobufPacker()
        var request = Queuert__Otlp__V1__ExportTraceRequest()
        queuert__otlp__v1__export_trace_request__init(&request)
        request.resource_spans = packer.list(spans.map(packer.resourceSpans))
        request.n_resource_spans = spans.count
        let size = queuert__otlp__v1__export_trace_request__get_packed_size(&request)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = queuert__otlp__v1__export_trace_request__pack(&request, buffer.baseAddress)
        }
    }

    deinit { for allocation in allocations { free(allocation) } }

    private func resourceSpans(_ span: ReceivedSpan) -> UnsafeMutablePointer<Queuert__Otlp__V1__ResourceSpans> {
        let resource = new(queuert__otlp__v1__resource__init)
        (resource.pointee.attributes, resource.pointee.n_attributes) = attributes(span.resource)
        let scope = new(queuert__otlp__v1__instrumentation_scope__init)
        scope.pointee.name = text(span.scope.name)
        scope.pointee.version = text(span.scope.version)
        (scope.pointee.attributes, scope.pointee.n_attributes) = attributes(span.scope.attributes)
        let scopeSpans = new(queuert__otlp__v1__scope_spans__init)
        scopeSpans.pointee.scope = scope
        scopeSpans.pointee.spans = list([message(span)])
        scopeSpans.pointee.n_spans = 1
        let resourceSpans = new(queuert__otlp__v1__resource_spans__init)
        resourceSpans.pointee.resource = resource
        resourceSpans.pointee.scope_spans = list([scopeSpans])
        resourceSpans.pointee.n_scope_spans = 1
        return resourceSpans
    }

    private func message(_ span: ReceivedSpan) -> UnsafeMutablePointer<Queuert__Otlp__V1__Span> {
        let message = new(queuert__otlp__v1__span__init)
        message.pointee.trace_id = bytes(span.traceID)
        message.pointee.span_id = bytes(span.spanID)
        message.pointee.parent_span_id = bytes(span.parentSpanID)
        message.pointee.trace_state = text(span.traceState)
        message.pointee.flags = span.flags
        message.pointee.name = text(span.name)
        message.pointee.kind = .init(UInt32(span.kind))
        message.pointee.start_time_unix_nano = span.startTime
        message.pointee.end_time_unix_nano = span.endTime
        (message.pointee.attributes, message.pointee.n_attributes) = attributes(span.attributes)
        message.pointee.dropped_attributes_count = span.droppedAttributes
        message.pointee.events = list(span.events.map(self.message))
        message.pointee.n_events = span.events.count
        message.pointee.dropped_events_count = span.droppedEvents
        message.pointee.links = list(span.links.map(self.message))
        message.pointee.n_links = span.links.count
        message.pointee.dropped_links_count = span.droppedLinks
        if span.status != .init() {
            let status = new(queuert__otlp__v1__span_status__init)
            status.pointee.code = .init(UInt32(span.status.code))
            status.pointee.message = text(span.status.message)
            message.pointee.status = status
        }
        return message
    }

    private func message(_ event: ReceivedSpan.Event) -> UnsafeMutablePointer<Queuert__Otlp__V1__SpanEvent> {
        let message = new(queuert__otlp__v1__span_event__init)
        message.pointee.name = text(event.name)
        message.pointee.time_unix_nano = event.time
        (message.pointee.attributes, message.pointee.n_attributes) = attributes(event.attributes)
        message.pointee.dropped_attributes_count = event.droppedAttributes
        return message
    }

    private func message(_ link: ReceivedSpan.Link) -> UnsafeMutablePointer<Queuert__Otlp__V1__SpanLink> {
        let message = new(queuert__otlp__v1__span_link__init)
        message.pointee.trace_id = bytes(link.traceID)
        message.pointee.span_id = bytes(link.spanID)
        message.pointee.trace_state = text(link.traceState)
        (message.pointee.attributes, message.pointee.n_attributes) = attributes(link.attributes)
        message.pointee.dropped_attributes_count = link.droppedAttributes
        message.pointee.flags = link.flags
        return message
    }

    private typealias KeyValues = UnsafeMutablePointer<UnsafeMutablePointer<Queuert__Otlp__V1__KeyValue>?>

    private func attributes(_ attributes: [ReceivedAttribute]) -> (KeyValues?, Int) {
        let messages = attributes.map { attribute in
            let message = new(queuert__otlp__v1__key_value__init)
            message.pointee.key = text(attribute.key)
            message.pointee.value = value(attribute.value)
            return message
        }
        return (list(messages), messages.count)
    }

    private func value(_ value: ReceivedValue) -> UnsafeMutablePointer<Queuert__Otlp__V1__AnyValue> {
        let message = new(queuert__otlp__v1__any_value__init)
        switch value {
        case .empty: break
        case .string(let string):
            message.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_STRING_VALUE
            message.pointee.string_value = text(string)
        case .bool(let truth):
            message.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_BOOL_VALUE
            message.pointee.bool_value = truth ? 1 : 0
        case .int(let number):
            message.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_INT_VALUE
            message.pointee.int_value = number
        case .double(let number):
            message.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_DOUBLE_VALUE
            message.pointee.double_value = number
        case .bytes(let data):
            message.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_BYTES_VALUE
            message.pointee.bytes_value = bytes(HexadecimalID.text(of: data))
        case .array(let values):
            let array = new(queuert__otlp__v1__array_value__init)
            array.pointee.values = list(values.map(self.value))
            array.pointee.n_values = values.count
            message.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_ARRAY_VALUE
            message.pointee.array_value = array
        case .list(let pairs):
            let list = new(queuert__otlp__v1__key_value_list__init)
            (list.pointee.values, list.pointee.n_values) = attributes(pairs)
            message.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_KVLIST_VALUE
            message.pointee.kvlist_value = list
        }
        return message
    }

    private func new<Message>(_ initialize: (UnsafeMutablePointer<Message>?) -> Void) -> UnsafeMutablePointer<Message> {
        let pointer: UnsafeMutablePointer<Message> = allocate(1)
        initialize(pointer)
        return pointer
    }

    private func list<Message>(
        _ messages: [UnsafeMutablePointer<Message>]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?>? {
        let pointer: UnsafeMutablePointer<UnsafeMutablePointer<Message>?> = allocate(max(1, messages.count))
        for (index, message) in messages.enumerated() { pointer[index] = message }
        return pointer
    }

    private func text(_ string: String) -> UnsafeMutablePointer<CChar> {
        let characters = Array(string.utf8CString)
        let pointer: UnsafeMutablePointer<CChar> = allocate(characters.count)
        pointer.update(from: characters, count: characters.count)
        return pointer
    }

    private func bytes(_ hexadecimal: String) -> ProtobufCBinaryData {
        let digits = Array(hexadecimal)
        let pointer: UnsafeMutablePointer<UInt8> = allocate(max(1, digits.count / 2))
        for index in 0..<(digits.count / 2) {
            pointer[index] = UInt8(String(digits[(index * 2)...(index * 2 + 1)]), radix: 16) ?? 0
        }
        return .init(len: digits.count / 2, data: pointer)
    }

    /// Zeroed memory that lives as long as the packer.
    private func allocate<Element>(_ count: Int) -> UnsafeMutablePointer<Element> {
        guard let pointer = calloc(count, MemoryLayout<Element>.stride) else { preconditionFailure("out of memory") }
        allocations.append(pointer)
        return pointer.assumingMemoryBound(to: Element.self)
    }
}

extension [UInt8] {
    /// A protobuf field with this content, in which `tag` is the number and the wire type.
    func asField(_ tag: UInt8) -> [UInt8] {
        var length: [UInt8] = []
        var rest = count
        repeat {
            length.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return [tag] + length + self
    }
}
