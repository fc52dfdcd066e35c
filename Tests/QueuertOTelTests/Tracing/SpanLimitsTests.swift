import QueuertOTel
import Testing

@Suite("Span limits") struct SpanLimitsTests {
    /// What the processor gets of a span.
    private func emitted(_ span: SpanData, limits: SpanLimits = SpanLimits()) throws -> SpanData {
        let processor = CollectingSpanProcessor()
        SpanTracer(processor: processor, limits: limits).emit(span)
        return try #require(processor.ended.first)
    }

    private func attributes(_ count: Int) -> [Attribute] { (0..<count).map { Attribute("k\($0)", .int(Int64($0))) } }

    @Test("B09 the default limits are 128, and no limit for values")
    func defaults() {
        let limits = SpanLimits()
        #expect(limits.attributes == 128 && limits.events == 128 && limits.links == 128)
        #expect(limits.attributesPerEvent == 128 && limits.attributesPerLink == 128)
        #expect(limits.attributeValueLength == nil)
    }

    @Test("B09 what is at the limit stays, and nothing counts as dropped")
    func atTheLimit() throws {
        var span = SpanData.sample("span")
        span.attributes = attributes(128)
        span.events = (0..<128).map { SpanData.Event(name: "e\($0)", time: 1, attributes: attributes(128)) }
        span.links = (0..<128).map { _ in SpanData.Link(span.context, attributes: attributes(128)) }
        #expect(try emitted(span) == span)
    }

    @Test("B09 the first ones stay, the rest is dropped and counted")
    func overTheLimit() throws {
        var span = SpanData.sample("span")
        span.attributes = attributes(130)
        span.events = (0..<131).map { SpanData.Event(name: "e\($0)", time: 1, attributes: attributes(129)) }
        span.links = (0..<132).map { _ in SpanData.Link(span.context, attributes: attributes(130)) }
        let result = try emitted(span)
        #expect(result.attributes == attributes(128))
        #expect(result.droppedAttributes == 2)
        #expect(result.events.map(\.name) == (0..<128).map { "e\($0)" })
        #expect(result.droppedEvents == 3)
        #expect(result.events.allSatisfy { $0.attributes == attributes(128) && $0.droppedAttributes == 1 })
        #expect(result.links.count == 128)
        #expect(result.droppedLinks == 4)
        #expect(result.links.allSatisfy { $0.attributes == attributes(128) && $0.droppedAttributes == 2 })
    }

    @Test("B09 what was dropped before is counted as well")
    func addsUp() throws {
        var span = SpanData.sample("span")
        span.attributes = attributes(3)
        span.droppedAttributes = 5
        #expect(try emitted(span, limits: SpanLimits(attributes: 1)).droppedAttributes == 7)
    }

    @Test("B09 a limit of values counts what characters are made of, of which there may be any number")
    func longCharacter() throws {
        var span = SpanData.sample("span")
        span.attributes = [Attribute("text", .string("e" + String(repeating: "\u{301}", count: 5_000)))]
        let result = try emitted(span, limits: SpanLimits(attributeValueLength: 3))
        #expect(result.attributes == [Attribute("text", "e\u{301}\u{301}")])
    }

    @Test("B09 a limit of values cuts texts, in arrays, events and links as well, and nothing else")
    func valueLength() throws {
        let values = [
            Attribute("text", "grüße"), Attribute("short", "ab"), Attribute("array", ["abcd", ["abcd"], 12345]),
            Attribute("number", 12345),
        ]
        let cut = [
            Attribute("text", "grü"), Attribute("short", "ab"), Attribute("array", ["abc", ["abc"], 12345]),
            Attribute("number", 12345),
        ]
        var span = SpanData.sample("span")
        span.attributes = values
        span.events = [SpanData.Event(name: "event", time: 1, attributes: values)]
        span.links = [SpanData.Link(span.context, attributes: values)]
        let result = try emitted(span, limits: SpanLimits(attributeValueLength: 3))
        #expect(result.attributes == cut)
        #expect(result.events[0].attributes == cut)
        #expect(result.links[0].attributes == cut)
        #expect(result.droppedAttributes == 0)
    }
}
