import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("What is asked of one span", .removedFailures)
struct SpanMatcherTests {
    static let span = recorded(
        1, "process order", kind: .consumer,
        attributes: ["queuert.job.type": "order", "attempt": 2, "sampled": true, "wait": 0.5],
        events: ["claimed", "renewed"], status: .error(description: "no stock"))

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let expectation: SpanExpectation
        /// Lines of the failure, none if there is no failure.
        var lines: [String] = []

        init(_ description: String, _ expectation: SpanExpectation, _ lines: String...) {
            testDescription = description
            self.expectation = expectation
            self.lines = lines
        }
    }

    static let process = QueuertTraceTesting.span("process order")

    @Test(
        "A1 a matcher that fits lets the span pass",
        arguments: [
            Case("name", process),
            Case("kind", QueuertTraceTesting.span("process order", .consumer)),
            Case("attributes", QueuertTraceTesting.span("process order", .consumer, ["queuert.job.type": "order"])),
            Case("text with interpolation", process.attribute("queuert.job.type", "or\("der")")),
            Case("whole number", process.attribute("attempt", 2)),
            Case("truth value", process.attribute("sampled", true)),
            Case("floating point number", process.attribute("wait", 0.5)),
            Case("any value", process.attribute("attempt", .any)),
            Case("absent", process.attribute("error.type", .absent)),
            Case("equal", process.attribute("attempt", .equal(to: .int(2)))),
            Case("predicate", process.attribute("attempt", .matching("above 1") { $0 != 1 })),
            Case(
                "exact attributes",
                process.attribute("queuert.job.type", "order").attribute("attempt", 2).attribute("sampled", .any)
                    .attribute("wait", .any).exactAttributes()),
            Case("error", process.status(.error)),
            Case("error with description", process.status(.error("no stock"))),
            Case("events", process.event("renewed").event("claimed")),
            Case("no links", process.noOtherLinks()),
        ])
    func passes(_ example: Case) throws {
        try TraceForest([Self.span]).expect { trace { example.expectation } }
    }

    @Test(
        "A1 a matcher that doesn't fit says what was expected and what was found",
        arguments: [
            Case(
                "name", QueuertTraceTesting.span("process invoice", .consumer, ["attempt": 2]).status(.error),
                "      name: expected process invoice, found process order"),
            Case(
                "kind", QueuertTraceTesting.span("process order", .producer),
                "  kind: expected producer, found consumer", "-   process order [producer]",
                "+   s1 process order [consumer] error(\"no stock\")"),
            Case(
                "text", process.attribute("queuert.job.type", "invoice"),
                "  queuert.job.type: expected \"invoice\", found \"order\"",
                "-       queuert.job.type = \"invoice\"", "+       queuert.job.type = \"order\""),
            Case("another type", process.attribute("attempt", "2"), "  attempt: expected \"2\", found 2"),
            Case("any value", process.attribute("error.type", .any), "  error.type: expected anything, found absent"),
            Case("absent", process.attribute("attempt", .absent), "  attempt: expected absent, found 2"),
            Case(
                "predicate", process.attribute("attempt", .matching("above 2") { $0 == 3 }),
                "  attempt: expected above 2, found 2"),
            Case(
                "predicate without value", process.attribute("none", .matching("whatever") { _ in true }),
                "  none: expected whatever, found absent"),
            Case(
                "exact attributes",
                process.attribute("queuert.job.type", "order").attribute("attempt", 2).attribute("sampled", .any)
                    .exactAttributes(),
                "  wait: expected absent, found 0.5"),
            Case("unset", process.status(.unset), "  status: expected unset, found error(\"no stock\")"),
            Case("ok", process.status(.ok), "  status: expected ok, found error(\"no stock\")"),
            Case(
                "error description", process.status(.error("Boom")),
                "  status: expected error(\"Boom\"), found error(\"no stock\")"),
            Case("event", process.event("lost"), "  event: expected lost, found none", "-       ! lost"),
            Case("event twice", process.event("claimed").event("claimed"), "  event: expected claimed, found none"),
        ])
    func fails(_ example: Case) throws {
        let mismatch = try #require(throws: TraceMismatch.self) {
            try TraceForest([Self.span]).expect { trace { example.expectation } }
        }
        #expect(mismatch.code == .differs)
        let lines = mismatch.description.split(separator: "\n").map(String.init)
        for line in example.lines { #expect(lines.contains(line), "\(mismatch)") }
    }

    @Test("A1 a status that should be an error and is unset says so")
    func unsetInsteadOfError() throws {
        let mismatch = try #require(throws: TraceMismatch.self) {
            try TraceForest([recorded(1, "process order")]).expect {
                trace { QueuertTraceTesting.span("process order").status(.error) }
            }
        }
        #expect(mismatch.description.contains("status: expected error, found unset"))
    }
}
