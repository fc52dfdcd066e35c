import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Processes with different instrumentations", .timeLimit(.minutes(20))) struct MixedTracerTests {
    @Test(
        "a chain that begins with one instrumentation and goes on with the other is one trace",
        arguments: Instrumented.allCases)
    func oneTrace(by starter: Instrumented) async throws {
        try await withTracedQueue(by: starter) { queue in
            let worker = TracedQueue(
                queue.client.adapter, clock: queue.clock, recorder: queue.recorder,
                by: starter == .builtIn ? .anyTracer : .builtIn)
            try await withSpan("request", ofKind: .server) { _ in
                _ = try await queue.client.startJobChain(First.self, input: 1)
            }
            try await worker.working(Processor.chainOfThree) {
                try await queue.recorder.expect { TraceTreeTests.treeOfThree }
            }
        }
    }

    @Test(
        "a wait that begins with one instrumentation and ends with the other has its span",
        arguments: Instrumented.allCases)
    func wait(by starter: Instrumented) async throws {
        try await withTracedQueue(by: starter) { queue in
            let worker = TracedQueue(
                queue.client.adapter, clock: queue.clock, recorder: queue.recorder,
                by: starter == .builtIn ? .anyTracer : .builtIn)
            try await queue.client.withTransaction { db in
                let chain = try await queue.client.startJobChain(Single.self, input: 1, on: db)
                _ = try await queue.client.startJobChain(Gather.self, input: 0, blockers: [chain], on: db)
            }
            queue.clock.advance(by: .milliseconds(50))
            try await worker.working([
                .atomic(Single.self) { job, _ in .finish(job.input) },
                .atomic(Gather.self) { job, _ in .finish(job.blockers.reduce(0, +)) },
            ]) {
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single") { span("complete single") }.named("attempt")
                            span("chain single")
                        }.named("blocker").unordered()
                    }
                    trace {
                        span("start gather") {
                            span("await single", .internal, ["queuert.blocker.index": 0])
                                .linked(to: "blocker", type: "blocker").linked(to: "attempt", type: "resolved_by")
                                .noOtherLinks()
                            span("process gather") { span("complete gather") }
                            span("chain gather")
                        }.unordered()
                    }
                }
            }
            let wait = try #require(queue.recorder.spans.first { $0.name == "await single" })
            #expect(wait.end - wait.start == 50_000_000)
        }
    }
}
