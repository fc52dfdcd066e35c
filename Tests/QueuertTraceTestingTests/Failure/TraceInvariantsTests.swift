import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("What must hold for all traces")
struct TraceInvariantsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let spans: [SpanData]
        let text: String
    }

    @Test(
        "A07 each violation is told with the span that it is about",
        arguments: [
            Case(
                testDescription: "identifier twice", spans: [recorded(1, "a"), recorded(1, "b")],
                text: "s1 b has the identifier of another span (0000000000000001)"),
            Case(
                testDescription: "identifier of zeros", spans: [recorded(0, "a")],
                text: "s1 a has an identifier that is all zero"),
            Case(
                testDescription: "trace of zeros", spans: [recorded(1, "a", trace: 0)],
                text: "s1 a has an identifier that is all zero"),
            Case(
                testDescription: "end before start", spans: [backwards], text: "s1 a ends 9 ns before it starts"),
            Case(
                testDescription: "parent lost", spans: [recorded(2, "a", below: 1)],
                text: "s1 a has a parent of this process that was never recorded (0000000000000001)"),
            Case(
                testDescription: "parent in another trace", spans: [astray],
                text: "s1 a has a parent in another trace (x1 (not recorded))"),
            Case(
                testDescription: "status ok", spans: [recorded(1, "a", status: .ok)],
                text: "s1 a has the status ok, which is for applications to set"),
            Case(
                testDescription: "link to zeros", spans: [recorded(1, "a", links: [link(0, type: "chain")])],
                text: "s1 a has a link to an identifier that is all zero (→ chain x1 (not recorded))"),
            Case(
                testDescription: "link without type", spans: [recorded(1, "a", links: [link(1, type: nil)])],
                text: "s1 a has a link without queuert.link.type (→ (no type) s1 (a))"),
        ])
    func violation(_ example: Case) throws {
        let mismatch = try #require(throws: TraceMismatch.self) {
            try TraceForest(example.spans).checkInvariants()
        }
        #expect(mismatch.code == .invariantsBroken)
        #expect(mismatch.description.contains("Broken:\n  \(example.text)\n"), "\(mismatch)")
    }

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

    @Test("A07 what is fine is fine: remote parents, open parents, links of other libraries without type")
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

    @Test("A07 an expectation that holds fails if the invariants don't, unless they are left out")
    func withExpectation() async throws {
        let recorder = TraceRecorder()
        recorder.spanEnded(recorded(1, "a", status: .ok))
        let mismatch = try await #require(throws: TraceMismatch.self) {
            try await recorder.expect(within: .zero) { trace { span("a") } }
        }
        #expect(mismatch.code == .invariantsBroken)
        try await recorder.expect(within: .zero) {
            trace { span("a") }
            withoutInvariants()
        }
    }
}
