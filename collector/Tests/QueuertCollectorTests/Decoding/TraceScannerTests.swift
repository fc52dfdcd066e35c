import Testing

@testable import QueuertCollector

@Suite("OTLP in protobuf") struct TraceScannerTests {
    private func decode(_ bytes: [UInt8]) throws -> DecodedTraces {
        try DecodedTraces(protobuf: bytes)
    }

    private func code(_ bytes: [UInt8]) -> OTLPDecodingError.Code? {
        do { _ = try decode(bytes) } catch let error as OTLPDecodingError { return error.code } catch {}
        return nil
    }

    @Test("R03 a span that has everything comes out as it went in")
    func roundTrip() throws {
        #expect(try decode(ProtobufPacker.pack([Sample.full, Sample.span()])).spans == [Sample.full, Sample.span()])
    }

    @Test("R03 a request without spans is fine")
    func empty() throws {
        #expect(try decode([]).spans.isEmpty)
        // A resource, a scope and a span, all of them empty: the span is refused for its ids.
        let bare = [UInt8]().asField(0x12).asField(0x12).asField(0x0a)
        #expect(try decode(bare).rejectedCount == 1)
    }

    @Test("R04 values may be 64 deep and no deeper", arguments: [(1, true), (64, true), (65, false), (5_000, false)])
    func depth(_ depth: Int, _ isFine: Bool) {
        // An attribute whose value is arrays in arrays.
        var value: [UInt8] = []
        for _ in 1..<max(2, depth) { value = value.asField(0x0a).asField(0x2a) }
        if depth == 1 { value = [] }
        let request = value.asField(0x12).asField(0x4a).asField(0x12).asField(0x12).asField(0x0a)
        #expect(code(request) == (isFine ? nil : .tooDeep))
    }

    @Test("R04 more messages than a request can need are refused")
    func tooMany() {
        let attributes = [UInt8](repeating: 0, count: 2 * 1_000_001).enumerated().map {
            UInt8($0.offset % 2 == 0 ? 0x0a : 0)
        }
        #expect(code(attributes.asField(0x0a).asField(0x0a)) == .tooMany)
        #expect(
            code([UInt8](repeating: 0x78, count: 400_000).enumerated().map { $0.offset % 2 == 0 ? 0x78 : 1 })
                == .tooMany)
    }

    @Test("R04 a large resource isn't stored for any number of scopes, and not at all for scopes without spans")
    func manyScopes() throws {
        let text = [UInt8](repeating: 0x61, count: 1 << 20).asField(0x0a)
        let resource = text.asField(0x12).asField(0x0a).asField(0x0a)
        func request(_ count: Int, scope: [UInt8]) -> [UInt8] {
            (resource + [[UInt8]](repeating: scope.asField(0x12), count: count).flatMap { $0 }).asField(0x0a)
        }
        // One with a span that has no ids, and one without.
        let (span, none) = ([UInt8]().asField(0x12), [UInt8]())
        #expect(try TraceScanner.scan(request(60, scope: span)).origins.count == 60)
        #expect(code(request(64, scope: span)) == .tooMany)
        #expect(try TraceScanner.scan(request(100_000, scope: none)).origins.isEmpty)
        let mixed = (resource + none.asField(0x12) + span.asField(0x12)).asField(0x0a)
        #expect(try TraceScanner.scan(mixed).origins.count == 1)
    }

    @Test("R04 a body that breaks off anywhere is refused, or is a shorter request")
    func truncation() {
        let whole = ProtobufPacker.pack([Sample.full])
        for length in 0..<whole.count {
            let code = code(Array(whole.prefix(length)))
            // At the very beginning there is an empty request; after that the outer length doesn't fit.
            #expect(code == (length == 0 ? nil : .malformed))
        }
    }

    @Test("R04 10,000 damaged bodies are decoded or refused, and nothing else happens")
    func mutations() {
        var random = SeededGenerator(seed: 0x5eed)
        let whole = ProtobufPacker.pack([Sample.full, Sample.span()])
        var refused = 0
        for _ in 0..<10_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes[index] = .random(in: 0...255, using: &random)
                case 2: bytes.removeSubrange(index..<min(bytes.count, index + 3))
                default: bytes.insert(.random(in: 0...255, using: &random), at: index)
                }
            }
            do { _ = try decode(bytes) } catch is OTLPDecodingError { refused += 1 } catch { Issue.record(error) }
        }
        #expect(refused > 1_000)
        #expect(refused < 10_000)
    }

    @Test("R04 groups, field number zero and endless numbers are refused")
    func malformed() {
        #expect(code([0x0b]) == .malformed)
        #expect(code([0x00, 0x00]) == .malformed)
        #expect(code([UInt8](repeating: 0xff, count: 20)) == .malformed)
        #expect(code([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]) == .malformed)
    }

    @Test("text that isn't UTF-8 is repaired")
    func invalidText() throws {
        var span = Sample.span(name: "XY")
        var bytes = ProtobufPacker.pack([span])
        let index = try #require(bytes.indices.dropLast().first { bytes[$0] == 0x58 && bytes[$0 + 1] == 0x59 })
        bytes[index] = 0xff
        span.name = "\u{FFFD}Y"
        #expect(try decode(bytes).spans == [span])
    }

    @Test("R05 spans with bad ids are counted, the others are kept")
    func badIDs() throws {
        var noTrace = Sample.span()
        noTrace.traceID = ""
        var zeroTrace = Sample.span()
        zeroTrace.traceID = String(repeating: "0", count: 32)
        var longSpan = Sample.span()
        longSpan.spanID += "00"
        var shortParent = Sample.span()
        shortParent.parentSpanID = "0102"
        let traces = try decode(ProtobufPacker.pack([noTrace, zeroTrace, Sample.span(7), longSpan, shortParent]))
        #expect(traces.spans == [Sample.span(7)])
        #expect(traces.rejectedCount == 4)
        #expect(traces.rejectionReason.contains("trace id"))
    }

    @Test("R05 a link to nowhere is dropped and counted, its span is kept")
    func badLink() throws {
        var span = Sample.span()
        span.links = [.init(traceID: "00", spanID: "00"), Sample.link(trace: 2, 2, type: "creation")]
        let kept = try #require(try decode(ProtobufPacker.pack([span])).spans.first)
        #expect(kept.links == [Sample.link(trace: 2, 2, type: "creation")])
        #expect(kept.droppedLinks == 1)
    }
}

/// A generator that gives the same numbers each time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
