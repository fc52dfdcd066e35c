import Queuert
import Testing

@Suite("The transactions that a task has open", .timeLimit(.minutes(2))) struct OpenTransactionsTests {
    @Test("a connection that is given to the next one is no longer the task's, nor that of tasks that it started")
    func endedEarly() async throws {
        let (outer, inner) = (MemoryStateAdapter(), MemoryStateAdapter())
        @Sendable func isOpen(on database: MemoryStateAdapter) -> Bool {
            OpenTransactions.connection(of: database, as: MemoryConnection.self) != nil
        }
        let (ended, tell) = AsyncStream.makeStream(of: Void.self)
        try await outer.withTransaction { _ async throws in
            try await inner.withTransaction { _ async throws in
                let started = Task {
                    for await _ in ended {}
                    return (isOpen(on: outer), isOpen(on: inner))
                }
                #expect(isOpen(on: outer) && isOpen(on: inner))
                OpenTransactions.endConnection(of: inner)
                #expect(isOpen(on: outer) && !isOpen(on: inner))
                // Twice is once.
                OpenTransactions.endConnection(of: inner)
                #expect(isOpen(on: outer))
                tell.finish()
                let (isOuterOpen, isInnerOpen) = await started.value
                #expect(isOuterOpen && !isInnerOpen)
            }
        }
    }
}
