import Queuert
import QueuertTraceTesting
import Testing
import Tracing

@testable import QueuertOTel

@Suite("Sampling of segments") struct SegmentSamplingTests {
    /// A queue whose spans a sampler chooses.
    private func withSampledQueue(
        _ sampler: some Sampler, _ configuration: QueueInstrumentation.Configuration, seed: UInt64 = 1,
        _ body: (Client<MemoryStateAdapter>, TraceRecorder, ManualClock) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        let recorder = TraceRecorder(clock: QueueSpanClock(clock))
        let tracer = SpanTracer(
            processor: recorder, sampler: ParentBasedSampler(root: sampler), ids: SeededIDGenerator(seed: seed),
            clock: QueueSpanClock(clock))
        let client = Client(
            adapter: MemoryStateAdapter(clock: clock),
            observability: QueueInstrumentation(tracer: tracer, configuration: configuration), clock: clock)
        try await body(client, recorder, clock)
    }

    private func countdown(_ jobs: Int, _ client: Client<MemoryStateAdapter>) async throws -> [TraceContext] {
        let chain = try await client.startJobChain(Countdown.self, input: jobs - 1)
        let worker = try Worker(
            client: client,
            processors: [
                .atomic(Countdown.self) { job, _ in
                    job.input == 0 ? .finish(0) : .continueWith(\.again, input: job.input - 1)
                }
            ])
        async let running: Void = worker.run()
        _ = try await client.awaitJobChain(chain)
        await worker.stop()
        await running
        let rows = try await client.jobs(ofChain: chain.id)
        return rows.compactMap { row in
            let state = TraceCarrier(stored: row.trace.carrier).traceState
            return row.trace.jobContext.flatMap { TraceContext(traceparent: $0, tracestate: state) }
        }
    }

