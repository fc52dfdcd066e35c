import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Trace segments") struct TraceSegmentTests {
    @Test(
        "a chain that grows beyond a segment's jobs goes on in another trace, linked to the first",
        arguments: Instrumented.allCases)
    func tooManyJobs(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(mode: .bounded(jobs: 2)), by: instrumented) { queue in
            try await queue.working([Self.countdown]) {
                _ = try await queue.client.startJobChain(Countdown.self, input: 2)
                try await queue.recorder.expect {
                    trace {
                        span("start countdown", .producer, ["queuert.chain.segment": 0]) {
                            span("process countdown") { span("complete countdown") }
                            span("continue countdown", .producer, ["queuert.chain.segment": 0]) {
                                span("process countdown") { span("complete countdown") }.named("last of the first")
                            }
                            span("chain countdown", .internal, ["queuert.chain.jobs": 3])
                                .linked(to: "end", type: "completed_by")
                        }.named("start").unordered()
                    }
                    trace {
                        span("continue countdown", .producer, ["queuert.chain.segment": 1]) {
                            span("process countdown", .consumer, ["queuert.chain.index": 2]) {
                                span("complete countdown")
                            }.named("end")
                        }.linked(to: "last of the first", type: "origin").linked(to: "start", type: "chain")
                            .noOtherLinks()
                    }
                }
            }
        }
    }

    @Test(
        "an attempt that begins after the segment's time is the root of another trace", arguments: Instrumented.allCases
    )
    func tooOld(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            _ = try await queue.client.startJobChain(Single.self, input: 1, schedule: .after(.seconds(3600)))
            queue.clock.advance(by: .seconds(3600))
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace {
                        span("schedule single") { span("chain single").linked(to: "attempt", type: "completed_by") }
                            .named("start")
                    }
                    trace {
                        span("process single", .consumer, ["queuert.chain.segment": 1]) { span("complete single") }
                            .named("attempt").linked(to: "start", type: "creation").linked(to: "start", type: "chain")
                            .noOtherLinks()
                    }
                }
            }
        }
    }

    @Test(
        "in linked mode each attempt is a trace of its own, and what it continues with joins it",
        arguments: Instrumented.allCases)
    func linked(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(mode: .linked), by: instrumented) { queue in
            try await queue.working([Self.countdown]) {
                _ = try await queue.client.startJobChain(Countdown.self, input: 1)
                try await queue.recorder.expect {
                    trace { span("start countdown") { span("chain countdown") }.named("start") }
                    trace {
                        span("process countdown") {
                            span("complete countdown"); span("continue countdown").named("next")
                        }
                        .unordered().linked(to: "start", type: "creation")
                    }
                    trace {
                        span("process countdown") { span("complete countdown") }.linked(to: "next", type: "creation")
                    }
                }
            }
        }
    }

    @Test("in single mode a chain stays in one trace, however long it takes", arguments: Instrumented.allCases)
    func single(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(mode: .single), by: instrumented) { queue in
            _ = try await queue.client.startJobChain(Countdown.self, input: 12, schedule: .after(.seconds(36_000)))
            queue.clock.advance(by: .seconds(36_000))
            try await queue.working([Self.countdown]) {
                try await queue.recorder.expect {
                    trace { span("schedule countdown") { span("chain countdown") }.containing() }
                }
            }
        }
    }

    @Test("a new segment of a chain that isn't sampled isn't sampled either")
    func unsampled() async throws {
        let clock = ManualClock()
        let recorder = TraceRecorder(clock: QueueSpanClock(clock))
        let tracer = SpanTracer(
            processor: recorder, sampler: ParentBasedSampler(root: AlwaysOffSampler()), clock: QueueSpanClock(clock))
        let client = Client(
            adapter: MemoryStateAdapter(clock: clock),
            observability: QueueInstrumentation(tracer: tracer, configuration: .init(mode: .bounded(jobs: 1))),
            clock: clock)
        let chain = try await client.startJobChain(Countdown.self, input: 3)
        let worker = try Worker(client: client, processors: [Self.countdown])
        async let running: Void = worker.run()
        _ = try await client.awaitJobChain(chain)
        await worker.stop()
        await running
        #expect(recorder.spans.isEmpty)
        #expect(recorder.openSpans.isEmpty)
        let contexts = try await client.jobs(ofChain: chain.id).compactMap(\.trace.jobContext)
        #expect(contexts.count == 4)
        #expect(contexts.allSatisfy { TraceContext(traceparent: $0)?.isSampled == false })
    }

    private static var countdown: Processor<MemoryStateAdapter> {
        .atomic(Countdown.self) { job, _ in
            job.input == 0 ? .finish(0) : .continueWith(\.again, input: job.input - 1)
        }
    }
}
