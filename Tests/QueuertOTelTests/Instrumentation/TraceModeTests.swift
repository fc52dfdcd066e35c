import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Trace modes of types and calls") struct TraceModeTests {
    @Test("a job type has a mode of its own, which decides about its jobs and no others")
    func ofType() async throws {
        var configuration = QueueInstrumentation.Configuration(mode: .single)
        configuration.setMode(.linked, for: Second.self)
        try await withTracedQueue(configuration) { queue in
            try await queue.working(Processor.chainOfThree) {
                _ = try await queue.client.startJobChain(First.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start first", .producer, ["queuert.trace.mode": "single"]) {
                            span("process first") { span("complete first") }.named("first")
                            span("continue second", .producer, ["queuert.trace.mode": "linked"]).named("second")
                            span("chain first")
                        }.unordered()
                    }
                    trace {
                        span("process second", .consumer, ["queuert.trace.mode": "linked"]) {
                            span("complete second")
                            span("continue third", .producer, ["queuert.trace.mode": "single"]) {
                                span("process third") { span("complete third") }
                            }
                        }.unordered().linked(to: "second", type: "creation")
                    }
                }
            }
        }
    }

    @Test("the mode that a chain is started with holds for all its jobs, whatever their types' modes are")
    func ofStart() async throws {
        var configuration = QueueInstrumentation.Configuration(mode: .linked)
        configuration.setMode(.linked, for: Second.self, Third.self)
        try await withTracedQueue(configuration) { queue in
            try await queue.working(Processor.chainOfThree) {
                let chain = try await queue.client.startJobChain(First.self, input: 1, trace: .single)
                _ = try await queue.client.awaitJobChain(chain)
                try await queue.recorder.expect { trace { span("start first").containing() } }
            }
        }
    }

    @Test("each chain of a batch may have a mode of its own")
    func ofNewChain() async throws {
        try await withTracedQueue { queue in
            let chains = try await queue.client.startJobChains([
                NewChain(Single.self, input: 1, trace: .linked), NewChain(Single.self, input: 2),
            ])
            let segments = try await segments(of: chains.map(\.id), in: queue)
            #expect(segments == ["!linked", nil])
        }
    }

    @Test("the mode of a continuation holds from its job on", arguments: Instrumented.allCases)
    func ofContinuation(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(mode: .single), by: instrumented) { queue in
            try await queue.working([
                .atomic(First.self) { job, _ in .continueWith(\.second, input: job.input, trace: .linked) },
                .atomic(Second.self) { job, _ in .continueWith(\.third, input: job.input) },
                .atomic(Third.self) { job, _ in .finish(job.input) },
            ]) {
                _ = try await queue.client.startJobChain(First.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start first") {
                            span("process first").containing()
                            span("continue second")
                            span("chain first")
                        }.unordered()
                    }
                    trace {
                        span("process second") {
                            span("complete second"); span("continue third")
                        }.unordered()
                    }
                    trace { span("process third").containing() }
                }
            }
        }
    }

    @Test(
        "what was stored decides: a process that is configured otherwise begins no segment where the first would not",
        arguments: Instrumented.allCases)
    func storedModeDecides(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(mode: .single), by: instrumented) { queue in
            let other = TracedQueue(
                queue.client.adapter, clock: queue.clock, recorder: queue.recorder, configuration: .init(mode: .linked),
                by: instrumented)
            _ = try await queue.client.startJobChain(Single.self, input: 1)
            try await other.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                // The whole tree, which is there only once the other process has run the job.
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single") { span("complete single") }
                            span("chain single")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test(
        "a segment that was stored without a mode is left as the process says",
        arguments: [(TraceMode.single, 1), (TraceMode.linked, 2)])
    func storedWithoutMode(mode: TraceMode, traces: Int) async throws {
        try await withTracedQueue(.init(mode: mode)) { queue in
            let client = queue.client
            let context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03"
            try await client.withTransaction { db in
                let id = JobID(rawValue: "job")
                _ = try client.adapter.operations(on: db).insertJobs([
                    NewJob(
                        id: id, typeName: "single", chainID: id, chainTypeName: "single", chainIndex: 0, input: "1",
                        trace: JobTraceColumns(
                            chainContext: context, jobContext: context,
                            segment: "0;\(queue.clock.now.microseconds);0"))
                ])
            }
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace { span("process single").containing() }.containing()
                    otherTracesAllowed()
                }
                let ids = Set(queue.recorder.spans(named: "process single").map(\.context.traceID.description))
                #expect(ids.contains("4bf92f3577b34da6a3ce929d0e0e4736") == (traces == 1))
            }
        }
    }

    private func segments(
        of chainIDs: [JobID], in queue: TracedQueue<MemoryStateAdapter>
    ) async throws -> [String?] {
        var segments: [String?] = []
        for id in chainIDs { segments.append(try await queue.client.jobs(ofChain: id)[0].trace.segment) }
        return segments
    }
}
