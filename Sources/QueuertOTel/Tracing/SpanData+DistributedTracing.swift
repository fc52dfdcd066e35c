internal import Tracing

extension SpanData.Kind {
    /// The kind that swift-distributed-tracing calls by the same name.
    init(_ kind: SpanKind) {
        self =
            switch kind {
            case .server: .server
            case .client: .client
            case .producer: .producer
            case .consumer: .consumer
            case .internal: .internal
            }
    }
}

extension [Attribute] {
    /// Attributes in the order of their names, for a dictionary has none and what is exported shouldn't vary.
    init(_ attributes: SpanAttributes) {
        self.init()
        guard !attributes.isEmpty else { return }
        reserveCapacity(attributes.count)
        attributes.forEach { name, value in
            if let value = AttributeValue(value) { append(Attribute(name, value)) }
        }
        sort { $0.key < $1.key }
    }
}

extension AttributeValue {
    /// The same value; `nil` for kinds of values that were added since this was written.
    init?(_ value: SpanAttribute) {
        switch value {
        case .string(let text): self = .string(text)
        case .bool(let truth): self = .bool(truth)
        case .int32(let number): self = .int(Int64(number))
        case .int64(let number): self = .int(number)
        case .double(let number): self = .double(number)
        case .stringConvertible(let value): self = .string(value.description)
        case .stringArray(let texts): self = .array(texts.map(AttributeValue.string))
        case .boolArray(let truths): self = .array(truths.map(AttributeValue.bool))
        case .int32Array(let numbers): self = .array(numbers.map { .int(Int64($0)) })
        case .int64Array(let numbers): self = .array(numbers.map(AttributeValue.int))
        case .doubleArray(let numbers): self = .array(numbers.map(AttributeValue.double))
        // What `attributes["pages"] = [1, 2]` becomes: the package's rules for arrays don't know `Int` in generic code.
        case .stringConvertibleArray(let values as [Int]): self = .array(values.map { .int(Int64($0)) })
        case .stringConvertibleArray(let values): self = .array(values.map { .string($0.description) })
        default: return nil
        }
    }
}
