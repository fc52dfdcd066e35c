/// How much a span may hold; what is over is dropped and counted.
public struct SpanLimits: Hashable, Sendable {
    /// How many attributes a span may have.
    ///
    /// 128 by default.
    public var attributes: Int
    /// How many events a span may have.
    ///
    /// 128 by default.
    public var events: Int
    /// How many links a span may have.
    ///
    /// 128 by default.
    public var links: Int
    /// How many attributes an event may have.
    ///
    /// 128 by default.
    public var attributesPerEvent: Int
    /// How many attributes a link may have.
    ///
    /// 128 by default.
    public var attributesPerLink: Int
    /// How many characters a text in an attribute may have; the rest is cut off.
    ///
    /// `nil`, the default, for any number. Characters are Unicode's scalars: what is seen as one may have many.
    public var attributeValueLength: Int?

    /// Makes limits.
    ///
    /// - Parameters:
    ///   - attributes: How many attributes a span may have.
    ///   - events: How many events a span may have.
    ///   - links: How many links a span may have.
    ///   - attributesPerEvent: How many attributes an event may have.
    ///   - attributesPerLink: How many attributes a link may have.
    ///   - attributeValueLength: How many characters a text in an attribute may have; `nil` for any number.
    public init(
        attributes: Int = 128, events: Int = 128, links: Int = 128, attributesPerEvent: Int = 128,
        attributesPerLink: Int = 128, attributeValueLength: Int? = nil
    ) {
        self.attributes = attributes
        self.events = events
        self.links = links
        self.attributesPerEvent = attributesPerEvent
        self.attributesPerLink = attributesPerLink
        self.attributeValueLength = attributeValueLength
    }

    /// Cuts a span down to the limits.
    ///
    /// The first attributes, events and links stay.
    func apply(to span: inout SpanData) {
        // Looking first leaves spans that are within the limits as they are, which is nearly all of them.
        guard attributeValueLength != nil || span.exceeds(self) else { return }
        let droppedAttributes = limited(&span.attributes, to: attributes)
        span.droppedAttributes += droppedAttributes
        span.droppedEvents += Self.cut(&span.events, to: events)
        span.droppedLinks += Self.cut(&span.links, to: links)
        for index in span.events.indices where needsWork(span.events[index].attributes, attributesPerEvent) {
            let dropped = limited(&span.events[index].attributes, to: attributesPerEvent)
            span.events[index].droppedAttributes += dropped
        }
        for index in span.links.indices where needsWork(span.links[index].attributes, attributesPerLink) {
            let dropped = limited(&span.links[index].attributes, to: attributesPerLink)
            span.links[index].droppedAttributes += dropped
        }
    }

    private func needsWork(_ attributes: [Attribute], _ limit: Int) -> Bool {
        attributes.count > limit || attributeValueLength != nil
    }

    private func limited(_ attributes: inout [Attribute], to limit: Int) -> Int {
        let dropped = Self.cut(&attributes, to: limit)
        if let length = attributeValueLength {
            for index in attributes.indices { attributes[index].value.truncate(to: length) }
        }
        return dropped
    }

    private static func cut<Element>(_ elements: inout [Element], to limit: Int) -> Int {
        let excess = elements.count - max(limit, 0)
        guard excess > 0 else { return 0 }
        elements.removeLast(excess)
        return excess
    }
}

extension AttributeValue {
    /// Cuts texts off after so many scalars, in arrays as well.
    mutating func truncate(to length: Int) {
        switch self {
        case .string(let text) where text.utf8.count > length:
            self = .string(String(text.unicodeScalars.prefix(max(length, 0))))
        case .array(var values):
            for index in values.indices { values[index].truncate(to: length) }
            self = .array(values)
        default: break
        }
    }
}
