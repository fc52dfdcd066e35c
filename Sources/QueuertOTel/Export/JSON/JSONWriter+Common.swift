/// The messages that all signals share.
extension JSONWriter {
    mutating func attributes(_ attributes: [Attribute], named name: StaticString = "attributes") {
        array(name, attributes) { writer, attribute in
            writer.string("key", attribute.key)
            writer.value("value", attribute.value)
        }
    }

    /// An `AnyValue` in a field.
    mutating func value(_ name: StaticString, _ value: AttributeValue) {
        object(name) { $0.content(of: value) }
    }

    private mutating func content(of value: AttributeValue) {
        switch value {
        case .string(let text): anyString("stringValue", text)
        case .bool(let truth): anyBool("boolValue", truth)
        case .int(let number): anyLong("intValue", number)
        case .double(let number): anyDouble("doubleValue", number)
        case .array(let elements):
            object("arrayValue") { $0.array("values", elements) { $0.content(of: $1) } }
        }
    }

    mutating func scope(_ scope: InstrumentationScope) {
        object("scope") { target in
            target.string("name", scope.name)
            target.string("version", scope.version)
        }
    }

    mutating func context(_ context: TraceContext) {
        anyString("traceId", context.traceID.description)
        anyString("spanId", context.spanID.description)
    }
}
