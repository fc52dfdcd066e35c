/// The message `Span` in JSON, and those in it.
extension SpanData {
    func write(to json: inout JSONWriter) {
        json.context(context)
        json.string("traceState", context.state)
        if let parent { json.anyString("parentSpanId", parent.spanID.description) }
        json.string("name", name)
        json.number("kind", kind.rawValue)
        json.long("startTimeUnixNano", start)
        json.long("endTimeUnixNano", end)
        json.attributes(attributes)
        json.number("droppedAttributesCount", Int(UInt32(clamping: droppedAttributes)))
        json.array("events", events) { target, event in
            target.long("timeUnixNano", event.time)
            target.string("name", event.name)
            target.attributes(event.attributes)
            target.number("droppedAttributesCount", Int(UInt32(clamping: event.droppedAttributes)))
        }
        json.number("droppedEventsCount", Int(UInt32(clamping: droppedEvents)))
        json.array("links", links) { target, link in
            target.context(link.context)
            target.string("traceState", link.context.state)
            target.attributes(link.attributes)
            target.number("droppedAttributesCount", Int(UInt32(clamping: link.droppedAttributes)))
            target.number("flags", Int(Self.flags(link.context.flags, isRemote: link.context.isRemote)))
        }
        json.number("droppedLinksCount", Int(UInt32(clamping: droppedLinks)))
        switch status {
        case .unset: break
        case .ok: json.object("status") { $0.number("code", 1) }
        case .error(let description):
            json.object("status") { target in
                target.string("message", description)
                target.number("code", 2)
            }
        }
        json.number("flags", Int(Self.flags(context.flags, isRemote: parent?.isRemote ?? false)))
    }
}
