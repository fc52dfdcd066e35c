internal import COTLP
internal import CProtobufC
internal import QueuertOTel

/// Builds the C structs of one OTLP message in an arena; what it returns is valid as long as the builder is.
struct OTLPMessageBuilder: ~Copyable {
    typealias KeyValue = Queuert__Otlp__V1__KeyValue
    typealias AnyValue = Queuert__Otlp__V1__AnyValue

    /// Bits 8 and 9 of the flags say whether a parent or a link's target is remote: known at all, and so.
    private static let hasIsRemote: UInt32 = 0x100
    private static let isRemote: UInt32 = 0x200

    var arena = MessageArena()

    mutating func request(
        _ spans: some Collection<SpanData>, resource: Resource
    ) -> UnsafeMutablePointer<Queuert__Otlp__V1__ExportTraceRequest> {
        let request = arena.allocate(Queuert__Otlp__V1__ExportTraceRequest.self)
        queuert__otlp__v1__export_trace_request__init(request)
        let resourceSpans = arena.allocate(Queuert__Otlp__V1__ResourceSpans.self)
        queuert__otlp__v1__resource_spans__init(resourceSpans)
        resourceSpans.pointee.resource = described(resource)

        let groups = Self.grouped(spans) { $0.scope }
        resourceSpans.pointee.n_scope_spans = groups.count
        resourceSpans.pointee.scope_spans = pointers(to: Queuert__Otlp__V1__ScopeSpans.self, count: groups.count)
        for (index, group) in groups.enumerated() {
            fill(resourceSpans.pointee.scope_spans[index], scope: group.scope, spans: group.items)
        }
        request.pointee.n_resource_spans = 1
        request.pointee.resource_spans = arena.allocate(UnsafeMutablePointer<Queuert__Otlp__V1__ResourceSpans>?.self)
        request.pointee.resource_spans[0] = resourceSpans
        return request
    }

    static func grouped<Item>(
        _ items: some Collection<Item>, by scope: (Item) -> InstrumentationScope
    ) -> [(scope: InstrumentationScope, items: [Item])] {
        var groups: [(scope: InstrumentationScope, items: [Item])] = []
        var positions: [InstrumentationScope: Int] = [:]
        for item in items {
            if let position = positions[scope(item)] {
                groups[position].items.append(item)
            } else {
                positions[scope(item)] = groups.count
                groups.append((scope(item), [item]))
            }
        }
        return groups
    }

    mutating func described(_ resource: Resource) -> UnsafeMutablePointer<Queuert__Otlp__V1__Resource> {
        let target = arena.allocate(Queuert__Otlp__V1__Resource.self)
        queuert__otlp__v1__resource__init(target)
        target.pointee.n_attributes = resource.attributes.count
        target.pointee.attributes = attributes(resource.attributes)
        return target
    }

    mutating func described(
        _ scope: InstrumentationScope
    ) -> UnsafeMutablePointer<Queuert__Otlp__V1__InstrumentationScope> {
        let target = arena.allocate(Queuert__Otlp__V1__InstrumentationScope.self)
        queuert__otlp__v1__instrumentation_scope__init(target)
        target.pointee.name = arena.copy(scope.name)
        target.pointee.version = arena.copy(scope.version)
        return target
    }

