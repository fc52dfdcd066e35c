import Foundation
import OTLPReference
import Testing

@testable import QueuertOTel

/// The JSON that is written, against what protobuf-c's description of the messages says of the same data in protobuf.
@Suite("OTLP in JSON") struct OTLPJSONEncoderTests {
    @Test("spans, metrics and log records of every shape say in JSON what they say in protobuf", arguments: 1...6)
    func same(seed: UInt64) throws {
        var generator = TelemetryGenerator(seed: seed)
        for count in [1, 2, 8] {
            let resource = generator.resource()
            let spans = generator.spans(count)
            let traces = try #require(ProtobufJSON.traces(OTLPEncoder(resource: resource).encode(spans)))
            #expect(try json(spans, resource) == traces, "seed \(seed), \(count) spans")
            let records = generator.records(count)
            let logs = try #require(ProtobufJSON.logs(protobuf(records, resource)))
            #expect(try json(records, resource) == logs, "seed \(seed), \(count) records")
            let metrics = generator.metrics(count)
            let measured = try #require(ProtobufJSON.metrics(protobuf(metrics, resource)))
            #expect(try json(metrics, resource) == measured, "seed \(seed), \(count) metrics")
        }
    }

    @Test("identifiers are hexadecimal, numbers of 64 bits are text, kinds are numbers")
    func format() {
        let message = OTLPJSONEncoder(resource: Resource()).encode([SpanData.small()][...])
        #expect(
            String(decoding: message, as: UTF8.self)
                == #"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{"name":"s"},"spans":[{"#
                + #""traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000001","name":"a","kind":1,"#
                + #""startTimeUnixNano":"1","endTimeUnixNano":"2","flags":257}]}]}]}"#)
    }

    @Test("no text breaks out of its quotation marks")
    func escapes() throws {
        let text = "a\"b\\c\nd\u{1}e\u{7f}é\u{2028}"
        let message = OTLPJSONEncoder(resource: Resource()).encode([SpanData.small(name: text)][...])
        #expect(!message.contains(UInt8(ascii: "\n")))
        #expect(
            try JSONDecoder().decode(JSONValue.self, from: Data(message))
                == ProtobufJSON.traces(OTLPEncoder(resource: Resource()).encode([SpanData.small(name: text)])))
    }

    @Test("X06 a message over the limit is told by its size")
    func tooLarge() {
        let encoder = OTLPJSONEncoder(resource: Resource())
        let size = encoder.encode([SpanData.full()][...]).count
        #expect(throws: OTLPEncoder.MessageTooLarge(byteCount: size)) {
            try encoder.encode([SpanData.full()][...], maximumBytes: size - 1)
        }
    }

    private func json<Item: OTLPItem>(_ items: [Item], _ resource: Resource) throws -> JSONValue {
        let message = OTLPJSONEncoder(resource: resource).encode(items[...])
        return try JSONDecoder().decode(JSONValue.self, from: Data(message))
    }

    private func protobuf<Item: OTLPItem>(_ items: [Item], _ resource: Resource) throws -> [UInt8] {
        try OTLPEncoder(resource: resource).encode(items, maximumBytes: .max)
    }
}

extension JSONValue: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // The commonest first: what a decoder refuses takes it long to say.
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let members = try? container.decode([String: JSONValue].self) {
            self = .object(members)
        } else if let elements = try? container.decode([JSONValue].self) {
            self = .array(elements)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .bool(try container.decode(Bool.self))
        }
    }
}