    @Test("all segments of a chain are recorded or none, and say by which number", arguments: 1...20)
    func followLink(seed: Int) async throws {
        let configuration = QueueInstrumentation.Configuration(mode: .bounded(jobs: 1))
        try await withSampledQueue(ProbabilitySampler(0.5), configuration, seed: UInt64(seed)) { client, _, _ in
            let contexts = try await countdown(5, client)
            #expect(contexts.count == 5)
            #expect(Set(contexts.map(\.traceID)).count == 5)
            #expect(Set(contexts.map(\.isSampled)).count == 1)
            guard contexts[0].isSampled else { return #expect(contexts.allSatisfy { $0.state == "" }) }
            let number = (contexts[0].traceID.low & (1 << 56 - 1)).lowercaseHex.suffix(14)
            #expect(contexts[0].state == "ot=th:8")
            #expect(contexts.dropFirst().allSatisfy { $0.state == "ot=th:8;rv:\(number)" })
        }
    }

    @Test(
        "segments that are sampled for themselves agree at one ratio, because the random number goes along",
        arguments: 1...20)
    func independent(seed: Int) async throws {
        let configuration = QueueInstrumentation.Configuration(
            mode: .bounded(jobs: 1), segmentSampling: .independent)
        try await withSampledQueue(ProbabilitySampler(0.5), configuration, seed: UInt64(seed)) { client, _, _ in
            let contexts = try await countdown(5, client)
            #expect(Set(contexts.map(\.isSampled)).count == 1)
            #expect(Set(contexts.map(\.randomness)).count == 1)
        }
    }

    @Test("segments that are sampled for themselves take the sampler's answer")
    func independentSampler() async throws {
        let configuration = QueueInstrumentation.Configuration(
            mode: .bounded(jobs: 1), segmentSampling: .independent)
        try await withSampledQueue(AlwaysOffSampler(), configuration) { client, recorder, _ in
            let contexts = try await countdown(3, client)
            #expect(contexts.allSatisfy { !$0.isSampled })
            #expect(recorder.spans.isEmpty)
        }
    }

    @Test("a vendor's tracestate belongs to its trace: a new segment begins without it")
    func vendorState() async throws {
        let configuration = QueueInstrumentation.Configuration(mode: .bounded(jobs: 1))
        try await withSampledQueue(AlwaysOnSampler(), configuration) { client, _, _ in
            var caller = ServiceContext.topLevel
            caller.traceContext = TraceContext(
                traceID: TraceID(high: 1, low: 0x1234), spanID: SpanID(value: 1), flags: [.sampled, .random],
                state: "vendor=1,ot=th:0")
            let contexts = try await ServiceContext.withValue(caller) { try await countdown(2, client) }
            #expect(contexts.map(\.state) == ["vendor=1,ot=th:0", "ot=th:0;rv:00000000001234"])
        }
    }

    @Test(
        "a retry of a chain that isn't sampled begins a sampled trace, linked to what wasn't",
        arguments: [false, true])
    func errorBias(isOn: Bool) async throws {
        let configuration = QueueInstrumentation.Configuration(errorBias: isOn)
        try await withSampledQueue(AlwaysOffSampler(), configuration) { client, recorder, clock in
            let worker = try Worker(
                client: client,
                processors: [
                    .atomic(First.self) { job, _ in
                        if job.attempt == 1 { throw Boom() }
                        return .continueWith(\.second, input: job.input)
                    },
                    .atomic(Second.self) { job, _ in .continueWith(\.third, input: job.input) },
                    .atomic(Third.self) { job, _ in .finish(job.input) },
                ], configuration: .init(pollInterval: .seconds(3600), backoff: Backoff(jitter: 0)))
            async let running: Void = worker.run()
            let chain = try await client.startJobChain(First.self, input: 1)
            while try await client.failedAttempts(ofJob: chain.id).isEmpty { await Task.yield() }
            clock.advance(by: .seconds(60))
            client.notify.send(WakeHint(dueTypes: ["first"]))
            _ = try await client.awaitJobChain(chain)
            await worker.stop()
            await running
            guard isOn else { return #expect(recorder.spans.isEmpty) }
            let rows = try await client.jobs(ofChain: chain.id)
            let creation = try #require(rows[0].trace.jobContext.flatMap { TraceContext(traceparent: $0) })
            #expect(!creation.isSampled)
            let failed = try #require(
                try await client.failedAttempts(ofJob: chain.id)[0].attemptContext.flatMap {
                    TraceContext(traceparent: $0)
                })
            try await recorder.expect {
                trace {
                    span("process first", .consumer, ["queuert.job.attempt": 2, "queuert.chain.segment": 1]) {
                        span("complete first")
                        span("continue second") { span("process second") { span("complete second") } }
                        span("continue third") { span("process third") { span("complete third") } }
                    }.unordered().linked(to: creation, type: "creation").linked(to: creation, type: "chain")
                        .linked(to: failed, type: "retry_of").noOtherLinks()
                }
                noOpenSpans()
            }
        }
    }

    @Test("a job that its handler has put off for a reason has not failed: nothing of it is recorded")
    func noErrorBias() async throws {
        let configuration = QueueInstrumentation.Configuration(errorBias: true)
        try await withSampledQueue(AlwaysOffSampler(), configuration) { client, recorder, clock in
            let worker = try Worker(
                client: client,
                processors: [
                    .atomic(Single.self) { job, _ in
                        if job.attempt == 1 { throw RescheduleJob(.after(.seconds(60)), reason: "not yet") }
                        return .finish(job.input)
                    }
                ], configuration: .init(pollInterval: .seconds(3600)))
            async let running: Void = worker.run()
            let chain = try await client.startJobChain(Single.self, input: 1)
            while try await client.failedAttempts(ofJob: chain.id).isEmpty { await Task.yield() }
            clock.advance(by: .seconds(60))
            client.notify.send(WakeHint(dueTypes: ["single"]))
            _ = try await client.awaitJobChain(chain)
            await worker.stop()
            await running
            #expect(recorder.spans.isEmpty && recorder.openSpans.isEmpty)
        }
    }
}