    /// An array of pointers, each to memory for one value; the values are not initialised.
    mutating func pointers<Value>(
        to type: Value.Type, count: Int
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Value>?>? {
        guard count > 0 else { return nil }
        let values = arena.allocate(type, count: count)
        let pointers = arena.allocate(UnsafeMutablePointer<Value>?.self, count: count)
        for index in 0..<count { pointers[index] = values + index }
        return pointers
    }

    private mutating func fill(
        _ target: UnsafeMutablePointer<Queuert__Otlp__V1__ScopeSpans>?, scope: InstrumentationScope, spans: [SpanData]
    ) {
        guard let target else { return }
        queuert__otlp__v1__scope_spans__init(target)
        target.pointee.scope = described(scope)
        target.pointee.schema_url = arena.copy(scope.schemaURL)
        target.pointee.n_spans = spans.count
        target.pointee.spans = pointers(to: Queuert__Otlp__V1__Span.self, count: spans.count)
        for (index, span) in spans.enumerated() { fill(target.pointee.spans[index], with: span) }
    }

    private mutating func fill(_ target: UnsafeMutablePointer<Queuert__Otlp__V1__Span>?, with span: SpanData) {
        guard let target else { return }
        queuert__otlp__v1__span__init(target)
        target.pointee.trace_id = bytes(span.context.traceID)
        target.pointee.span_id = bytes(span.context.spanID)
        if !span.context.state.isEmpty { target.pointee.trace_state = arena.copy(span.context.state) }
        if let parent = span.parent { target.pointee.parent_span_id = bytes(parent.spanID) }
        target.pointee.name = arena.copy(span.name)
        target.pointee.kind = Queuert__Otlp__V1__SpanKind(UInt32(span.kind.rawValue))
        target.pointee.start_time_unix_nano = span.start
        target.pointee.end_time_unix_nano = span.end
        target.pointee.n_attributes = span.attributes.count
        target.pointee.attributes = attributes(span.attributes)
        target.pointee.dropped_attributes_count = UInt32(clamping: span.droppedAttributes)
        target.pointee.n_events = span.events.count
        target.pointee.events = pointers(to: Queuert__Otlp__V1__SpanEvent.self, count: span.events.count)
        for (index, event) in span.events.enumerated() { fill(target.pointee.events[index], with: event) }
        target.pointee.dropped_events_count = UInt32(clamping: span.droppedEvents)
        target.pointee.n_links = span.links.count
        target.pointee.links = pointers(to: Queuert__Otlp__V1__SpanLink.self, count: span.links.count)
        for (index, link) in span.links.enumerated() { fill(target.pointee.links[index], with: link) }
        target.pointee.dropped_links_count = UInt32(clamping: span.droppedLinks)
        target.pointee.status = status(span.status)
        target.pointee.flags = Self.flags(span.context.flags, isRemote: span.parent?.isRemote ?? false)
    }

    private mutating func fill(
        _ target: UnsafeMutablePointer<Queuert__Otlp__V1__SpanEvent>?, with event: SpanData.Event
    ) {
        guard let target else { return }
        queuert__otlp__v1__span_event__init(target)
        target.pointee.time_unix_nano = event.time
        target.pointee.name = arena.copy(event.name)
        target.pointee.n_attributes = event.attributes.count
        target.pointee.attributes = attributes(event.attributes)
        target.pointee.dropped_attributes_count = UInt32(clamping: event.droppedAttributes)
    }

    private mutating func fill(_ target: UnsafeMutablePointer<Queuert__Otlp__V1__SpanLink>?, with link: SpanData.Link) {
        guard let target else { return }
        queuert__otlp__v1__span_link__init(target)
        target.pointee.trace_id = bytes(link.context.traceID)
        target.pointee.span_id = bytes(link.context.spanID)
        if !link.context.state.isEmpty { target.pointee.trace_state = arena.copy(link.context.state) }
        target.pointee.n_attributes = link.attributes.count
        target.pointee.attributes = attributes(link.attributes)
        target.pointee.dropped_attributes_count = UInt32(clamping: link.droppedAttributes)
        target.pointee.flags = Self.flags(link.context.flags, isRemote: link.context.isRemote)
    }

    private static func flags(_ flags: TraceFlags, isRemote: Bool) -> UInt32 {
        UInt32(flags.rawValue) | hasIsRemote | (isRemote ? Self.isRemote : 0)
    }

    /// The status, or `nil` for one that says nothing, which is then not on the wire.
    private mutating func status(_ status: SpanData.Status) -> UnsafeMutablePointer<Queuert__Otlp__V1__SpanStatus>? {
        if case .unset = status { return nil }
        let target = arena.allocate(Queuert__Otlp__V1__SpanStatus.self)
        queuert__otlp__v1__span_status__init(target)
        if case .error(let description) = status {
            target.pointee.code = QUEUERT__OTLP__V1__STATUS_CODE__STATUS_CODE_ERROR
            target.pointee.message = arena.copy(description)
        } else {
            target.pointee.code = QUEUERT__OTLP__V1__STATUS_CODE__STATUS_CODE_OK
        }
        return target
    }

    mutating func attributes(
        _ attributes: [Attribute]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Queuert__Otlp__V1__KeyValue>?>? {
        guard let targets = pointers(to: KeyValue.self, count: attributes.count) else { return nil }
        let values = arena.allocate(AnyValue.self, count: attributes.count)
        for (index, attribute) in attributes.enumerated() {
            guard let target = targets[index] else { continue }
            queuert__otlp__v1__key_value__init(target)
            target.pointee.key = arena.copy(attribute.key)
            fill(values + index, with: attribute.value)
            target.pointee.value = values + index
        }
        return targets
    }

    mutating func fill(_ target: UnsafeMutablePointer<Queuert__Otlp__V1__AnyValue>, with value: AttributeValue) {
        queuert__otlp__v1__any_value__init(target)
        switch value {
        case .string(let text):
            target.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_STRING_VALUE
            target.pointee.string_value = arena.copy(text)
        case .bool(let truth):
            target.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_BOOL_VALUE
            target.pointee.bool_value = truth ? 1 : 0
        case .int(let number):
            target.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_INT_VALUE
            target.pointee.int_value = number
        case .double(let number):
            target.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_DOUBLE_VALUE
            target.pointee.double_value = number
        case .array(let elements):
            let array = arena.allocate(Queuert__Otlp__V1__ArrayValue.self)
            queuert__otlp__v1__array_value__init(array)
            array.pointee.n_values = elements.count
            array.pointee.values = pointers(to: AnyValue.self, count: elements.count)
            for (index, element) in elements.enumerated() {
                if let place = array.pointee.values[index] { fill(place, with: element) }
            }
            target.pointee.value_case = QUEUERT__OTLP__V1__ANY_VALUE__VALUE_ARRAY_VALUE
            target.pointee.array_value = array
        }
    }

    mutating func bytes(_ id: TraceID) -> ProtobufCBinaryData {
        ProtobufCBinaryData(len: 16, data: arena.copy(id.high, id.low))
    }

    mutating func bytes(_ id: SpanID) -> ProtobufCBinaryData {
        ProtobufCBinaryData(len: 8, data: arena.copy(id.value))
    }
}
