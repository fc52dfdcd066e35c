import Foundation

extension ReceivedSpan {
    /// What all spans of a resource and a scope have at their end, as members of an object without its brackets.
    struct JSONOrigin: Sendable {
        let resource: [UInt8]
        let scope: [UInt8]

        /// Writes a resource and a scope.
        ///
        /// - Parameters:
        ///   - resource: The resource's attributes.
        ///   - scope: The scope.
        init(resource: [ReceivedAttribute], scope: Scope) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("attributes")
            writer.write(resource)
            writer.endObject()
            self.resource = writer.bytes
            writer = JSONWriter()
            writer.beginObject()
            if !scope.attributes.isEmpty { writer.member("attributes", scope.attributes) }
            writer.key("name")
            writer.string(scope.name)
            if !scope.version.isEmpty {
                writer.key("version")
                writer.string(scope.version)
            }
            writer.endObject()
            self.scope = writer.bytes
        }
    }

    /// Writes the coded form of the span, as `JSONEncoder` does.
    ///
    /// - Parameter origin: Its resource and scope.
    /// - Returns: The text.
    func json(_ origin: JSONOrigin) -> String {
        var writer = JSONWriter()
        writer.write(self, origin)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ span: ReceivedSpan, _ origin: ReceivedSpan.JSONOrigin) {
        beginObject()
        member("attributes", span.attributes)
        member("droppedAttributesCount", span.droppedAttributes)
        member("droppedEventsCount", span.droppedEvents)
        member("droppedLinksCount", span.droppedLinks)
        member("endTimeUnixNano", String(span.endTime))
        if !span.events.isEmpty {
            key("events")
            beginArray()
            for event in span.events { write(event) }
            endArray()
        }
        member("flags", span.flags)
        key("kind")
        number(span.kind)
        if !span.links.isEmpty {
            key("links")
            beginArray()
            for link in span.links { write(link) }
            endArray()
        }
        member("name", span.name)
        if !span.parentSpanID.isEmpty { member("parentSpanId", span.parentSpanID) }
        key("resource")
        raw(origin.resource)
        key("scope")
        raw(origin.scope)
        member("spanId", span.spanID)
        member("startTimeUnixNano", String(span.startTime))
        if span.status != .init() {
            key("status")
            beginObject()
            key("code")
            number(span.status.code)
            if !span.status.message.isEmpty { member("message", span.status.message) }
            endObject()
        }
        member("traceId", span.traceID)
        if !span.traceState.isEmpty { member("traceState", span.traceState) }
        endObject()
    }

    private mutating func write(_ event: ReceivedSpan.Event) {
        beginObject()
        if !event.attributes.isEmpty { member("attributes", event.attributes) }
        member("droppedAttributesCount", event.droppedAttributes)
        member("name", event.name)
        member("timeUnixNano", String(event.time))
        endObject()
    }

    private mutating func write(_ link: ReceivedSpan.Link) {
        beginObject()
        if !link.attributes.isEmpty { member("attributes", link.attributes) }
        member("droppedAttributesCount", link.droppedAttributes)
        member("flags", link.flags)
        member("spanId", link.spanID)
        member("traceId", link.traceID)
        if !link.traceState.isEmpty { member("traceState", link.traceState) }
        endObject()
    }

    fileprivate mutating func write(_ attributes: [ReceivedAttribute]) {
        beginArray()
        for attribute in attributes {
            beginObject()
            member("key", attribute.key)
            key("value")
            write(attribute.value)
            endObject()
        }
        endArray()
    }

    private mutating func write(_ value: ReceivedValue) {
        beginObject()
        switch value {
        case .empty: break
        case .string(let text): member("stringValue", text)
        case .bool(let truth):
            key("boolValue")
            bool(truth)
        case .int(let value): member("intValue", String(value))
        case .double(let value):
            key("doubleValue")
            number(value)
        case .bytes(let bytes): member("bytesValue", bytes.base64EncodedString())
        case .array(let values):
            key("arrayValue")
            beginObject()
            key("values")
            beginArray()
            for value in values { write(value) }
            endArray()
            endObject()
        case .list(let attributes):
            key("kvlistValue")
            beginObject()
            member("values", attributes)
            endObject()
        }
        endObject()
    }

    fileprivate mutating func member(_ name: StaticString, _ attributes: [ReceivedAttribute]) {
        key(name)
        write(attributes)
    }

    private mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }

    private mutating func member(_ name: StaticString, _ count: UInt32) {
        guard count != 0 else { return }
        key(name)
        number(count)
    }
}
