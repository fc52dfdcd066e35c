/// The message `LogRecord` in JSON.
extension LogRecordData {
    func write(to json: inout JSONWriter) {
        json.long("timeUnixNano", time)
        json.number("severityNumber", severity.rawValue)
        json.string("severityText", severity.name)
        json.value("body", .string(body))
        json.attributes(attributes)
        json.number("droppedAttributesCount", Int(UInt32(clamping: droppedAttributes)))
        if let context {
            json.number("flags", Int(context.flags.rawValue))
            json.context(context)
        }
        json.long("observedTimeUnixNano", time)
        json.string("eventName", eventName)
    }
}
