@testable import QueuertCollector

/// Spans to test with.
enum Sample {
    static func traceID(_ number: Int) -> String {
        HexadecimalID.text(of: (0..<16).map { UInt8(($0 * 7 + number) % 255 + 1) })
    }

    static func spanID(_ number: Int) -> String {
        HexadecimalID.text(of: withUnsafeBytes(of: UInt64(number + 1).bigEndian, Array.init))
    }

    static func span(
        trace: Int = 0, _ number: Int = 0, parent: Int? = nil, name: String = "work", service: String = "demo",
        start: UInt64 = 1_000_000_000, length: UInt64 = 1_000_000, attributes: [ReceivedAttribute] = []
    ) -> ReceivedSpan {
        var span = ReceivedSpan()
        span.traceID = traceID(trace)
        span.spanID = spanID(number)
        span.parentSpanID = parent.map(spanID) ?? ""
        span.name = name
        span.kind = 1
        span.startTime = start
        span.endTime = start + length
        span.attributes = attributes
        span.resource = [.init("service.name", .string(service))]
        span.scope = .init(name: "queuert", version: "1", attributes: [])
        return span
    }

    static func link(trace: Int, _ number: Int, type: String) -> ReceivedSpan.Link {
        .init(
            traceID: traceID(trace), spanID: spanID(number),
            attributes: [.init("queuert.link.type", .string(type))])
    }

    /// A span that has everything that a span can have.
    static var full: ReceivedSpan {
        var span = span(3, parent: 2, name: "process index-file")
        span.traceState = "a=b"
        span.flags = 257
        span.kind = 5
        span.attributes = [
            .init("text", .string("grüße")), .init("truth", .bool(true)), .init("number", .int(.min)),
            .init("real", .double(0.1)), .init("bytes", .bytes(.init([0, 255, 7]))),
            .init("list", .array([.int(1), .string("two"), .array([])])),
            .init("map", .list([.init("inner", .list([.init("deep", .empty)]))])), .init("nothing", .empty),
        ]
        span.droppedAttributes = 1
        span.events = [.init(name: "retry", time: 5, attributes: [.init("n", .int(2))], droppedAttributes: 2)]
        span.droppedEvents = 3
        span.links = [
            .init(
                traceID: traceID(9), spanID: spanID(9), traceState: "c=d",
                attributes: [.init("queuert.link.type", .string("retry_of"))], droppedAttributes: 4, flags: 1)
        ]
        span.droppedLinks = 5
        span.status = .init(code: 2, message: "no such file")
        span.scope.attributes = [.init("s", .bool(false))]
        return span
    }
}
