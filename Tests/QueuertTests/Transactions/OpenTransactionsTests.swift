import Testing

@testable import Queuert

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

    @Test("those that have ended are not remembered, though each task was started inside the one before")
    func ended() async throws {
        let database = MemoryStateAdapter()
        var link: OpenTransaction?
        for _ in 0..<10 {
            // What a task has that was started in a transaction, and goes on when that is over.
            let started = link
            let inTransaction = try await OpenTransactions.$innermost.withValue(started) {
                try await database.withTransaction { _ async throws in OpenTransactions.innermost }
            }
            link = await OpenTransactions.$innermost.withValue(inTransaction) {
                await TransactionScope().bind { OpenTransactions.innermost }
            }
        }
        var count = 0
        while let next = link {
            count += 1
            link = next.outer
        }
        #expect(count == 1)
    }
}
