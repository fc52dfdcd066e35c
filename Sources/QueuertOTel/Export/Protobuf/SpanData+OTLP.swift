/// The message `Span`, and those in it.
extension SpanData: OTLPItem {
    static var signal: OTLPSignal { .traces }

    var itemCount: Int { 1 }

    /// Bits 8 and 9 of the flags say whether a parent or a link's target is remote: known at all, and so.
    private static let hasIsRemote: UInt32 = 0x100
    private static let isRemote: UInt32 = 0x200

    func write(to writer: inout ProtobufWriter) {
        writer.fixed32(16, Self.flags(context.flags, isRemote: parent?.isRemote ?? false))
        writeStatus(to: &writer)
        writer.varint(14, Self.count(droppedLinks))
        for link in links.reversed() { Self.write(link, to: &writer) }
        writer.varint(12, Self.count(droppedEvents))
        for event in events.reversed() { Self.write(event, to: &writer) }
        writer.varint(10, Self.count(droppedAttributes))
        writer.attributes(9, attributes)
        writer.fixed64(8, end)
        writer.fixed64(7, start)
        writer.varint(6, UInt64(kind.rawValue))
        writer.string(5, name)
        if let parent { writer.spanID(4, parent.spanID) }
        writer.string(3, context.state)
        writer.spanID(2, context.spanID)
        writer.traceID(1, context.traceID)
    }

    private static func write(_ event: Event, to writer: inout ProtobufWriter) {
        writer.message(11) { target in
            target.varint(4, count(event.droppedAttributes))
            target.attributes(3, event.attributes)
            target.string(2, event.name)
            target.fixed64(1, event.time)
        }
    }

    private static func write(_ link: Link, to writer: inout ProtobufWriter) {
        writer.message(13) { target in
            target.fixed32(6, flags(link.context.flags, isRemote: link.context.isRemote))
            target.varint(5, count(link.droppedAttributes))
            target.attributes(4, link.attributes)
            target.string(3, link.context.state)
            target.spanID(2, link.context.spanID)
            target.traceID(1, link.context.traceID)
        }
    }

    /// A status that says nothing is not on the wire.
    private func writeStatus(to writer: inout ProtobufWriter) {
        switch status {
        case .unset: break
        case .ok: writer.message(15) { $0.varint(3, 1) }
        case .error(let description):
            writer.message(15) { target in
                target.varint(3, 2)
                target.string(2, description)
            }
        }
    }

    static func flags(_ flags: TraceFlags, isRemote: Bool) -> UInt32 {
        UInt32(flags.rawValue) | hasIsRemote | (isRemote ? Self.isRemote : 0)
    }

    /// A count as OTLP has it, in 32 bits.
    private static func count(_ count: Int) -> UInt64 { UInt64(UInt32(clamping: count)) }
}
