/// The messages that all signals share. Fields are written from the last to the first.
extension ProtobufWriter {
    /// A repeated `KeyValue`.
    mutating func attributes(_ field: Int, _ attributes: [Attribute]) {
        // Where they lie: to take each out of the array first would count the references to its texts up and down.
        attributes.withUnsafeBufferPointer { attributes in
            var index = attributes.count
            while index > 0 {
                index -= 1
                // First, for a call between a text's being found and written would count the references to it.
                reserveTextPair()
                if case .string(let text) = attributes[index].value, textPair(field, attributes[index].key, text) {
                    continue
                }
                anyPair(field, attributes[index])
            }
        }
    }

    /// A `KeyValue`: out of the way, so that those that are written in one piece cost no count of references.
    @inline(never)
    private mutating func anyPair(_ field: Int, _ attribute: Attribute) {
        message(field) { pair in
            pair.value(2, attribute.value)
            pair.string(1, attribute.key)
        }
    }

    /// An `AnyValue`.
    mutating func value(_ field: Int, _ value: AttributeValue) {
        message(field) { any in
            switch value {
            case .string(let text): any.anyString(1, text)
            case .bool(let truth): any.anyVarint(2, truth ? 1 : 0)
            case .int(let number): any.anyVarint(3, UInt64(bitPattern: number))
            case .double(let number): any.anyFixed64(4, number.bitPattern)
            case .array(let elements):
                any.message(5) { array in
                    for element in elements.reversed() { array.value(1, element) }
                }
            }
        }
    }

    /// An `InstrumentationScope`, written even if it says nothing.
    mutating func scope(_ field: Int, _ scope: InstrumentationScope) {
        message(field) { target in
            target.string(2, scope.version)
            target.string(1, scope.name)
        }
    }

    mutating func traceID(_ field: Int, _ id: TraceID) { identifier(field, id.high, id.low) }

    mutating func spanID(_ field: Int, _ id: SpanID) { identifier(field, id.value) }
}
