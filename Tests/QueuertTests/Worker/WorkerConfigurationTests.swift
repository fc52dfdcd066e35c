import Queuert
import QueuertConformance
import Testing

@Suite("The configuration of a worker", .timeLimit(.minutes(20))) struct WorkerConfigurationTests {
    typealias Configuration = Worker<MemoryStateAdapter>.Configuration

    enum Work: EntryJobType {
        static let name = "work"
        typealias Input = Int
        typealias Output = Int
    }

    @Test(
        "has at least one slot and a millisecond between two looks, whether it is made or set so", arguments: [0, -1])
    func limits(_ number: Int) {
        let time = Duration.seconds(number)
        let made = Configuration(concurrency: number, leaseDuration: time, pollInterval: time)
        var changed = Configuration()
        changed.concurrency = number
        changed.leaseDuration = time
        changed.pollInterval = time
        for configuration in [made, changed] {
            #expect(configuration.concurrency == 1)
            #expect(configuration.leaseDuration == .milliseconds(1))
            #expect(configuration.pollInterval == .milliseconds(1))
        }
    }

    @Test("a worker whose slots were set to none does its jobs all the same, one after the other")
    func noSlots() async throws {
        let client = Client(adapter: MemoryStateAdapter())
        var configuration = Configuration()
        configuration.concurrency = 0
        let worker = try Worker(
            client: client, processors: [.detached(Work.self) { .finish($0.input) }], configuration: configuration)
        let chains = try await client.startJobChains((0..<3).map { NewChain(Work.self, input: $0) })
        async let running: Void = worker.run()
        for (number, chain) in chains.enumerated() {
            #expect(try await client.awaitJobChain(chain).output == number)
        }
        await worker.stop()
        await running
    }

    @Test("has 100,000 slots at most, whether it is made or set so, and a worker with as many does its jobs")
    func manySlots() async throws {
        let made = Configuration(concurrency: .max)
        var changed = Configuration()
        changed.concurrency = .max
        #expect(made.concurrency == 100_000)
        #expect(changed.concurrency == 100_000)
        let client = Client(adapter: MemoryStateAdapter())
        let worker = try Worker(
            client: client, processors: [.detached(Work.self) { .finish($0.input) }], configuration: made)
        let chain = try await client.startJobChain(Work.self, input: 1)
        async let running: Void = worker.run()
        #expect(try await client.awaitJobChain(chain).output == 1)
        await worker.stop()
        await running
    }

    @Test("a worker's times may be without end, and so may those of who waits for it", .timeLimit(.minutes(2)))
    func endlessTimes() async throws {
        let endless = Duration.seconds(Int64.max)
        let journal = Journal()
        let client = Client(adapter: MemoryStateAdapter())
        let processor = Processor<MemoryStateAdapter>.detached(Work.self, timeout: endless) { job in
            journal.add("runs")
            try await journal.wait(of: "go")
            return .finish(job.input)
        }
        let worker = try Worker(
            client: client, processors: [processor],
            configuration: Configuration(leaseDuration: endless, pollInterval: endless))
        let chain = try await client.startJobChain(Work.self, input: 1)
        async let running: Void = worker.run()
        async let completed = client.awaitJobChain(chain, timeout: endless, pollInterval: endless)
        try await journal.wait(of: "runs")
        async let stopping: Void = worker.stop(within: endless)
        journal.add("go")
        let output = try await completed.output
        #expect(output == 1)
        await stopping
        await running
    }

    @Test("a worker's patience may be without end")
    func endlessPatience() async throws {
        let client = Client(adapter: MemoryStateAdapter())
        let worker = try Worker(
            client: client, processors: [.detached(Work.self) { .finish($0.input) }],
            configuration: Configuration(watchdogPatience: .seconds(Int64.max)))
        let chain = try await client.startJobChain(Work.self, input: 1)
        async let running: Void = worker.run()
        #expect(try await client.awaitJobChain(chain).output == 1)
        await worker.stop()
        await running
    }
}
