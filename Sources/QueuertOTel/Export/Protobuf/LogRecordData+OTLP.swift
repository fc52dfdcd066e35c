/// The message `LogRecord`.
extension LogRecordData: OTLPItem {
    static var signal: OTLPSignal { .logs }

    var itemCount: Int { 1 }

    func write(to writer: inout ProtobufWriter) {
        writer.string(12, eventName)
        writer.fixed64(11, time)
        if let context {
            writer.spanID(10, context.spanID)
            writer.traceID(9, context.traceID)
            writer.fixed32(8, UInt32(context.flags.rawValue))
        }
        writer.varint(7, UInt64(UInt32(clamping: droppedAttributes)))
        writer.attributes(6, attributes)
        writer.value(5, .string(body))
        writer.string(3, severity.name)
        writer.varint(2, UInt64(severity.rawValue))
        writer.fixed64(1, time)
    }
}
