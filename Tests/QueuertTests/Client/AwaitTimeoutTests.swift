import Queuert
import Testing

@Suite("The time that a chain is waited for", .timeLimit(.minutes(2))) struct AwaitTimeoutTests {
    enum Work: EntryJobType {
        static let name = "work"
        typealias Input = Int
        typealias Output = Int
    }

    @Test(
        "is as long as it was said to be, though the time of day is set meanwhile",
        arguments: [Duration.seconds(3_600), .seconds(-3_600)])
    func clockIsSet(_ step: Duration) async throws {
        let clock = SteppingClock()
        let client = Client(adapter: MemoryStateAdapter(clock: clock), clock: clock)
        let chain = try await client.startJobChain(Work.self, input: 1)
        let waiting = Task {
            try await client.awaitJobChain(chain, timeout: .seconds(60), pollInterval: .seconds(20)).output
        }
        await clock.base.waitForSleepers(1)
        clock.set(by: step)
        for _ in 0..<2 {
            clock.base.advance(by: .seconds(20))
            // It goes on.
            await clock.base.waitForSleepers(1)
        }
        clock.base.advance(by: .seconds(20))
        await #expect(throws: ChainTimeoutError.self) { try await waiting.value }
    }

    @Test("may be without end")
    func withoutEnd() async throws {
        let client = Client(adapter: MemoryStateAdapter())
        let chain = try await client.startJobChain(Work.self, input: 1)
        try await client.completeJob(Work.self, of: chain) { .finish($0.input) }
        let output = try await client.awaitJobChain(chain, timeout: .seconds(Int64.max)).output
        #expect(output == 1)
    }
}
