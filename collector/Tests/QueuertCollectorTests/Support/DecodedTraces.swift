@testable import QueuertCollector

/// A request's spans, read in full.
struct DecodedTraces {
    let spans: [ReceivedSpan]
    let rejectedCount: Int
    let rejectionReason: String

    init(protobuf bytes: [UInt8]) throws { try self.init(TraceScanner.scan(bytes)) }

    init(json text: String) throws { try self.init(json: Array(text.utf8)) }

    init(json bytes: [UInt8]) throws { try self.init(protobuf: OTLPJSON.protobuf(of: bytes, .traces)) }

    private init(_ batch: TraceBatch) throws {
        spans = try batch.spans.map { scanned in
            var span = try SpanDecoder.span(Array(batch.bytes[scanned.message]))
            let origin = batch.origins[scanned.origin]
            span.resource = try SpanDecoder.resource(Array(batch.bytes[origin.resource]))
            span.scope = try SpanDecoder.scope(Array(batch.bytes[origin.scope]))
            return span
        }
        (rejectedCount, rejectionReason) = (batch.rejectedCount, batch.rejectionReason)
    }
}
