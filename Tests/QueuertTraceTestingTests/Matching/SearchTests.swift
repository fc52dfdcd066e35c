import QueuertOTel
import Testing

@testable import QueuertTraceTesting

@Suite("Which span is which", .removedFailures)
struct SearchTests {
    @Test("A2 unordered siblings that look alike are told apart by where links lead")
    func backtracks() throws {
        // Taken in order, the first expected pair would be the first recorded one, and that is wrong.
        let forest = TraceForest([
            recorded(1, "root"), recorded(2, "send", below: 1), recorded(3, "send", below: 1),
            recorded(4, "receive", below: 1, links: [link(3, type: "creation")]),
            recorded(5, "receive", below: 1, links: [link(2, type: "creation")]),
            recorded(6, "reply", below: 1, links: [link(4, type: "reply_to"), link(3, type: "origin")]),
            recorded(7, "audit", trace: 2, links: [link(5, type: "about")]),
        ])
        let match = try forest.expect {
            trace {
                span("root") {
                    span("send").named("first")
                    span("receive").linked(to: "first", type: "creation").named("first received")
                    span("send").named("second")
                    span("receive").linked(to: "second", type: "creation").named("second received")
                    span("reply").linked(to: "first received", type: "reply_to").linked(to: "first", type: "origin")
                }
                .unordered()
            }
            trace { span("audit").linked(to: "second received", type: "about") }
        }
        #expect(match["first"]?.context == context(3))
        #expect(match["second received"]?.context == context(5))
    }

    @Test("A2 traces that look alike are told apart by their links")
    func alikeTraces() throws {
        let count: UInt64 = 20
        let spans = (1...count).flatMap { number in
            [
                recorded(number, "start", trace: number),
                recorded(
                    100 + number, "process", trace: 100 + number,
                    links: [link(count + 1 - number, trace: count + 1 - number, type: "chain")]),
            ]
        }
        func expect(_ spans: [SpanData]) throws {
            try TraceForest(spans).expect {
                for number in 1...count {
                    trace { span("process").linked(to: "start \(number)", type: "chain").noOtherLinks() }
                    trace { span("start").named("start \(number)") }
                }
            }
        }
        try expect(spans)
        // Two processes linked to one start leave another start without any.
        var broken = spans
        broken[1].links = broken[3].links
        #expect(throws: TraceMismatch.self) { try expect(broken) }
    }

    @Test("A1 five hundred spans are compared quickly, alike or not", .timeLimit(.minutes(20)))
    func manySpans() throws {
        let count: UInt64 = 500
        var spans = [recorded(1, "root")]
        for id in 2..<count {
            spans.append(recorded(id, "process", below: 1, links: id > 2 ? [link(id - 1, type: "retry_of")] : []))
        }
        let forest = TraceForest(spans)
        func expectation(unordered: Bool, last: String = "process") -> SpanExpectation {
            let root = span("root") {
                for id in 2..<count {
                    let process = span(id == count - 1 ? last : "process").named("\(id)")
                    if id > 2 { process.linked(to: "\(id - 1)", type: "retry_of") } else { process }
                }
            }
            return unordered ? root.unordered() : root
        }
        let match = try forest.expect { trace { expectation(unordered: false) } }
        #expect(match["499"]?.context == context(499))
        // The chain of links leaves one way to take them, though all look alike.
        let unordered = try forest.expect { trace { expectation(unordered: true) } }
        #expect(unordered["250"]?.context == context(250))
        let mismatch = try #require(throws: TraceMismatch.self) {
            try forest.expect { trace { expectation(unordered: false, last: "finish") } }
        }
        #expect(mismatch.description.contains("-     finish «499»"))
        #expect(mismatch.description.split(separator: "\n").count < 40, "\(mismatch)")
        // No links at all: any way will do.
        try TraceForest(
            spans.map {
                var span = $0; span.links = []; return span
            }
        ).expect {
            trace { span("root") { for _ in 2..<count { span("process") } }.unordered() }
        }
    }

    @Test("A1 five hundred spans below each other are no deeper than the stack")
    func deep() throws {
        let spans = (1...500).map { recorded($0, "step", below: $0 > 1 ? $0 - 1 : nil) }
        let expectation = (1...500).reduce([SpanExpectation]()) { below, _ in [span("step") { below }] }
        try TraceForest(spans).expect { trace { expectation } }
    }

    @Test("too many that look alike are reported as such")
    func ambiguous() throws {
        // Six spans that all link to one another, to be found where five at most do.
        let (wanted, count): (UInt64, UInt64) = (6, 20)
        let spans = (1...count).map { id in
            recorded(
                id, "node", trace: id,
                links: (1...count).filter { $0 % (wanted - 1) != id % (wanted - 1) }.map {
                    link($0, trace: $0, type: "edge")
                })
        }
        let failure = try #require(throws: InvalidTraceExpectation.self) {
            try TraceForest(spans).expect {
                for number in 1...wanted {
                    trace {
                        (1...wanted).filter { $0 != number }.reduce(span("node").named("\(number)")) {
                            $0.linked(to: "\($1)", type: "edge")
                        }
                    }
                }
                otherTracesAllowed()
            }
        }
        #expect(failure.code == .ambiguous)
    }
}
