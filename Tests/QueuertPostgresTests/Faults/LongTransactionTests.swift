import Queuert
import QueuertPostgres
import Testing

@Suite("A transaction that stays open and keeps dead rows from being removed", .timeLimit(.minutes(20)))
struct LongTransactionTests {
    @Test("jobs are claimed and done all the same, by as many round trips as without it")
    func heldHorizon() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            try await withQueue(pool) { client, table in
                let before = try await Self.roundTrips(of: 0..<40, client, pool)
                let (released, release) = AsyncStream.makeStream(of: Void.self)
                let (begun, begin) = AsyncStream.makeStream(of: Void.self)
                let holder = Task {
                    try await TestDatabase.withFurtherPool { other in
                        try await other.write(isolation: .repeatableRead) { db in
                            _ = try db.query("SELECT pg_current_xact_id()")
                            begin.finish()
                            for await _ in released {}
                        }
                    }
                }
                for await _ in begun {}
                for round in 0..<10 {
                    _ = try await Self.roundTrips(of: 40 + round * 100..<40 + (round + 1) * 100, client, pool)
                }
                // Nothing of what they left can be removed.
                let dead = try await pool.withConnection { db in
                    try db.execute("VACUUM \(table.schema).queuert_job")
                    try db.execute("CREATE EXTENSION IF NOT EXISTS pgstattuple SCHEMA \(table.schema)")
                    return try db.query(
                        """
                        SELECT dead_tuple_count AS n FROM \(table.schema).pgstattuple('\(table.schema).queuert_job')
                        """)[0].int("n") ?? 0
                }
                #expect(dead >= 1_000)
                let with = try await Self.roundTrips(of: 1_040..<1_080, client, pool)
                #expect(with == before)
                release.finish()
                try await holder.value
                #expect(try await client.jobCounts()["store"]?.waiting ?? 0 == 0)
            }
        }
    }

    /// Starts jobs, claims and ends them, and counts how often the server was waited for.
    private static func roundTrips(
        of numbers: Range<Int>, _ client: Client<PostgresStateAdapter>, _ pool: PostgresPool
    ) async throws -> Int {
        let start = try await pool.withConnection { $0.roundTrips }
        _ = try await client.startJobChains(numbers.map { NewChain(Store.self, input: $0) })
        let adapter = client.adapter
        var claimed = 0
        while claimed < numbers.count {
            let jobs = try await adapter.withOperation(.work) { db in
                try adapter.operations(on: db).claimJobs(
                    ClaimRequest(
                        typeNames: ["store"], typesWithBlockers: [], limit: 20, batchSizes: [:], worker: "w",
                        leaseDuration: .seconds(60))
                ).jobs
            }
            claimed += jobs.count
            let settlements = jobs.map { job in
                Settlement(
                    lease: Lease(jobID: job.row.id, token: job.row.leaseToken), chainID: job.row.chainID, worker: "w",
                    attemptContext: nil, outcome: .completed(output: "1"))
            }
            _ = try await adapter.withOperation(.work) { db in try adapter.operations(on: db).settle(settlements) }
        }
        return try await pool.withConnection { $0.roundTrips } - start
    }
}
