import QueuertConformance
import Testing

@testable import Queuert

@Suite("What is told of a queue beside its jobs", .timeLimit(.minutes(2))) struct QueueEventTests {
    enum Work: EntryJobType {
        static let name = "work"
        typealias Input = Int
        typealias Output = Int
    }

    /// Keeps events as words, and does with the rest what the harness does.
    private final class Events: ObservabilityAdapter {
        private let base = JournalObservability(journal: Journal())
        private let told = Locked<[String]>([])
        private let activity = Locked<WorkerActivity?>(nil)

        var words: [String] { told.withLock { $0 } }
        var worker: WorkerActivity? { activity.withLock { $0 } }

        func happened(_ event: QueueEvent) {
            if case .workerStarted(let worker) = event { activity.withLock { $0 = worker } }
            let word =
                switch event {
                case .workerStarted(let worker): "started \(worker.name) \(worker.typeNames)"
                case .workerStopping: "stopping"
                case .workerStopped: "stopped"
                case .databaseFailed(let failure): "failed to \(failure.work.rawValue)"
                case .outageBegan: "outage"
                case .outageEnded(let outage): "over after \(outage.failures)"
                case .leaseLost(let lost): "lost \(lost.job.typeName)"
                case .jobsTriggered(let rows): "triggered \(rows.count)"
                case .jobsRedriven(let rows): "redriven \(rows.count)"
                case .chainDeleted(_, let typeName): "deleted \(typeName)"
                case .hintsMissed: "gap"
                default: ""
                }
            if !word.isEmpty { told.withLock { $0.append(word) } }
        }

        func batchStarting(_ batch: BatchStarting) -> any BatchTrace { base.batchStarting(batch) }
        func jobCreating(_ job: JobCreating) -> any JobTrace { base.jobCreating(job) }
        func attempt(_ job: ClaimedJob) -> any AttemptTrace { base.attempt(job) }
        func completionWithoutWorker(of job: ClaimedJob) -> any CompletionTrace {
            base.completionWithoutWorker(of: job)
        }
        func blockerResolved(_ wait: BlockerResolution) {}
        func chainEnded(_ chain: ChainEnding) {}
    }

    private let events = Events()

    private func client<Adapter: StateAdapter>(_ adapter: Adapter) -> Client<Adapter> {
        Client(adapter: adapter, observability: events, logger: RecordedLogs().logger)
    }

    @Test("an outage begins once, whatever fails meanwhile, and ends with the first claim")
    func outage() async throws {
        let adapter = FaultyStateAdapter(MemoryStateAdapter())
        adapter.faults.fail(.claimJobs, times: 3)
        let client = client(adapter)
        let worker = try Worker(
            client: client, processors: [.atomic(Work.self) { job, _ in .finish(job.input) }],
            configuration: .init(name: "w", recoveryBackoff: Backoff(initial: .zero)))
        async let running: Void = worker.run()
        _ = try await client.awaitJobChain(try await client.startJobChain(Work.self, input: 1))
        await worker.stop()
        await running
        #expect(
            events.words == [
                "started w [\"work\"]", "failed to claim", "outage", "failed to claim", "failed to claim",
                "over after 3", "stopping", "stopped",
            ])
    }

    @Test("a lease that is lost is told once, and what a worker has can be asked meanwhile")
    func lostLease() async throws {
        let client = client(MemoryStateAdapter())
        let (started, start) = AsyncStream<Void>.makeStream()
        let worker = try Worker(
            client: client,
            processors: [
                .detached(Work.self) { job in
                    start.finish()
                    try await Task.sleep(for: .seconds(3600))
                    return .finish(job.input)
                }
            ], configuration: .init(concurrency: 1))
        async let running: Void = worker.run()
        let chain = try await client.startJobChain(Work.self, input: 1)
        for await _ in started {}
        let activity = try #require(events.worker)
        #expect(activity.running() == ["work": 1] && !activity.hasRoom())
        #expect(try await activity.jobCounts()["work"]?.running == 1)
        try await client.deleteJobChains([chain.id])
        while !events.words.contains("lost work"), !Task.isCancelled { await Task.yield() }
        await worker.stop()
        await running
        #expect(
            events.words == ["started worker [\"work\"]", "deleted work", "lost work", "stopping", "stopped"])
    }

    @Test("a lease that is lost is told once, though a refused write and a renewal find it out at the same time")
    func lostLeaseFoundTwice() async throws {
        let adapter = FaultyStateAdapter(MemoryStateAdapter())
        let client = client(adapter)
        let processor = Processor<FaultyStateAdapter<MemoryStateAdapter>>.detached(Work.self) { .finish($0.input) }
        // It doesn't run: what it does is called here, in the order that is meant.
        let worker = try Worker(client: client, processors: [processor])
        let chain = try await client.startJobChain(Work.self, input: 1)
        var request = worker.claimRequest
        request.limit = 1
        let claimed = try await adapter.withTransaction { [request] connection in
            try adapter.operations(on: connection).claimJobs(request)
        }
        let attempt = Attempt(try #require(claimed.jobs.first), of: worker, for: processor, isRetry: false)
        #expect(worker.slots.add([attempt]))
        try await Client(adapter: adapter, notify: PollingOnly()).cancelJobChain(chain)
        let renewal = adapter.faults.hold(.renewLeases)
        async let checked: Void = worker.leaseKeeper.check([chain.id])
        try await renewal.reached()
        worker.settlingFailed(attempt, attempt.leaseLost())
        while !events.words.contains("lost work"), !Task.isCancelled { await Task.yield() }
        renewal.release()
        await checked
        #expect(events.words.count { $0 == "lost work" } == 1)
    }

    @Test("a worker whose task is cancelled tells of its end, too")
    func cancelled() async throws {
        let client = client(MemoryStateAdapter())
        let worker = try Worker(
            client: client, processors: [.atomic(Work.self) { job, _ in .finish(job.input) }])
        let running = Task { await worker.run() }
        _ = try await client.awaitJobChain(try await client.startJobChain(Work.self, input: 1))
        running.cancel()
        await running.value
        #expect(events.words == ["started worker [\"work\"]", "stopping", "stopped"])
    }

    @Test("what is undone with its transaction isn't told")
    func rollback() async throws {
        struct Undo: Error {}
        let client = client(MemoryStateAdapter())
        let chain = try await client.startJobChain(Work.self, input: 1, schedule: .after(.seconds(60)))
        _ = try? await client.withTransaction { db in
            try await client.triggerJobs([chain.id], on: db)
            _ = try await client.deleteJobChains([chain.id], on: db)
            throw Undo()
        }
        #expect(events.words == [])
        try await client.triggerJobs([chain.id])
        try await client.deleteJobChains([chain.id])
        #expect(events.words == ["triggered 1", "deleted work"])
    }
}
