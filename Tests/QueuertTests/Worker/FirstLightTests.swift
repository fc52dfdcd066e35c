import Queuert
import Testing

@Suite("A chain from start to end") struct FirstLightTests {
    enum Add: EntryJobType {
        static let name = "add"
        typealias Input = Int
        typealias Output = Int
        struct Next: Continuations { let double = To<Double>() }
    }
    enum Double: JobType {
        static let name = "double"
        typealias Input = Int
        typealias Output = Int
    }
    enum Sum: EntryJobType {
        static let name = "sum"
        typealias Input = String
        typealias Output = Int
        typealias Blockers = BlockedByAll<Add>
    }

    @Test("a fan-in of chains of two jobs yields what its handlers compute")
    func fanIn() async throws {
        let client = Client(adapter: MemoryStateAdapter())
        let worker = try Worker(
            client: client,
            processors: [
                .atomic(Add.self) { job, _ in .continueWith(\.double, input: job.input + 1) },
                .detached(Double.self) { job in .finish(job.input * 2) },
                .staged(Sum.self) { job, attempt in
                    let outputs = job.blockers
                    return try await attempt.complete { _ in .finish(outputs.reduce(0, +)) }
                },
            ])
        async let running: Void = worker.run()
        let sum = try await client.withTransaction { db in
            var chains: [Chain<Add>] = []
            for number in 1...3 { chains.append(try await client.startJobChain(Add.self, input: number, on: db)) }
            return try await client.startJobChain(Sum.self, input: "", blockers: chains, on: db)
        }
        let completed = try await client.awaitJobChain(sum, timeout: .seconds(300))
        #expect(completed.output == 18)
        await worker.stop()
        await running
    }
}
