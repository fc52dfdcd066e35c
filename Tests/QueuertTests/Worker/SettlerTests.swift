import Queuert
import QueuertConformance
import Testing

@Suite("Results of detached jobs", .timeLimit(.minutes(20))) struct SettlerTests {
    enum Work: EntryJobType {
        static let name = "work"
        typealias Input = Int
        typealias Output = Int
    }

    @Test("where many wait, they are written while those of the transaction before are still told of")
    func twoAtOnce() async throws {
        let adapter = FaultyStateAdapter(MemoryStateAdapter())
        let clock = ManualClock()
        let client = Client(adapter: adapter, clock: clock)
        let journal = Journal()
        let worker = try Worker(
            client: client,
            processors: [
                .detached(Work.self) { job in
                    journal.add("runs")
                    try await journal.wait(of: "end \(job.input)")
                    return .finish(job.input)
                }
            ], configuration: .init(concurrency: 200))
        let chains = try await client.startJobChains((0..<120).map { NewChain(Work.self, input: $0) })
        async let running: Void = worker.run()
        try await journal.wait(for: 120, of: "runs")
        let hold = adapter.faults.hold(.settle)
        journal.add("end 0")
        try await hold.reached()
        let begun = adapter.faults.count(of: .begin)
        for number in 1..<120 { journal.add("end \(number)") }
        // Nothing else begins one: there are slots, but no more jobs, and the time stands still.
        try await adapter.faults.wait(for: begun + 1, of: .begin)
        hold.release()
        for chain in chains { _ = try await client.awaitJobChain(chain) }
        await worker.stop()
        await running
    }
}
