import Logging
import Queuert
import QueuertConformance
import Testing

/// A job that nothing comes of.
private enum Tick: EntryJobType {
    static let name = "tick"
    typealias Input = Int
    typealias Output = Int
}

/// A job that runs with others of its type.
private enum Parcel: EntryJobType {
    static let name = "parcel"
    typealias Input = Int
    typealias Output = Int
}

/// Workers that look for jobs only when they are woken.
@Suite("How many workers a job wakes", .timeLimit(.minutes(20))) struct WakeUpTests {
    private typealias Adapter = FaultyStateAdapter<MemoryStateAdapter>

    @Test("a job wakes one of a hundred idle workers of a process")
    func oneJob() async throws {
        try await withIdleWorkers(100, slots: 10) { job in
            .finish(job.input)
        } _: { client, adapter in
            for number in 0..<20 { _ = try await client.awaitJobChain(client.startJobChain(Tick.self, input: number)) }
            #expect(adapter.faults.count(of: .claimJobs) == 100 + 20)
        }
    }

    @Test("jobs that are started together wake as many workers as it takes to run them at once")
    func manyJobs() async throws {
        let running = RunningCount()
        try await withIdleWorkers(100) { job in
            running.enter()
            while running.maximum < 50, !Task.isCancelled { await Task.yield() }
            return .finish(job.input)
        } _: { client, adapter in
            let chains = try await client.startJobChains((0..<50).map { NewChain(Tick.self, input: $0) })
            for chain in chains { _ = try await client.awaitJobChain(chain) }
            // Each that was busy may have looked once more.
            #expect(adapter.faults.count(of: .claimJobs) <= 100 + 2 * 50)
        }
    }

    @Test("jobs that are started one by one are run at once by workers that are all idle")
    func jobsInARow() async throws {
        let running = RunningCount()
        try await withIdleWorkers(30) { job in
            running.enter()
            while running.maximum < 30, !Task.isCancelled { await Task.yield() }
            return .finish(job.input)
        } _: { client, _ in
            var chains: [Chain<Tick>] = []
            for number in 0..<30 { chains.append(try await client.startJobChain(Tick.self, input: number)) }
            for chain in chains { _ = try await client.awaitJobChain(chain) }
        }
    }

    @Test("a type that runs in batches doesn't keep jobs of another type from waking a worker each")
    func besidesBatches() async throws {
        let running = RunningCount()
        try await withIdleWorkers(2, besides: [Self.parcels]) { job in
            running.enter()
            while running.maximum < 2, !Task.isCancelled { await Task.yield() }
            return .finish(job.input)
        } _: { client, _ in
            let chains = try await client.startJobChains((0..<2).map { NewChain(Tick.self, input: $0) })
            for chain in chains { _ = try await client.awaitJobChain(chain) }
        }
    }

    @Test("jobs that fit in one batch wake one worker")
    func oneBatch() async throws {
        try await withIdleWorkers(10, besides: [Self.parcels]) { job in
            .finish(job.input)
        } _: { client, adapter in
            let chains = try await client.startJobChains((0..<50).map { NewChain(Parcel.self, input: $0) })
            for chain in chains { _ = try await client.awaitJobChain(chain) }
            // It may have looked once more when it began, and when it was done.
            #expect(adapter.faults.count(of: .claimJobs) <= 10 + 3)
        }
    }

    @Test("a hint that does not say how many jobs there are wakes all workers")
    func anyNumber() async throws {
        try await withIdleWorkers(30) { job in
            .finish(job.input)
        } _: { client, adapter in
            client.notify.send(WakeHint(dueTypes: ["tick"]))
            try await adapter.faults.wait(for: 60, of: .claimJobs)
        }
    }

    @Test("hints add up, and say what was said before")
    func union() {
        var hint = WakeHint(dueTypes: ["any"], dueJobs: ["some": 2])
        hint.formUnion(WakeHint(dueJobs: ["some": 3, "any": 1, "few": 1, "none": 0, "huge": .max - 1]))
        hint.formUnion(WakeHint(dueJobs: ["huge": 5]))
        #expect(hint.dueTypes == ["any", "some", "few", "huge"])
        #expect(hint.dueJobs == ["some": 5, "few": 1])
        hint.dueTypes.remove("some")
        hint.dueTypes.insert("more")
        #expect(hint == WakeHint(dueTypes: ["any", "more", "huge"], dueJobs: ["few": 1]))
    }

    private static var parcels: Processor<Adapter> {
        .batched(Parcel.self, upTo: 100) { jobs, _ in jobs.map { $0.decide(.finish($0.input)) } }
    }

    private func withIdleWorkers(
        _ count: Int, slots: Int = 1, besides others: [Processor<Adapter>] = [],
        _ handle: @escaping @Sendable (Job<Tick>) async throws -> Decision<Tick>,
        _ body: @Sendable (Client<Adapter>, Adapter) async throws -> Void
    ) async throws {
        let adapter = Adapter(MemoryStateAdapter())
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let client = Client(adapter: adapter, logger: logger)
        let ticks = Processor<Adapter>.detached(Tick.self, handler: handle)
        let workers = try (0..<count).map { _ in
            try Worker(
                client: client, processors: [ticks] + others,
                configuration: .init(concurrency: slots, pollInterval: .seconds(3_600)))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { await worker.run() } }
            // Each looks once when it begins.
            try await adapter.faults.wait(for: count, of: .claimJobs)
            // A body that throws cancels the group, which stops the workers.
            try await body(client, adapter)
            for worker in workers { await worker.stop() }
            try await group.waitForAll()
        }
    }
}
