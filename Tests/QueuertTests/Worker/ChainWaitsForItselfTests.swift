import Queuert
import Testing

@Suite("A chain that would wait for itself") struct ChainWaitsForItselfTests {
    enum Ask: EntryJobType {
        static let name = "ask"
        typealias Input = Int
        typealias Output = Int
        struct Next: Continuations { let answer = To<Answer>() }
    }
    enum Answer: JobType {
        static let name = "answer"
        typealias Input = Int
        typealias Output = Int
        typealias Blockers = BlockedByAll<Ask>
    }

    @Test("is refused as a failure of the handler, and can still go on otherwise")
    func refused() async throws {
        let client = Client(adapter: MemoryStateAdapter())
        let worker = try Worker(
            client: client,
            processors: [
                .atomic(Ask.self, backoff: Backoff(initial: .milliseconds(1))) { job, _ in
                    if job.attempt > 1 { return .finish(job.input) }
                    return .continueWith(\.answer, input: 0, blockers: [Chain<Ask>(id: job.chainID)])
                }
            ])
        async let running: Void = worker.run()
        let chain = try await client.startJobChain(Ask.self, input: 7)
        let output = try await client.awaitJobChain(chain).output
        #expect(output == 7)
        let failures = try await client.failedAttempts(ofJob: chain.id)
        #expect(failures.count == 1)
        #expect(failures[0].error?.contains("waits for this same chain") == true)
        await worker.stop()
        await running
    }
}
