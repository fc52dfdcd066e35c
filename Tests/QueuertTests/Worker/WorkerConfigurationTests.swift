import Queuert
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
