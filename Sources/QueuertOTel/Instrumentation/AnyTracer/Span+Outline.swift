internal import Tracing

/// A moment of a span, in a tracer's words.
struct SpanInstant: TracerInstant {
    let nanosecondsSinceEpoch: UInt64

    static func < (first: SpanInstant, second: SpanInstant) -> Bool {
        first.nanosecondsSinceEpoch < second.nanosecondsSinceEpoch
    }
}

extension Tracing.Span {
    /// Says more, or something else under the same name.
    func add(_ attributes: [Attribute]) {
        if attributes.isEmpty { return }
        updateAttributes { $0.merge(SpanAttributes(attributes)) }
    }

    func end(_ status: SpanData.Status, at nanoseconds: UInt64) {
        if let status = SpanStatus(status) { setStatus(status) }
        end(at: SpanInstant(nanosecondsSinceEpoch: nanoseconds))
    }

    /// Ends the span of work that came to nothing.
    func end(_ work: UndoneWork, at nanoseconds: UInt64) {
        add(work.attributes)
        if let exception = work.exception { addException(exception, at: nanoseconds) }
        end(work.status, at: nanoseconds)
    }

    /// Adds what is told of an error.
    func addException(_ exception: [Attribute], at nanoseconds: UInt64) {
        addEvent(
            SpanEvent(
                name: EventDefinition.exception.name, at: SpanInstant(nanosecondsSinceEpoch: nanoseconds),
                attributes: SpanAttributes(exception)))
    }
}

extension LinkType {
    func link(to context: ServiceContext) -> SpanLink {
        SpanLink(context: context, attributes: SpanAttributes(attributes))
    }
}

extension SpanKind {
    /// The kind that OTLP calls by the same name.
    init(_ kind: SpanData.Kind) {
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

extension SpanStatus {
    /// The same status; `nil` where nothing was said.
    fileprivate init?(_ status: SpanData.Status) {
        switch status {
        case .unset: return nil
        case .ok: self.init(code: .ok)
        case .error(let description): self.init(code: .error, message: description)
        }
    }
}

extension SpanAttributes {
    init(_ attributes: [Attribute]) {
        self = [:]
        reserveCapacity(attributes.count)
        for attribute in attributes { set(attribute.key, value: SpanAttribute(attribute.value)) }
    }
}

extension SpanAttribute {
    /// The same value; `nil` for arrays of anything but texts, which no span of the queue has.
    fileprivate init?(_ value: AttributeValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .bool(let truth): self = .bool(truth)
        case .int(let number): self = .int64(number)
        case .double(let number): self = .double(number)
        case .array(let elements):
            let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
            guard texts.count == elements.count else { return nil }
            self = .stringArray(texts)
        }
    }
}
