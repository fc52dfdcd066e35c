import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("What must hold for all traces", .removedFailures)
struct TraceInvariantsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let spans: [SpanData]
        let text: String
    }

    @Test(
        "A7 each violation is told with the span that it is about",
        arguments: [
            Case(
                testDescription: "identifier twice", spans: [recorded(1, "a"), recorded(1, "b")],
                text: "s1 b has the identifier of another span (0000000000000001) [uniqueIdentifiers]"),
            Case(
                testDescription: "identifier of zeros", spans: [recorded(0, "a")],
                text: "s1 a has an identifier that is all zero [validIdentifiers]"),
            Case(
                testDescription: "trace of zeros", spans: [recorded(1, "a", trace: 0)],
                text: "s1 a has an identifier that is all zero [validIdentifiers]"),
            Case(
                testDescription: "end before start", spans: [backwards],
                text: "s1 a ends 9 ns before it starts [endsAfterStart]"),
            Case(
                testDescription: "parent lost", spans: [recorded(2, "a", below: 1)],
                text: "s1 a has a parent of this process that was never recorded (0000000000000001) [parentsKnown]"),
            Case(
                testDescription: "parent in another trace", spans: [astray],
                text: "s1 a has a parent in another trace (x1 (not recorded)) [parentsKnown]"),
            Case(
                testDescription: "status ok", spans: [recorded(1, "a", status: .ok)],
                text: "s1 a has the status ok, which is for applications to set [noStatusOK]"),
            Case(
                testDescription: "link to zeros", spans: [recorded(1, "a", links: [link(0, type: "chain")])],
                text: "s1 a has a link to an identifier that is all zero (→ chain x1 (not recorded)) [validLinks]"),
            Case(
                testDescription: "link to itself", spans: [recorded(1, "a", links: [link(1, type: "chain")])],
                text: "s1 a has a link to itself (→ chain s1 (a)) [validLinks]"),
            Case(
                testDescription: "link without type",
                spans: [recorded(1, "a", links: [link(2, type: nil)], scope: "queuert")],
                text: "s1 a has a link without queuert.link.type (→ (no type) x1 (not recorded)) [linkTypes]"),
            Case(
                testDescription: "name that isn't registered", spans: [recorded(1, "bake cake", scope: "queuert")],
                text: "s1 bake cake: The span bake cake of kind internal is not registered. [registeredNames]"),
            Case(
                testDescription: "gap between attempts",
                spans: [
                    QueueSpans.start(1), QueueSpans.attempt(1, id: 2, below: 1), QueueSpans.attempt(3, id: 3, below: 1),
                ],
                text: "s3 process order is attempt 3, after attempt 1 [contiguousAttempts]"),
            Case(
                testDescription: "first attempt missing",
                spans: [QueueSpans.start(1), QueueSpans.attempt(2, id: 2, below: 1)],
                text: "s2 process order is attempt 2, after attempt 0 [contiguousAttempts]"),
            Case(
                testDescription: "attempt twice",
                spans: [
                    QueueSpans.start(1), QueueSpans.attempt(1, id: 2, below: 1), QueueSpans.attempt(1, id: 3, below: 1),
                    QueueSpans.attempt(2, id: 4, below: 1), QueueSpans.attempt(2, id: 5, below: 1),
                ],
                text: """
                    s3 process order is attempt 1, after attempt 1 [contiguousAttempts]
                      s5 process order is attempt 2, after attempt 2 [contiguousAttempts]
                    """),
            Case(
                testDescription: "begun anew though it is tried again by itself",
                spans: [
                    QueueSpans.start(1),
                    QueueSpans.attempt(1, id: 2, below: 1, result: "failed", rescheduled),
                    QueueSpans.attempt(2, id: 3, below: 1, result: "lost", rescheduled),
                    QueueSpans.attempt(1, id: 4, below: 1),
                ],
                text: "s4 process order is attempt 1, after attempt 2 [contiguousAttempts]"),
            Case(
                testDescription: "attempt below an attempt",
                spans: [
                    QueueSpans.start(1), QueueSpans.attempt(1, id: 2, below: 1),
                    QueueSpans.attempt(1, id: 3, below: 2, job: "other"),
                ],
                text: "s3 process order is an attempt below another one, s2 (process order) [noLeakedContext]"),
            Case(
                testDescription: "work after its attempt",
                spans: [
                    QueueSpans.start(1), QueueSpans.attempt(1, id: 2, below: 1),
                    recorded(3, "late", below: 2, start: 5_000_003),
                ],
                text:
                    "s3 late starts 0.005 seconds after the attempt that it is below, s2 (process order) [noLeakedContext]"
            ),
        ])
    func violation(_ example: Case) throws {
        let mismatch = try #require(throws: TraceMismatch.self) {
            try TraceForest(example.spans).checkInvariants()
        }
        #expect(mismatch.code == .invariantsBroken)
        #expect(mismatch.description.contains("Broken:\n  \(example.text)\n"), "\(mismatch)")
    }

    static let rescheduled: [String: AttributeValue] = ["queuert.rescheduled_at": "2030-01-01T00:00:00.000Z"]

    static var backwards: SpanData {
        var span = recorded(1, "a", start: 10)
        span.end = 1
        return span
    }

    static var astray: SpanData {
        var span = recorded(2, "a")
        span.parent = context(1, trace: 2, isRemote: true)
        return span
    }

    @Test("A7 what is fine is fine: remote parents, open parents, links of other libraries without type")
    func noViolation() throws {
        var foreign = recorded(3, "c", links: [link(1, type: nil)])
        foreign.scope.name = "other"
        try TraceForest(
            [recorded(2, "a", below: 1, isParentRemote: true), recorded(5, "b", below: 4), foreign],
            openSpans: [OpenSpan(context: context(4), name: "d")]
        ).checkInvariants()
        let recorder = TraceRecorder()
        recorder.spanStarted(context(4), name: "d")
        recorder.spanEnded(recorded(5, "b", below: 4))
        try recorder.checkInvariants()
    }

    @Test("A7 attempts that a shutdown gave back, or that begin anew, are in order")
    func attemptsInOrder() throws {
        try TraceForest([
            QueueSpans.start(1), QueueSpans.attempt(1, id: 2, below: 1, result: "cancelled"),
            QueueSpans.attempt(1, id: 3, below: 1), QueueSpans.attempt(2, id: 4, below: 1, result: "lost"),
            recorded(9, "sent by the lost worker", below: 4, start: 5_000_003),
            QueueSpans.attempt(1, id: 5, below: 1, result: "failed"), QueueSpans.attempt(1, id: 6, below: 1),
        ]).checkInvariants(without: [.registeredNames])
        // A worker that has lost an attempt to another process tells of it, too, with a tracer of another SDK.
        try TraceForest([
            QueueSpans.start(1),
            QueueSpans.attempt(1, id: 2, below: 1, result: "lost", Self.rescheduled),
            QueueSpans.attempt(1, id: 3, below: 1, result: "lost", ["error.type": "lease_expired"]),
            QueueSpans.attempt(2, id: 4, below: 1),
        ]).checkInvariants(without: [.registeredNames])
        // The first attempts of a job whose start wasn't recorded may be missing.
        try TraceForest([QueueSpans.attempt(3, id: 2)]).checkInvariants(without: [.registeredNames])
    }

    @Test("A7 each can be left out by its name")
    func leftOut() throws {
        let forest = TraceForest([recorded(1, "a", status: .ok), recorded(2, "b", below: 7)])
        func broken(_ excluded: Set<TraceInvariant>) throws -> String {
            try #require(throws: TraceMismatch.self) { try forest.checkInvariants(without: excluded) }.description
        }
        #expect(try !broken([.noStatusOK]).contains("[noStatusOK]"))
        #expect(try broken([.noStatusOK]).contains("[parentsKnown]"))
        #expect(try !broken([.parentsKnown]).contains("[parentsKnown]"))
        try forest.checkInvariants(without: [.noStatusOK, .parentsKnown])
        try forest.expect {
            trace { span("a") }.containing()
            without(.noStatusOK, .parentsKnown)
        }
        #expect(TraceInvariant.allCases.count == 11 && Set(TraceInvariant.allCases).count == 11)
    }

    @Test("A7 an expectation that holds fails if the invariants don't, unless they are left out")
    func withExpectation() async throws {
        let recorder = TraceRecorder()
        recorder.spanEnded(recorded(1, "a", status: .ok))
        let mismatch = try await #require(throws: TraceMismatch.self) {
            try await recorder.expect(within: .zero) { trace { span("a") } }
        }
        #expect(mismatch.code == .invariantsBroken)
        // No later span puts that right, so there is nothing to wait for.
        let atOnce = try await #require(throws: TraceMismatch.self) {
            try await recorder.expect(within: .seconds(3600)) { trace { span("a") } }
        }
        #expect(atOnce.code == .invariantsBroken && !atOnce.summary.contains("after"))
        try await recorder.expect(within: .zero) {
            trace { span("a") }
            withoutInvariants()
        }
    }
}
