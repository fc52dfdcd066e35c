import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Links", .removedFailures)
struct LinkTests {
    /// An order that was tried twice, and a report in a trace of its own.
    static let forest = TraceForest([
        recorded(1, "start order", kind: .producer),
        recorded(2, "process order", below: 1, status: .error(description: "")),
        recorded(3, "process order", below: 1, links: [link(2, type: "retry_of"), link(1, type: "creation")]),
        recorded(9, "process report", trace: 2, links: [link(1, type: "chain")]),
    ])

    @Test("A2 links are followed within a trace and across traces, and names give the spans back")
    func follows() throws {
        let match = try Self.forest.expect {
            trace {
                span("start order") {
                    span("process order").named("first")
                    span("process order").linked(to: "first", type: "retry_of").linked(to: "start").noOtherLinks()
                        .named("second")
                }
                .named("start")
            }
            trace { span("process report").linked(to: "start", type: "chain") }
        }
        #expect(match["first"]?.context == context(2))
        #expect(match["second"]?.context == context(3))
        #expect(match["third"] == nil)
    }

    @Test("A2 a link to another span than the expected one shows both")
    func wrongTarget() throws {
        let mismatch = try #require(throws: TraceMismatch.self) {
            try Self.forest.expect {
                trace {
                    span("start order") {
                        span("process order").named("first")
                        span("process order").linked(to: "first", type: "creation")
                    }
                }
                otherTracesAllowed()
            }
        }
        #expect(
            mismatch.details.contains(
                """
                First difference in trace t1 › start order › process order:
                  link → creation «first» s2 (process order): missing
                """))
        #expect(
            mismatch.details.contains(
                """
                      s3 process order [internal]
                -         → creation «first» s2 (process order)
                          → retry_of s2 (process order)
                          → creation s1 (start order)
                """), "\(mismatch)")
    }

    @Test("A2 a link of another type than the expected one is missing")
    func wrongType() throws {
        let mismatch = try #require(throws: TraceMismatch.self) {
            try Self.forest.expect {
                trace { span("start order").containing().named("start") }
                trace { span("process report").linked(to: "start", type: "blocker") }
            }
        }
        #expect(mismatch.description.contains("-       → blocker «start» s1 (start order)"))
        #expect(mismatch.description.contains("        → chain s1 (start order)"))
    }

    @Test("A2 without other links, one that isn't mentioned is not expected")
    func otherLinks() throws {
        let mismatch = try #require(throws: TraceMismatch.self) {
            try Self.forest.expect {
                trace {
                    span("start order") {
                        span("process order").named("first")
                        span("process order").linked(to: "first", type: "retry_of").noOtherLinks()
                    }
                }
                otherTracesAllowed()
            }
        }
        #expect(mismatch.description.contains("  link → creation s1 (start order): not expected"))
        #expect(mismatch.description.contains("+         → creation s1 (start order)"))
    }

    @Test("A2 two equal expectations ask for two links")
    func twoEqual() throws {
        let twice = [link(1, type: "blocker"), link(1, type: "blocker")]
        func expect(_ links: [SpanData.Link]) throws {
            try TraceForest([recorded(1, "a"), recorded(2, "b", below: 1, links: links)]).expect {
                trace { span("a") { span("b").linked(to: "a").linked(to: "a", type: "blocker") }.named("a") }
            }
        }
        try expect(twice)
        #expect(throws: TraceMismatch.self) { try expect([twice[0]]) }
    }

    @Test("A2 a link to a span that isn't recorded is expected by its context")
    func knownContext() throws {
        let forest = TraceForest([recorded(1, "a", links: [link(77, trace: 5, type: "chain")])])
        try forest.expect { trace { span("a").linked(to: context(77, trace: 5), type: "chain").noOtherLinks() } }
        let mismatch = try #require(throws: TraceMismatch.self) {
            try forest.expect { trace { span("a").linked(to: context(78, trace: 5), type: "chain") } }
        }
        #expect(mismatch.description.contains("→ chain x1 (not recorded)"))
    }

    @Test("A2 the attribute that holds the type of a link can be another one")
    func otherConvention() throws {
        let linked = SpanData.Link(context(1), attributes: [Attribute("messaging.link", "cause")])
        let forest = TraceForest(
            [recorded(1, "a"), recorded(2, "b", below: 1, links: [linked])],
            conventions: TraceConventions(linkTypeKey: "messaging.link", scopeName: "other"))
        try forest.expect { trace { span("a") { span("b").linked(to: "a", type: "cause") }.named("a") } }
    }

    @Test("A2 links are stated from either end, and counted at both")
    func bothEnds() throws {
        try Self.forest.expect {
            trace {
                span("start order") {
                    span("process order").named("first").incomingLinks(1, type: "retry_of").links(0)
                    span("process order").linked(to: "first", type: "retry_of").links(2).links(1, type: "creation")
                        .named("second")
                }
                .named("start").linked(from: "second", type: "creation").linked(from: "report", type: "chain")
                .incomingLinks(2).incomingLinks(1..., type: "chain").incomingLinks(0, type: "blocker")
            }
            trace { span("process report").named("report").noOtherLinks() }
        }
        let mismatch = try #require(throws: TraceMismatch.self) {
            try Self.forest.expect {
                trace {
                    span("start order") { span("process order").linked(from: "report").repeated(2) }
                        .incomingLinks(3, type: "chain")
                }
                trace { span("process report").named("report") }
            }
        }
        #expect(mismatch.description.contains("incoming links chain: expected 3, found 1"), "\(mismatch)")
        #expect(mismatch.description.contains("→ (any type)"), "\(mismatch)")
    }

    @Test("A2 a link that both ends mention is one link")
    func oneLink() throws {
        try Self.forest.expect {
            trace {
                span("start order") {
                    span("process order").named("first").linked(from: "second", type: "retry_of")
                    span("process order").named("second").linked(to: "first", type: "retry_of")
                        .linked(to: "start", type: "creation").noOtherLinks()
                }.named("start")
            }
            otherTracesAllowed()
        }
    }

    @Test("a name that no span has, or two have, is told before anything is compared")
    func invalidReferences() throws {
        let unknown = try #require(throws: InvalidTraceExpectation.self) {
            try Self.forest.expect { trace { span("a").linked(to: "b").named("c") } }
        }
        #expect(unknown.code == .unknownReference)
        #expect(
            unknown.description.contains(
                "A link or a time refers to \"b\", but no span is named so. The names are \"c\"."))
        let duplicate = try #require(throws: InvalidTraceExpectation.self) {
            try Self.forest.expect { trace { span("a") { span("b").named("c") }.named("c") } }
        }
        #expect(duplicate.code == .duplicateReference)
    }
}
