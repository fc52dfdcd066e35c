import COTLP
import Testing

@testable import QueuertOTel

@Suite("OTLP encoder") struct OTLPEncoderTests {
    private let resource = Resource(attributes: [Attribute("service.name", "shop"), Attribute("process.pid", 12)])

    @Test("a small span is, byte for byte, what the specification's field numbers say")
    func bytes() throws {
        let span: [UInt8] =
            [0x0a, 16] + Array(1...16)  // trace_id
            + [0x12, 8, 0, 0, 0, 0, 0, 0, 0, 1]  // span_id
            + [0x2a, 1, 0x61]  // name "a"
            + [0x30, 1]  // kind INTERNAL
            + [0x39, 1, 0, 0, 0, 0, 0, 0, 0]  // start_time_unix_nano, fixed
            + [0x41, 2, 0, 0, 0, 0, 0, 0, 0]  // end_time_unix_nano, fixed
            + [0x85, 0x01, 0x01, 0x01, 0, 0]  // flags, field 16: sampled, and known not to have a remote parent
        let scope: [UInt8] = [0x0a, 1, 0x73]  // name "s"
        let scopeSpans = [0x0a, UInt8(scope.count)] + scope + [0x12, UInt8(span.count)] + span
        let resource: [UInt8] = [0x0a, 0]
        let resourceSpans = resource + [0x12, UInt8(scopeSpans.count)] + scopeSpans
        let expected = [0x0a, UInt8(resourceSpans.count)] + resourceSpans
        #expect(OTLPEncoder(resource: Resource()).encode([SpanData.small()]) == expected)
    }

    @Test("B08 what is decoded is what was encoded, field by field")
    func roundTrip() throws {
        let other = InstrumentationScope(name: "mine")
        let spans = [SpanData.full(1), .full(2, scope: other), .small(3), .full(4), .full(5, scope: other)]
        let message = OTLPEncoder(resource: resource).encode(spans)
        let request = try #require(queuert__otlp__v1__export_trace_request__unpack(nil, message.count, message))
        defer { queuert__otlp__v1__export_trace_request__free_unpacked(request, nil) }
        #expect(OTLPDecoded.resources(request) == [OTLPDecoded.described(resource)])
        #expect(
            OTLPDecoded.scopes(request) == [
                .init(scope: .fixture, spans: [1, 4]), .init(scope: other, spans: [2, 5]),
                .init(scope: InstrumentationScope(name: "s"), spans: [3]),
            ])
        let decoded = OTLPDecoded.spans(request)
        #expect(decoded == [spans[0], spans[3], spans[1], spans[4], spans[2]].map(OTLPDecoded.described))
    }

    @Test("B08 the flags say whether the parent of a span and the target of a link are remote")
    func flags() throws {
        var local = SpanData.full(3)
        local.parent?.isRemote = false
        let message = OTLPEncoder(resource: resource).encode([SpanData.full(1), local, .small(2)])
        let request = try #require(queuert__otlp__v1__export_trace_request__unpack(nil, message.count, message))
        defer { queuert__otlp__v1__export_trace_request__free_unpacked(request, nil) }
        let spans = OTLPDecoded.spans(request)
        #expect(spans[0].contains("flags=0x303"))
        #expect(spans[0].contains("link flags=0x300"))
        #expect(spans[0].contains("link flags=0x101"))
        #expect(spans[1].contains("-18446744073709551615 flags=0x103"))
        #expect(spans[2].contains("flags=0x101"))
    }

    @Test("text after a zero byte is not lost")
    func zeroByte() throws {
        let span = SpanData.small(name: "a\0b")
        let message = OTLPEncoder(resource: resource).encode([span])
        let request = try #require(queuert__otlp__v1__export_trace_request__unpack(nil, message.count, message))
        defer { queuert__otlp__v1__export_trace_request__free_unpacked(request, nil) }
        #expect(OTLPDecoded.spans(request)[0].contains("name=a\u{FFFD}b"))
    }

    @Test("X06 a message over the limit is not made, and its size is told")
    func tooLarge() throws {
        let encoder = OTLPEncoder(resource: resource)
        let size = encoder.encode([SpanData.full()]).count
        #expect(try encoder.encode([SpanData.full()], maximumBytes: size).count == size)
        #expect(throws: OTLPEncoder.MessageTooLarge(byteCount: size)) {
            try encoder.encode([SpanData.full()], maximumBytes: size - 1)
        }
    }

    @Test("a batch larger than a chunk of the arena, with text larger than a chunk, is encoded")
    func largeBatch() throws {
        let spans = (1...3000).map {
            SpanData.small(UInt64($0), name: String(repeating: "n", count: $0 == 7 ? 200_000 : 50))
        }
        let message = OTLPEncoder(resource: resource).encode(spans)
        let request = try #require(queuert__otlp__v1__export_trace_request__unpack(nil, message.count, message))
        defer { queuert__otlp__v1__export_trace_request__free_unpacked(request, nil) }
        #expect(OTLPDecoded.spanIDs(request) == Array(1...3000))
        #expect(OTLPDecoded.spans(request) == spans.map(OTLPDecoded.described))
    }
}
