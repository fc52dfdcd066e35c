import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Recording a queue", .removedFailures, .timeLimit(.minutes(20)))
struct QueueRecordingTests {
    @Test(
        "A11 with a clock that a test moves and identifiers from 1, a trace is the same in each run", arguments: 0..<3)
    func exact(_ run: Int) async throws {
        try await withShop { shop in
            _ = try await shop.sell()
            try await shop.recorder.expect(golden: "shop")
            let first = try #require(shop.recorder.spans(named: "start order").first)
            #expect(first.context.traceID == TraceID(high: 0, low: 1) && first.start == 1_893_456_000_000_000_000)
            try await shop.recorder.expect {
                trace {
                    span("start order", .producer, ["queuert.job.id": .same("order")]) {
                        span("wait order")
                        span("process order", .consumer, ["queuert.job.id": .same("order"), "queuert.job.attempt": 1])
                            .status(.error).event("exception", ["exception.type": "OutOfStock"])
                            .duration(.exactly(.seconds(1))).starts(after: "start", by: .exactly(.seconds(2)))
                            .named("failed").incomingLinks(1, type: "retry_of")
                        span("process order", .consumer, ["queuert.job.id": .same("order"), "queuert.job.attempt": 2]) {
                            span("complete order")
                        }
                        .linked(to: "failed", type: "retry_of").starts(after: "failed", by: .exactly(.seconds(10)))
                        .named("second")
                        span("continue invoice", .producer, ["queuert.job.id": .distinct("job")]) {
                            span("process invoice") { span("complete invoice") }
                        }
                        .linked(to: "second", type: "origin")
                        span("chain order", .internal, ["queuert.chain.id": .same("order")]).encloses("failed")
                    }
                    .named("start").unordered()
                }
                noOpenSpans()
            }
        }
    }

    @Test("A13 metrics, events and spans of a chain agree")
    func agree() async throws {
        try await withShop { shop in
            _ = try await shop.sell()
            let match = try await shop.recorder.expect {
                trace {
                    span("start order") {
                        span("process order").status(.error).named("failed")
                        span("process order").status(.unset).containing()
                    }.unordered().containing()
                }
            }
            let failed = try #require(match["failed"])
            try await MetricSnapshot(of: shop.meters).expect {
                metric("queuert.job.attempt.failed", .counter) {
                    point(["queuert.job.type": "order", "error.type": "OutOfStock"]).value(1).exactAttributes()
                }
                metric("queuert.job.completed").total(2)
                metric("messaging.process.duration", .histogram, unit: "s") {
                    point(["error.type": "OutOfStock"]).count(1).sum(1).exemplar(in: failed)
                }.containing()
                metric("queuert.job.failed").absent()
            }
            try await shop.logs.expect {
                logRecord(event: "queuert.worker.started", .info)
                logRecord(event: "queuert.job.attempt.failed", .warning, ["error.type": "OutOfStock"]).inSpan(failed)
                logRecord(event: "queuert.worker.stopping")
                logRecord(event: "queuert.worker.stopped")
            }
        }
    }

    @Test("A11 identifiers count up from 1, traces and spans apart")
    func incrementing() async {
        await withTraceRecording(ids: IncrementingIDGenerator()) { recorder in
            withSpan("a") { _ in withSpan("b") { _ in } }
            withSpan("c") { _ in }
            #expect(recorder.spans(named: "b").map(\.context.spanID) == [SpanID(value: 2)])
            #expect(recorder.spans(named: "c").map(\.context.traceID) == [TraceID(high: 0, low: 2)])
        }
    }

    @Test("A12 spans that a detached task begins are told in a failure")
    func detached() async throws {
        try await withTraceRecording { recorder in
            let tracer = recorder.tracer
            await withSpan("request") { _ in
                await Task.detached { tracer.startSpan("lost", context: .topLevel).end() }.value
                await Task { withSpan("kept") { _ in } }.value
            }
            let mismatch = try await #require(throws: TraceMismatch.self) {
                try await recorder.expect(within: .zero) { trace { span("request") { span("lost") } } }
            }
            #expect(
                mismatch.description.contains(
                    """
                    Begun outside of the recording's tasks, as in a detached task, which inherits neither the tracer nor the \
                    current span:
                      s3 lost

                    """), "\(mismatch)")
        }
    }

    @Test("A12 what a detached task does with the tracer of the process isn't recorded, and the hint says so")
    func detachedElsewhere() async throws {
        try await withTraceRecording { recorder in
            await Task.detached { withSpan("lost") { _ in } }.value
            let mismatch = try await #require(throws: TraceMismatch.self) {
                try await recorder.expect(within: .zero) { trace { span("lost") } }
            }
            #expect(mismatch.hint.contains("A detached task doesn't inherit it."))
        }
    }

    @Test("A4 the recorder is quiet once nothing is open")
    func quiet() async throws {
        let recorder = TraceRecorder(deadlineClock: ManualClock())
        recorder.spanStarted(context(1), name: "a")
        async let forest = recorder.quiescence()
        await WaitingTests.someoneWaits(for: recorder)
        recorder.spanEnded(recorded(1, "a"))
        #expect(try await forest.spans.count == 1)
        recorder.spanStarted(context(2), name: "b")
        let mismatch = try await #require(throws: TraceMismatch.self) { try await recorder.quiescence(within: .zero) }
        #expect(mismatch.code == .spansOpen && mismatch.description.contains("o1 b in trace t1"))
    }

    @Test("A3 what a test reports itself is handed over with its place, and ends the closure")
    func reporting() async throws {
        struct Boom: Error {}
        var reported: [TraceMismatch] = []
        var line: UInt = 0
        try await withTraceRecording(reporting: { reported.append($0) }) { recorder in
            line = #line + 1
            try recorder.forest.expect { trace { span("a") } }
            Issue.record("The closure ends where an expectation fails.")
        }
        #expect(
            reported.map(\.line) == [line] && reported.first.map { "\($0.filePath)" } == "\(#filePath as StaticString)")
        await #expect(throws: Boom.self) {
            try await withTraceRecording(reporting: { reported.append($0) }) { _ in throw Boom() }
        }
        #expect(reported.count == 1)
    }
}
