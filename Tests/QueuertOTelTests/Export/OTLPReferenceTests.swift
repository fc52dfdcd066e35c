import OTLPReference
import Testing

@testable import QueuertOTel

/// What the encoder writes, against what protobuf-c makes of the same data.
@Suite("OTLP encoder against protobuf-c") struct OTLPReferenceTests {
    @Test("spans of every shape are the same, byte for byte", arguments: 1...20)
    func spans(seed: UInt64) {
        var generator = TelemetryGenerator(seed: seed)
        for count in [1, 2, 3, 10, 40, 100] {
            let resource = generator.resource()
            let spans = generator.spans(count)
            let ours = OTLPEncoder(resource: resource).encode(spans)
            // A plain comparison: a difference of a megabyte would not be readable.
            let isSame = ours == OTLPReference.encode(spans, resource: resource)
            #expect(isSame, "seed \(seed), \(count) spans")
        }
    }

    @Test("log records of every shape are the same, byte for byte", arguments: 1...20)
    func records(seed: UInt64) throws {
        var generator = TelemetryGenerator(seed: seed)
        for count in [1, 2, 3, 10, 40, 100] {
            let resource = generator.resource()
            let records = generator.records(count)
            let ours = try OTLPEncoder(resource: resource).encode(records, maximumBytes: .max)
            let isSame = ours == OTLPReference.encode(records, resource: resource)
            #expect(isSame, "seed \(seed), \(count) records")
        }
    }

    @Test("metrics of every shape are the same, byte for byte", arguments: 1...20)
    func metrics(seed: UInt64) throws {
        var generator = TelemetryGenerator(seed: seed)
        for count in [1, 2, 3, 10, 40] {
            let resource = generator.resource()
            let metrics = generator.metrics(count)
            let ours = try OTLPEncoder(resource: resource).encode(metrics, maximumBytes: .max)
            let isSame = ours == OTLPReference.encode(metrics, resource: resource)
            #expect(isSame, "seed \(seed), \(count) metrics")
        }
    }

    @Test("a span with one odd thing is the same, byte for byte")
    func oddities() {
        var spans = [SpanData.full(), .small(), .small(name: ""), .small(name: "a\0b")]
        for value: AttributeValue in [
            "", "\0", .int(.min), .int(.max), .int(0), .double(-0.0), .double(.nan), .bool(false), [], [[]],
            [[["a"], 1]],
        ] {
            var span = SpanData.small()
            span.attributes = [Attribute("", value), Attribute("key", value)]
            spans.append(span)
        }
        for span in spans {
            let resource = Resource(attributes: span.attributes)
            #expect(
                OTLPEncoder(resource: resource).encode([span]) == OTLPReference.encode([span], resource: resource))
        }
    }
}
