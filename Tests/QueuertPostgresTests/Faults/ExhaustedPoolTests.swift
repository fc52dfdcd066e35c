import Queuert
import Testing

@testable import QueuertPostgres

@Suite("A pool of PostgreSQL connections that are all in use", .timeLimit(.minutes(20))) struct ExhaustedPoolTests {
    /// A job that ends when the test says so.
    private enum Hold: EntryJobType {
        static let name = "hold"
        typealias Input = Int
        typealias Output = Int
    }

    @Test(
        "who gets no connection is told what to do; running jobs keep their leases, and all goes on afterwards",
        arguments: [PostgresHistory.amongJobs, .partitioned(days: 1)])
    func exhausted(_ history: PostgresHistory) async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 2, acquisitionTimeout: .milliseconds(200))) { pool in
            try await withFaultyQueue(pool, history: history) { client, table, throughput in
                let (begun, begin) = AsyncStream.makeStream(of: Void.self)
                let (ended, end) = AsyncStream.makeStream(of: Void.self)
                let hold = Processor<PostgresStateAdapter>.detached(Hold.self) { job in
                    begin.finish()
                    for await _ in ended {}
                    return .finish(job.input)
                }
                let leaseDuration = Duration.seconds(6)
                let others = [hold, throughput.processor]
                let worker = try table.makeWorker(client, and: others, leaseDuration: leaseDuration)
                async let running: Void = worker.run()
                // On a busy machine the worker's first claims may take as long as anybody waits.
                let chain = try await untilItWorks { try await client.startJobChain(Hold.self, input: 1) }
                for await _ in begun {}
                let (released, release) = AsyncStream.makeStream(of: Void.self)
                let (held, taken) = AsyncStream.makeStream(of: Void.self)
                let users = (0..<2).map { _ in
                    Task {
                        try await untilItWorks {
                            try await pool.write { _ in
                                taken.yield()
                                for await _ in released {}
                            }
                        }
                    }
                }
                var iterator = held.makeAsyncIterator()
                for _ in 0..<2 { await iterator.next() }
                // Whoever works next is to make partitions, and waits in vain for a connection as well.
                client.adapter.upkeep?.expire()
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await client.startJobChain(Store.self, input: -1)
                }
                #expect(error?.code == .poolExhausted)
                #expect(error.map { "\($0)".contains("maximumConnections") } == true)
                try await waitForRenewal(of: chain.id, in: table.schema, after: leaseDuration / 3, throughput.clock)
                release.finish()
                for user in users { try await user.value }
                let other = try await startOnce(7, client)
                try await waitForEnd(other, client)
                end.finish()
                try await waitForEnd(chain.id, client)
                try await throughput.expectRecovery(of: worker)
                await running
                #expect(try await table.stored() == [7])
                #expect(try await client.chain(chain.id)?.last.attempt == 1)
            }
        }
    }
}
