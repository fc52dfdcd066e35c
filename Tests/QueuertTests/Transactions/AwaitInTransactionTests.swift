import Queuert
import Testing

@Suite("Waiting for a chain inside a transaction", .timeLimit(.minutes(2))) struct AwaitInTransactionTests {
    enum Work: EntryJobType {
        static let name = "work"
        typealias Input = Int
        typealias Output = Int
    }

    @Test("is refused inside a read too, which keeps others from writing or sees what was there when it began")
    func insideRead() async throws {
        let client = Client(adapter: MemoryStateAdapter())
        let chain = try await client.startJobChain(Work.self, input: 1)
        let error = try await #require(throws: AwaitInTransactionError.self) {
            try await client.adapter.withReadConnection { _ in try await client.awaitJobChain(chain).output }
        }
        #expect(error == AwaitInTransactionError(chainID: chain.id))
        #expect(error.description.contains("waited for inside a transaction"))
    }

    @Test("is let through inside a transaction on another database")
    func otherDatabase() async throws {
        let other = Client(adapter: MemoryStateAdapter())
        let client = Client(adapter: MemoryStateAdapter())
        let chain = try await client.startJobChain(Work.self, input: 1)
        let output = try await withWorker(client, [.detached(Work.self) { .finish($0.input) }]) {
            try await other.withTransaction { _ in try await client.awaitJobChain(chain).output }
        }
        #expect(output == 1)
    }
}
