import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Attempts that a worker loses, told by any tracer", .timeLimit(.minutes(20))) struct LostWorkerTracerTests {
    @Test("the attempt of a process that died is told by whoever takes the job back, under a new identity")
    func crash() async throws {
        try await withTracedQueue(by: .anyTracer) { queue in
            _ = try await queue.client.startJobChain(Single.self, input: 1)
            let dead = process(2, beside: queue)
            let attempt = try await claim(by: dead)
            #expect(attempt.context != nil)
            queue.clock.advance(by: .seconds(31))
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace { span("start single") { span("process single").status(.error) } }
                }
                queue.pass(.seconds(1), waking: "single")
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span(
                                "process single", .consumer, ["messaging.client.id": "dead", "queuert.job.attempt": 1]
                            ).status(.error).attribute("error.type", "worker_lost")
                                .attribute("queuert.attempt.result", "lost").named("lost")
                            span("process single", .consumer, ["queuert.job.attempt": 2]) { span("complete single") }
                                .linked(to: "lost", type: "retry_of")
                            span("chain single")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
            // The process is gone with the span that it had begun.
            #expect(dead.recorder.spans.isEmpty)
            #expect(dead.recorder.openSpans.map(\.name) == ["process single"])
            #expect(attempt.context?.hasSuffix("-03") == true)
        }
    }

    @Test("a worker that lives and has lost its lease to another process ends the span above what its handler sent")
    func lostLease() async throws {
        try await withTracedQueue(by: .anyTracer) { queue in
            _ = try await queue.client.startJobChain(Single.self, input: 1)
            let other = process(2, beside: queue)
            do {
                let attempt = try await claim(by: other)
                await attempt.withCurrent {
                    withTracer(other.recorder.tracer) { withSpan("half the work") { _ in } }
                }
            }
            try await other.recorder.expect {
                trace {
                    span("process single", .consumer, ["queuert.attempt.result": "lost"]) { span("half the work") }
                        .status(.error).attribute("error.type", "lease_expired")
                }
                noOpenSpans()
            }
        }
    }

    @Test("in one process whoever takes a job back ends the very span of the attempt")
    func oneProcess() async throws {
        try await withTracedQueue(by: .anyTracer) { queue in
            _ = try await queue.client.startJobChain(Single.self, input: 1)
            let attempt = try await claim(by: queue)
            await attempt.withCurrent { withSpan("half the work") { _ in } }
            queue.clock.advance(by: .seconds(31))
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single") { span("half the work") }.status(.error)
                                .attribute("error.type", "worker_lost")
                        }
                    }
                    noOpenSpans()
                }
            }
            #expect(attempt.context == queue.recorder.spans(named: "process single").first?.context.traceparent)
        }
    }

    /// Another process on the same database, with an exporter of its own.
    private func process(
        _ number: UInt64, beside queue: TracedQueue<MemoryStateAdapter>
    ) -> TracedQueue<MemoryStateAdapter> {
        TracedQueue(
            queue.client.adapter, clock: queue.clock,
            recorder: TraceRecorder(ids: SeededIDGenerator(seed: number), clock: QueueSpanClock(queue.clock)),
            by: .anyTracer)
    }

    /// Has a process claim a job and call its handler.
    private func claim(by queue: TracedQueue<MemoryStateAdapter>) async throws -> any AttemptTrace {
        let claimed = try await queue.client.withTransaction { db in
            try queue.client.adapter.operations(on: db).claimJobs(
                ClaimRequest(typeNames: ["single"], limit: 1, worker: "dead", leaseDuration: .seconds(30)))
        }
        let attempt = queue.observability.attempt(claimed.jobs[0])
        attempt.started(in: [attempt])
        return attempt
    }
}
