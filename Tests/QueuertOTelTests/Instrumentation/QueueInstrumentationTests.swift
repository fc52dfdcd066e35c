import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("What the queue's spans hold") struct QueueInstrumentationTests {
    @Test("T05 a stored context that can't be read counts as none, and the job runs", arguments: Instrumented.allCases)
    func brokenContext(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            try await client.withTransaction { db in
                let id = JobID(rawValue: "job")
                _ = try client.adapter.operations(on: db).insertJobs([
                    NewJob(
                        id: id, typeName: "single", chainID: id, chainTypeName: "single", chainIndex: 0, input: "1",
                        trace: JobTraceColumns(chainContext: "00-broken", jobContext: "", carrier: "?", segment: "a;b"))
                ])
            }
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace { span("process single", .consumer) { span("complete single") }.noOtherLinks() }
                }
            }
            let rows = try await client.jobs(ofChain: JobID(rawValue: "job"))
            #expect(rows.map(\.trace.chainContext) == ["00-broken"])
        }
    }

    @Test("a job that was started without tracing has its attempt traced, as a root", arguments: Instrumented.allCases)
    func startedWithoutTracing(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let silent = Client(adapter: queue.client.adapter, clock: queue.clock)
            _ = try await silent.startJobChain(First.self, input: 1)
            try await queue.working(Processor.chainOfThree) {
                try await queue.recorder.expect {
                    trace {
                        span("process first") {
                            span("complete first")
                            span("continue second") { span("process second").containing() }
                            span("continue third") { span("process third").containing() }
                        }.unordered()
                    }
                }
            }
        }
    }

    @Test("without an instrumentation jobs run all the same, and nothing is stored of traces")
    func withoutInstrumentation() async throws {
        let client = Client(adapter: MemoryStateAdapter())
        let worker = try Worker(
            client: client,
            processors: [
                .atomic(First.self) { job, _ in
                    if job.attempt == 1 { throw Boom() }
                    return .continueWith(\.second, input: job.input)
                },
                .staged(Second.self) { job, attempt in
                    let number = try await attempt.prepare { _ in job.input }
                    return try await attempt.complete { _ in .continueWith(\.third, input: number) }
                },
                .detached(Third.self) { job in .finish(job.input) },
                .atomic(Gather.self) { job, _ in .finish(job.blockers.count) },
            ], configuration: .init(name: "test", backoff: Backoff(initial: .zero)))
        let singles = try await client.startJobChains((1...2).map { NewChain(Single.self, input: $0) })
        let gather = try await client.startJobChain(Gather.self, input: 1, blockers: singles)
        let first = try await client.startJobChain(First.self, input: 1)
        async let running: Void = worker.run()
        for single in singles { try await client.completeJob(Single.self, of: single) { .finish($0.input) } }
        _ = try await client.awaitJobChain(gather)
        _ = try await client.awaitJobChain(first)
        await worker.stop()
        await running
        for id in singles.map(\.id) + [gather.id, first.id] {
            let rows = try await client.jobs(ofChain: id)
            #expect(rows.count == (id == first.id ? 3 : 1))
            #expect(rows.allSatisfy { $0.trace == JobTraceColumns() })
        }
        #expect(try await client.failedAttempts(ofJob: first.id).map(\.attemptContext) == [nil])
    }

    struct Secret: Error, CustomStringConvertible { let description = "password 1234" }

    @Test("the text of an error stays in the database unless it is asked for", arguments: [false, true])
    func errorText(_ isAskedFor: Bool) async throws {
        try await withTracedQueue(.init(recordsErrorMessages: isAskedFor)) { queue in
            try await queue.working([.atomic(Single.self) { _, _ in throw Secret() }]) {
                let chain = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.recorder.expect {
                    trace { span("start single") { span("process single").attribute("error.type", "Secret") } }
                }
                let texts = queue.recorder.spans.map { String(reflecting: $0) }
                #expect(texts.contains { $0.contains("1234") } == isAskedFor)
                let rows = try await queue.client.jobs(ofChain: chain.id)
                #expect(rows[0].lastAttemptError?.contains("1234") == true)
            }
        }
    }

    @Test(
        "what is waited for adds up, to the microsecond, to the time from creation to start",
        arguments: Instrumented.allCases)
    func waitsAddUp(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            let chain = try await client.withTransaction { db in
                let blocker = try await client.startJobChain(Single.self, input: 1, on: db)
                return try await client.startJobChain(
                    Gather.self, input: 1, blockers: [blocker], schedule: .after(.microseconds(70_003)), on: db)
            }
            queue.clock.advance(by: .microseconds(20_001))
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace { span("schedule gather") { span("await single") } }
                    otherTracesAllowed()
                }
            }
            queue.clock.advance(by: .microseconds(80_007))
            try await queue.working([.atomic(Gather.self) { job, _ in .finish(job.input) }]) {
                _ = try await client.awaitJobChain(chain)
            }
            let row = try await client.jobs(ofChain: chain.id)[0]
            let attempt = try #require(queue.recorder.spans(named: "process gather").first)
            let waits = ["blocked", "schedule", "backoff", "queue"].reduce(into: Int64(0)) { sum, kind in
                guard case .double(let seconds) = attempt[attribute: "queuert.job.wait.\(kind)_s"] else { return }
                sum += Int64((seconds * 1_000_000).rounded())
            }
            let started = try #require(row.lastAttemptAt)
            #expect(waits == started.microseconds - row.createdAt.microseconds)
            #expect(attempt[attribute: "queuert.job.wait.blocked_s"] == 0.020001)
            #expect(attempt[attribute: "queuert.job.wait.schedule_s"] == 0.050002)
        }
    }

    @Test(
        "an attempt that a shutdown cut short is told as cancelled, not as an error, and doesn't count",
        arguments: Instrumented.allCases)
    func released(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let (started, start) = AsyncStream<Void>.makeStream()
            let worker = try Worker(
                client: queue.client,
                processors: [
                    .detached(Single.self) { job in
                        start.finish()
                        // Nobody moves the clock: the sleep ends with the task's cancellation.
                        try await queue.clock.sleep(for: .seconds(1))
                        return .finish(job.input)
                    }
                ])
            let chain = try await queue.client.startJobChain(Single.self, input: 1)
            let running = Task { await worker.run() }
            for await _ in started {}
            running.cancel()
            await running.value
            try await queue.recorder.expect {
                trace {
                    span("start single") {
                        span("process single", .consumer, ["queuert.attempt.result": "cancelled"]).status(.unset)
                    }
                }
                noOpenSpans()
            }
            let row = try await queue.client.jobs(ofChain: chain.id)[0]
            #expect(row.attempt == 0)
            #expect(row.leasedUntil == nil)
        }
    }
}
