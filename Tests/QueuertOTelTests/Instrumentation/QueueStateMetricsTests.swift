import QueuertTraceTesting
import Synchronization
import Testing

@testable import Queuert
@testable import QueuertOTel

@Suite("A queue's state as metrics", .timeLimit(.minutes(20))) struct QueueStateMetricsTests {
    private final class Source: Sendable {
        let calls = Mutex(0)
        let counts = Mutex<[String: JobCounts]>([:])

        func ask() -> [String: JobCounts] {
            calls.withLock { $0 += 1 }
            return counts.withLock { $0 }
        }
    }

    private func state(_ type: String, _ state: String) -> AttributeSet {
        ["queuert.job.type": .string(type), "queuert.job.state": .string(state)]
    }

    @Test("the database is asked once for each collection, and what it no longer has is told as zero")
    func once() async {
        let clock = SteppingSpanClock(startingAt: 60_000_000_000)
        let meters = MeterProvider()
        let state = QueueStateMetrics(meters: meters, clock: clock, patience: .seconds(60))
        let source = Source()
        state.observe { source.ask() }
        source.counts.withLock {
            $0["a"] = JobCounts(
                ready: 2, scheduled: 3, blocked: 4, running: 5, overdue: 1, failed: 6,
                oldestReadyAt: Timestamp(microseconds: 20_000_000))
        }
        var metrics = await CollectedMetrics(meters)
        #expect(source.calls.withLock { $0 } == 1)
        #expect(
            metrics.values("queuert.jobs") == [
                self.state("a", "ready"): 2, self.state("a", "scheduled"): 3, self.state("a", "blocked"): 4,
                self.state("a", "running"): 5, self.state("a", "failed"): 6,
            ])
        let ofType: AttributeSet = ["queuert.job.type": "a"]
        #expect(metrics.values("queuert.jobs.oldest.age") == [ofType: 40])
        #expect(metrics.values("queuert.jobs.stuck") == [ofType: 1])
        #expect(metrics.violations == [])
        source.counts.withLock { $0 = ["b": JobCounts(ready: 1)] }
        metrics = await CollectedMetrics(meters)
        #expect(source.calls.withLock { $0 } == 2)
        #expect(metrics.values("queuert.jobs")[self.state("a", "ready")] == 0)
        #expect(metrics.values("queuert.jobs")[self.state("b", "ready")] == 1)
        #expect(metrics.values("queuert.jobs.oldest.age")[ofType] == 0)
    }

    @Test("a database that doesn't answer, or fails, costs these metrics only, and isn't asked twice at once")
    func hanging() async {
        let meters = MeterProvider()
        let state = QueueStateMetrics(meters: meters, clock: SystemSpanClock(), patience: .milliseconds(1))
        let (answers, answer) = AsyncStream<Void>.makeStream()
        let calls = Mutex(0)
        let answered = Latch()
        state.observe {
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            if call == 1 {
                for await _ in answers {}
                answered.open()
            }
            if call == 2 { throw Boom() }
            return ["a": JobCounts(ready: 1)]
        }
        meters.counter("mails").add(1)
        for _ in 1...3 { #expect(await meters.collect().map(\.descriptor.name) == ["mails"]) }
        // The first collection had no patience left for the call to begin.
        while calls.withLock({ $0 }) == 0, !Task.isCancelled { await Task.yield() }
        #expect(calls.withLock { $0 } == 1)
        answer.finish()
        _ = await answered.wait()
        // Until it counts as answered.
        while calls.withLock({ $0 }) < 2, !Task.isCancelled { _ = await meters.collect() }
        while await CollectedMetrics(meters).values("queuert.jobs").isEmpty, !Task.isCancelled { await Task.yield() }
        #expect(calls.withLock { $0 } >= 3)
    }

    @Test("a database whose numbers views leave out isn't asked")
    func unwanted() async {
        let meters = MeterProvider(configuration: .init(views: [MetricView("queuert.jobs*", aggregation: .drop)]))
        let state = QueueStateMetrics(meters: meters, clock: SystemSpanClock(), patience: .seconds(60))
        let source = Source()
        state.observe { source.ask() }
        #expect(await meters.collect().isEmpty)
        #expect(source.calls.withLock { $0 } == 0)
    }

    @Test("workers tell what they have and whether they would take more, without an event for each job")
    func workers() async throws {
        try await withTracedQueue { queue in
            let (started, start) = AsyncStream<Void>.makeStream()
            let release = Latch()
            let processors: [Processor<MemoryStateAdapter>] = [
                .detached(Single.self) { job in
                    start.finish()
                    _ = await release.wait()
                    return .finish(job.input)
                },
                .atomic(Countdown.self) { job, _ in .finish(job.input) },
            ]
            try await queue.working(processors) {
                let chain = try await queue.client.startJobChain(Single.self, input: 1)
                for await _ in started {}
                let metrics = await CollectedMetrics(queue.meters)
                let (single, countdown): (AttributeSet, AttributeSet) = (
                    ["queuert.job.type": "single"], ["queuert.job.type": "countdown"]
                )
                #expect(metrics.values("queuert.job_type.processing") == [single: 1, countdown: 0])
                #expect(metrics.values("queuert.job_type.idle") == [single: 1, countdown: 1])
                #expect(metrics.values("queuert.jobs")[state("single", "running")] == 1)
                release.open()
                _ = try await queue.client.awaitJobChain(chain)
            }
            let after = await CollectedMetrics(queue.meters)
            #expect(after.metric("queuert.job_type.processing") == nil && after.metric("queuert.jobs") == nil)
        }
    }

    @Test("a process without a worker tells of its database if it is asked to")
    func withoutWorker() async throws {
        try await withTracedQueue { queue in
            _ = try await queue.client.startJobChain(Single.self, input: 1)
            #expect(await CollectedMetrics(queue.meters).metric("queuert.jobs") == nil)
            queue.instrumentation.observeJobs(of: queue.client)
            queue.clock.advance(by: .seconds(3))
            let metrics = await CollectedMetrics(queue.meters)
            #expect(metrics.values("queuert.jobs")[state("single", "ready")] == 1)
            #expect(metrics.values("queuert.jobs.oldest.age") == [["queuert.job.type": "single"]: 3])
        }
    }
}
