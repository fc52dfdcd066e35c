import Testing

@testable import QueuertOTel

@Suite("Headers of a propagator in a job's columns") struct TraceHeadersTests {
    private static let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func headers(_ values: [(String, String)]) -> TraceHeaders {
        var headers = TraceHeaders()
        for (key, value) in values { TraceHeaders.Writer().inject(value, forKey: key, into: &headers) }
        return headers
    }

    @Test("a traceparent stands alone, whatever else the propagators write")
    func traceparent() {
        let headers = headers([
            ("Traceparent", Self.traceparent), ("tracestate", "a=1"), ("b3", "1-2"), ("baggage", "c=2"),
        ])
        #expect(headers.column == Self.traceparent)
        #expect(headers.traceState == "a=1")
        #expect(headers.baggage == "c=2")
    }

    @Test("without a traceparent all headers but the baggage are kept, and read again under their names")
    func others() throws {
        let headers = headers([
            ("X-B3-TraceId", "463ac35c9f6413ad"), ("X-B3-SpanId", "a2fb4a1d1a96d312"), ("baggage", "secret=1"),
            ("tracestate", "a=1"),
        ])
        let column = try #require(headers.column)
        #expect(column == "tracestate: a=1\nx-b3-spanid: a2fb4a1d1a96d312\nx-b3-traceid: 463ac35c9f6413ad")
        #expect(headers.traceState.isEmpty)
        let read = try #require(TraceHeaders(column: column, traceState: ""))
        #expect(TraceHeaders.Reader().extract(key: "X-B3-SpanId", from: read) == "a2fb4a1d1a96d312")
        #expect(TraceHeaders.Reader().extract(key: "baggage", from: read) == nil)
        #expect(read.column == column)
    }

    @Test("what can be no header is left out", arguments: [("a:b", "1"), ("", "1"), ("a\nb", "1"), ("a", "1\n2")])
    func noHeader(key: String, value: String) {
        #expect(headers([(key, value)]).column == nil)
    }

    @Test("a column without headers is none", arguments: ["", "\n", "00-broken", ": 1", "a: 1\nb"])
    func unreadable(column: String) {
        #expect(TraceHeaders(column: column, traceState: "") == nil)
    }

    @Test("a traceparent is read with its tracestate")
    func tracestate() throws {
        let read = try #require(TraceHeaders(column: Self.traceparent, traceState: "a=1"))
        #expect(read.column == Self.traceparent)
        #expect(read.traceState == "a=1")
    }
}
