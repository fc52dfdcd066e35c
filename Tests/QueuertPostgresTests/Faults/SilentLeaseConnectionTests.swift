import Queuert
import QueuertPostgres
import Testing

@Suite("The connection for leases, when it goes dead without a word", .timeLimit(.minutes(20)))
struct SilentLeaseConnectionTests {
    /// A job that ends when the test says so.
    private enum Hold: EntryJobType {
        static let name = "hold"
        typealias Input = Int
        typealias Output = Int
    }

    @Test("is given up long before anything else would be, and leases are prolonged on a further one")
    func renewal() async throws {
        // What is not prepared is seen by the proxy.
        try await withProxy(.init(statementCacheLimit: 0)) { pool, proxy in
            try await withQueue(pool) { client, _ in
                let adapter = client.adapter
                try await client.startJobChain(Store.self, input: 1)
                let request = ClaimRequest(
                    typeNames: ["store"], typesWithBlockers: [], limit: 1, worker: "w", leaseDuration: .seconds(600))
                let jobs = try await adapter.withOperation(.work) { db in
                    try adapter.operations(on: db).claimJobs(request).jobs
                }
                let row = try #require(jobs.first).row
                let lease = Lease(jobID: row.id, token: row.leaseToken)
                proxy.set(.silenceFrom("queuert_renew_"))
                let renewed = try await adapter.withOperation(.leases) { db in
                    // A sixth of it is waited for, by the machine's clock.
                    try adapter.operations(on: db).renewLeases([lease], for: .seconds(12))
                }
                #expect(renewed == [lease])
                #expect(proxy.losses == 1)
            }
        }
    }

    @Test("costs no job its attempt")
    func worker() async throws {
        try await withProxy(.init(maximumConnections: 4, statementCacheLimit: 0)) { pool, proxy in
            try await withFaultyQueue(pool) { client, table, throughput in
                let (begun, begin) = AsyncStream.makeStream(of: Void.self)
                let (ended, end) = AsyncStream.makeStream(of: Void.self)
                let hold = Processor<PostgresStateAdapter>.detached(Hold.self) { job in
                    begin.finish()
                    for await _ in ended {}
                    return .finish(job.attempt)
                }
                let leaseDuration = Duration.seconds(6)
                let others = [hold, throughput.processor]
                let worker = try table.makeWorker(client, and: others, leaseDuration: leaseDuration)
                proxy.set(.silenceFrom("queuert_renew_"))
                async let running: Void = worker.run()
                let chain = try await client.startJobChain(Hold.self, input: 1)
                for await _ in begun {}
                try await waitForRenewal(of: chain.id, in: table.schema, after: leaseDuration / 3, throughput.clock)
                end.finish()
                let attempt = try await client.awaitJobChain(chain, timeout: .seconds(60)).output
                try await throughput.expectRecovery(of: worker)
                await running
                #expect(attempt == 1)
                #expect(proxy.losses == 1)
                #expect(try await client.failedAttempts(ofJob: chain.id).isEmpty)
            }
        }
    }
}
