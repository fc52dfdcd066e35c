import Foundation
import Testing

@testable import QueuertCollector

@Suite("OTLP in JSON") struct OTLPJSONTests {
    private func decode(_ text: String) throws -> DecodedTraces {
        try DecodedTraces(json: text)
    }

    private func request(span: String) -> String {
        #"{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{},"spans":[\#(span)]}]}]}"#
    }

    private func span(_ fields: String) throws -> ReceivedSpan {
        let text = request(
            span: #"{"traceId":"\#(Sample.traceID(0))","spanId":"\#(Sample.spanID(0))",\#(fields)}"#)
        return try #require(try decode(text).spans.first)
    }

    @Test("R08 a span that has everything comes out as it went in")
    func roundTrip() throws {
        let text = String(decoding: try JSONEncoder().encode(Sample.full), as: UTF8.self)
        var expected = Sample.full
        // Resource and scope are outside of the span.
        expected.resource = []
        expected.scope = .init()
        #expect(try decode(request(span: text)).spans == [expected])
    }

    @Test("R08 ids are hexadecimal digits of either case")
    func upperCase() throws {
        let text = request(
            span: #"{"traceId":"\#(Sample.traceID(0).uppercased())","spanId":"\#(Sample.spanID(0).uppercased())"}"#)
        #expect(try decode(text).spans.first?.traceID == Sample.traceID(0))
        #expect(try decode(text).spans.first?.spanID == Sample.spanID(0))
    }

    @Test("R08 64-bit integers are text or numbers")
    func integers() throws {
        let span = try span(
            #""startTimeUnixNano":"1700000000000000001","endTimeUnixNano":1700000000000000002,"attributes":[{"key":"a","value":{"intValue":"-9223372036854775808"}},{"key":"b","value":{"intValue":7}}]"#
        )
        #expect(span.startTime == 1_700_000_000_000_000_001)
        #expect(span.endTime == 1_700_000_000_000_000_002)
        #expect(span.attributes == [.init("a", .int(.min)), .init("b", .int(7))])
    }

    @Test("R08 enumerations are numbers, not names")
    func enumerations() throws {
        #expect(try span(#""kind":5,"status":{"code":2}"#).kind == 5)
        #expect(throws: OTLPDecodingError.self) { try span(#""kind":"SPAN_KIND_CONSUMER""#) }
        #expect(throws: OTLPDecodingError.self) { try span(#""status":{"code":"STATUS_CODE_ERROR"}"#) }
    }

    @Test("R08 names are lowerCamelCase, and unknown names are ignored")
    func names() throws {
        let span = try span(#""start_time_unix_nano":"5","name":"n","future":{"a":[1,{"b":null}]}"#)
        #expect(span.startTime == 0)
        #expect(span.name == "n")
    }

    @Test("R08 values may be empty, bytes, lists and numbers that JSON hasn't")
    func values() throws {
        let span = try span(
            #""attributes":[{"key":"e","value":{}},{"key":"m"},{"key":"b","value":{"bytesValue":"AP8H"}},{"key":"k","value":{"kvlistValue":{"values":[{"key":"x","value":{"doubleValue":"Infinity"}}]}}},{"key":"a","value":{"arrayValue":{}}},{"key":"n","value":{"doubleValue":1}}]"#
        )
        #expect(
            span.attributes == [
                .init("e", .empty), .init("m", .empty), .init("b", .bytes(Data([0, 255, 7]))),
                .init("k", .list([.init("x", .double(.infinity))])), .init("a", .array([])), .init("n", .double(1)),
            ])
    }

    @Test("R04 values may be 64 deep and no deeper", arguments: [(64, true), (65, false), (5_000, false)])
    func depth(_ depth: Int, _ isFine: Bool) throws {
        var value = #"{"boolValue":true}"#
        for _ in 1..<depth { value = #"{"arrayValue":{"values":[\#(value)]}}"# }
        let fields = #""attributes":[{"key":"a","value":\#(value)}]"#
        if isFine {
            #expect(try span(fields).attributes.count == 1)
        } else {
            #expect { try span(fields) } throws: { ($0 as? OTLPDecodingError)?.code == .tooDeep }
        }
    }

    @Test("R04 values that are too deep are refused before anything is made of them")
    func depthWhileReading() {
        var value = #"{"boolValue":true}"#
        for _ in 1..<65 { value = #"{"arrayValue":{"values":[\#(value)]}}"# }
        let text = request(span: #"{"attributes":[{"key":"a","value":\#(value)}]}"#)
        #expect {
            try OTLPJSON.protobuf(of: Array(text.utf8), .traces)
        } throws: {
            ($0 as? OTLPDecodingError)?.code == .tooDeep
        }
    }

    @Test(
        "R08 messages inside each other have their lengths, whatever those take",
        arguments: [0, 1, 100, 110, 120, 125, 126, 127, 128, 16_360, 16_380, 16_384, 2_100_000])
    func lengths(_ length: Int) throws {
        let text = String(repeating: "x", count: length)
        let value = #"{"stringValue":"\#(text)"}"#
        let list = #"{"kvlistValue":{"values":[{"key":"k","value":\#(value)}]}}"#
        let span = try span(
            #""attributes":[{"key":"a","value":{"arrayValue":{"values":[\#(value),\#(list)]}}},{"key":"b","value":{"intValue":7}}]"#
        )
        #expect(
            span.attributes == [
                .init("a", .array([.string(text), .list([.init("k", .string(text))])])), .init("b", .int(7)),
            ])
    }

    @Test(
        "R04 what isn't an export request in JSON is refused with a sentence that says where",
        arguments: [
            ("{", "JSON"), ("[]", "wrong type"), (#"{"resourceSpans":{}}"#, ".resourceSpans"), ("\u{FF}", "JSON"),
            (#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"x"}]}]}]}"#, ".startTimeUnixNano"),
            (#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":7}]}]}]}"#, ".name"),
        ])
    func malformed(_ body: String, _ expected: String) {
        #expect { try decode(body) } throws: { "\($0)".contains(expected) }
    }

    @Test("R04 10,000 damaged bodies are decoded or refused, and nothing else happens")
    func mutations() throws {
        var random = SeededGenerator(seed: 0x150)
        let whole = Array(
            request(span: String(decoding: try JSONEncoder().encode(Sample.full), as: UTF8.self)).utf8)
        var refused = 0
        for _ in 0..<10_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            do {
                _ = try DecodedTraces(json: bytes)
            } catch is OTLPDecodingError { refused += 1 } catch { Issue.record(error) }
        }
        #expect(refused > 1_000)
        #expect(refused < 10_000)
    }
}
