import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("The text of a failure", .removedFailures)
struct FailureTextTests {
    @Test("A3 everything that differs is in one drawing, and the first difference above it")
    func everything() throws {
        let forest = TraceForest([
            recorded(1, "start order", kind: .producer, attributes: ["queuert.chain.type": "order"]),
            recorded(
                2, "process order", below: 1, kind: .consumer, attributes: ["error.type": "Bang"],
                status: .error(description: "no stock")),
            recorded(
                3, "process order", below: 1, kind: .consumer,
                links: [link(1, type: "retry_of"), link(1, type: "creation")]),
            recorded(4, "complete order", below: 3, kind: .client),
            recorded(5, "prepare order", below: 3),
            recorded(6, "process report", trace: 2, kind: .consumer, links: [link(1, type: "chain")]),
            recorded(7, "sweep", trace: 3),
        ])
        let mismatch = try #require(throws: TraceMismatch.self) {
            try forest.expect(file: "OrderTests/OrderTests.swift", line: 42) {
                trace {
                    span("start order", .producer, ["queuert.chain.type": "order"]) {
                        span("process order", .consumer).status(.unset).attribute("error.type", "Boom").named("first")
                        span("process order", .consumer) {
                            span("wait order")
                            span("complete order", .client)
                        }
                        .linked(to: "first", type: "retry_of").linked(to: "start", type: "creation")
                    }
                    .named("start")
                }
                trace { span("process report", .consumer).linked(to: "start", type: "chain") }
            }
        }
        #expect(
            mismatch.description.hasPrefix(
                """
                The traces are not as expected (OrderTests/OrderTests.swift:42; 7 spans ended, 0 open).

                First difference in trace t1 › start order «start» › process order «first»:
                  status: expected unset, found error("no stock")
                  error.type: expected "Boom", found "Bang"

                All differences (- expected, + recorded):
                  trace t1
                    s1 start order [producer] «start»
                -     process order [consumer] «first»
                +     s2 process order [consumer] error("no stock")
                -         error.type = "Boom"
                +         error.type = "Bang"
                      s3 process order [consumer]
                -         → retry_of «first» s2 (process order)
                          → retry_of s1 (start order)
                -       wait order
                        s4 complete order [client]
                +       s5 prepare order [internal]
                  trace t2
                    s6 process report [consumer]
                + trace t3
                +   s7 sweep [internal]
                """), "\(mismatch)")
    }

    @Test("A3 a span that is elsewhere is named, with what else differs about it")
    func elsewhere() throws {
        let forest = TraceForest([
            recorded(1, "start order"), recorded(2, "process order", below: 1),
            recorded(3, "process report", below: 2, kind: .server),
        ])
        let mismatch = try #require(throws: TraceMismatch.self) {
            try forest.expect {
                trace {
                    span("start order") {
                        span("process order")
                        span("process report", .consumer)
                    }
                }
            }
        }
        #expect(
            mismatch.details.hasPrefix(
                """
                First difference in trace t1 › start order:
                  process report [consumer] is missing
                  the nearest that was recorded is s3 process report [server], under s2 process order [internal]
                      kind: expected consumer, found server
                """), "\(mismatch)")
    }

    @Test("A3 a span that was renamed is one that differs, not one missing and one too many")
    func renamed() throws {
        let forest = TraceForest([
            recorded(1, "begin order", kind: .producer), recorded(2, "a", below: 1), recorded(3, "b", below: 1),
        ])
        let mismatch = try #require(throws: TraceMismatch.self) {
            try forest.expect {
                trace {
                    span("start order", .producer) {
                        span("a")
                        span("b")
                    }
                }
            }
        }
        #expect(
            mismatch.details.hasSuffix(
                """
                  trace t1
                -   start order [producer]
                +   s1 begin order [producer]
                      s2 a [internal]
                      s3 b [internal]
                """), "\(mismatch)")
    }

    @Test("A3 of many spans, those far from a difference are left out, and those above it stay")
    func shortened() throws {
        var spans = [recorded(1, "root")]
        for id in 2...200 as ClosedRange<UInt64> { spans.append(recorded(id, "step \(id)", below: 1)) }
        spans.append(recorded(300, "extra", below: 150))
        let mismatch = try #require(throws: TraceMismatch.self) {
            try TraceForest(spans).expect {
                trace { span("root") { for id in 2...200 { span("step \(id)") } } }
            }
        }
        #expect(
            mismatch.details.hasSuffix(
                """
                  trace t1
                    s1 root [internal]
                  … 146 lines as expected
                      s148 step 148 [internal]
                      s149 step 149 [internal]
                      s150 step 150 [internal]
                +       s151 extra [internal]
                      s152 step 151 [internal]
                      s153 step 152 [internal]
                      s154 step 153 [internal]
                  … 47 lines as expected
                """), "\(mismatch)")
    }
}
