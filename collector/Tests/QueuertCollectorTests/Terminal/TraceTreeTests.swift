import Testing

@testable import QueuertCollector

@Suite("Trees in the terminal") struct TraceTreeTests {
    @Test("spans are nested, with durations, attempts, errors and links")
    func tree() {
        var failed = Sample.span(1, parent: 0, name: "process index-file", start: 1_000_000_100, length: 2_500_000)
        failed.kind = 5
        failed.attributes = [.init("queuert.job.attempt", .int(1)), .init("error.type", .string("timeout"))]
        failed.status = .init(code: 2, message: "took too long")
        var retried = Sample.span(2, parent: 0, name: "process index-file", start: 1_010_000_000, length: 12_340)
        retried.kind = 5
        retried.attributes = [.init("queuert.job.attempt", .int(2))]
        retried.links = [Sample.link(trace: 0, 1, type: "retry_of"), Sample.link(trace: 5, 9, type: "blocker")]
        let inner = Sample.span(3, parent: 1, name: "query", start: 1_000_000_200, length: 999)
        let tree = TraceTree(traces: [[retried, inner, failed, Sample.span(name: "start index-file")]])
        #expect(
            tree.lines == [
                "trace \(Sample.traceID(0)): 4 spans, 10 ms, 1 error",
                "start index-file  1 ms",
                "├─ process index-file  2.5 ms  attempt 1  ERROR timeout: took too long",
                "│  └─ query  999 ns",
                "└─ process index-file  12.3 µs  attempt 2",
                "        ~ retry_of: process index-file",
                "        ~ blocker: span \(Sample.spanID(9)) in trace \(Sample.traceID(5))",
            ])
    }

    @Test("an attempt says what its job waited for, as far as a person would notice")
    func waits() {
        var attempt = Sample.span(name: "process charge-card")
        attempt.kind = 5
        attempt.attributes = [
            .init("queuert.job.attempt", .int(2)), .init("queuert.job.wait.backoff_s", .double(2.5)),
            .init("queuert.job.wait.queue_s", .double(0.0004)), .init("queuert.job.wait.blocked_s", .double(.infinity)),
        ]
        #expect(
            TraceTree(traces: [[attempt]]).lines.last == "process charge-card  1 ms  attempt 2  after backing off 2.5 s"
        )
    }

    @Test(
        "of a chain, its own spans are drawn, and what was done for it, but not the chains that it started",
        arguments: ["messaging.message.conversation_id", "queuert.chain.id"])
    func chain(_ attribute: String) {
        func span(_ number: Int, parent: Int?, _ name: String, chain: String?) -> ReceivedSpan {
            var span = Sample.span(number, parent: parent, name: name, start: UInt64(number))
            if let chain { span.attributes = [.init(attribute, .string(chain))] }
            return span
        }
        let trace = [
            span(1, parent: nil, "request", chain: nil), span(2, parent: 1, "start a", chain: "a"),
            span(3, parent: 2, "process a", chain: "a"), span(4, parent: 3, "query", chain: nil),
            span(5, parent: 3, "start b", chain: "b"), span(6, parent: 5, "query of b", chain: nil),
        ]
        #expect(
            TraceTree(traces: [trace], chain: "a").lines.dropFirst() == [
                "start a  1 ms  (below request)", "└─ process a  1 ms",
                "   └─ query  1 ms",
            ])
    }

    @Test("of many spans that only repeat, a few are drawn and the others counted, but each error is")
    func manySiblings() {
        var spans = [Sample.span(name: "start report")]
        for number in 1...20 {
            var span = Sample.span(number, parent: 0, name: "await file", start: UInt64(number) + 2_000_000_000)
            if number == 18 { span.status = .init(code: 2, message: "") }
            spans.append(span)
        }
        let lines = TraceTree(traces: [spans]).lines
        #expect(lines.count == 7)
        #expect(lines[5].contains("ERROR"))
        #expect(lines.last == "└─ … 16 more “await file”")
    }

    @Test("of many links of one type, a few are written and the others counted")
    func manyLinks() {
        var span = Sample.span()
        span.links = (1...60).map { Sample.link(trace: 0, $0, type: "blocker") }
        let lines = TraceTree(traces: [[span]]).lines
        #expect(lines.count == 6)
        #expect(lines.last?.hasSuffix("~ blocker: 57 more") == true)
    }

    @Test("a span whose parent isn't stored says so")
    func orphan() {
        #expect(TraceTree(traces: [[Sample.span(1, parent: 8)]]).lines.last == "work  1 ms  (its parent isn't here)")
    }

    @Test("a trace deeper than the call stack is drawn")
    func deep() {
        let spans = (0..<20_000).map { Sample.span($0, parent: $0 == 0 ? nil : $0 - 1, start: UInt64($0)) }
        #expect(TraceTree(traces: [Array(spans.prefix(2_000))]).lines.count == 2_001)
    }

    @Test("names can't control the terminal")
    func control() {
        let lines = TraceTree(traces: [[Sample.span(name: "a\u{1B}[31m\r\n\u{202E}b\u{9B}c")]]).lines
        #expect(lines.last == "a\u{FFFD}[31m\u{FFFD}\u{FFFD}\u{FFFD}b\u{FFFD}c  1 ms")
    }

    @Test(
        "durations have three digits and a fitting unit",
        arguments: [
            (0, "0 ns"), (999, "999 ns"), (1_000, "1 µs"), (1_234_567, "1.23 ms"), (45_678_900, "45.7 ms"),
            (987_654_321, "988 ms"), (2_000_000_000, "2 s"), (61_000_000_000, "1 min 1 s"),
        ] as [(UInt64, String)])
    func durations(_ nanoseconds: UInt64, _ text: String) {
        #expect(DurationText.text(nanoseconds: nanoseconds) == text)
    }
}
