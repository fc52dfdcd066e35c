import Queuert
import Testing

@testable import QueuertPostgres

@Suite("A transaction that stays open and keeps dead rows from being removed", .timeLimit(.minutes(20)))
struct LongTransactionTests {
    @Test("jobs are claimed and done all the same, by as many round trips as without it")
    func heldHorizon() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            try await withQueue(pool) { client, table in
                let before = try await Self.roundTrips(of: 0..<40, client, pool)
                try await Self.withHeldHorizon {
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
                }
                #expect(try await client.jobCounts()["store"]?.waiting ?? 0 == 0)
            }
        }
    }

    @Test("a claim steps over what can't be removed once, and those that follow begin behind it, but for a while only")
    func bounds() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            try await withQueue(pool) { client, table in
                let time = Locked(ContinuousClock.now)
                var adapter = client.adapter
                adapter.bounds = ClaimBounds(tolerated: 1_000) { time.withLock { $0 } }
                let queue = Line(adapter: adapter, schema: table.schema)
                try await Self.withHeldHorizon {
                    _ = try await client.startJobChains((0..<2_000).map { NewChain(Store.self, input: $0) })
                    #expect(try await queue.claim(2_000).inputs.count == 2_000)
                    _ = try await client.startJobChains((2_000..<2_100).map { NewChain(Store.self, input: $0) })
                    let first = try await queue.claim(10)
                    #expect(first.inputs == (2_000..<2_010).map { "\($0)" })
                    #expect(first.looked > 2_000)
                    let second = try await queue.claim(10)
                    #expect(second.inputs == (2_010..<2_020).map { "\($0)" })
                    #expect(second.looked < 100)
                    // More urgent than those in line, and so before the place where claims begin to look.
                    _ = try await client.startJobChain(Store.self, input: 7, priority: Priority(10))
                    let rest = try await queue.claim(1_000)
                    #expect(rest.inputs == (2_020..<2_100).map { "\($0)" })
                    let pause = try #require(rest.nextDueIn)
                    #expect(pause > .zero && pause <= ClaimBounds.longestPause)
                    time.withLock { $0 += pause }
                    #expect(try await queue.claim(10).inputs == ["7"])
                }
                // They go as soon as no other test's transaction holds them either.
                while true {
                    try await pool.withConnection { db in _ = try db.execute("VACUUM \(table.schema).queuert_job") }
                    time.withLock { $0 += ClaimBounds.longestPause }
                    if try await queue.claim(10).looked < 100 { break }
                }
            }
        }
    }

    /// The jobs that wait, and what it takes to find them.
    private struct Line {
        let adapter: PostgresStateAdapter
        let schema: String

        /// Claims jobs.
        ///
        /// - Returns: Their inputs, when there may be more, and how many entries of the index were looked at.
        func claim(_ limit: Int) async throws -> (inputs: [String], nextDueIn: Duration?, looked: Int) {
            let count = "SELECT pg_stat_get_xact_tuples_returned('\(schema).queuert_job_ready'::regclass) AS n"
            return try await adapter.withTransaction { db in
                let before = try db.query(count)[0].int("n") ?? 0
                let result = try adapter.operations(on: db).claimJobs(
                    ClaimRequest(
                        typeNames: ["store"], typesWithBlockers: [], limit: limit, worker: "w",
                        leaseDuration: .seconds(600)))
                let after = try db.query(count)[0].int("n") ?? 0
                return (result.jobs.map(\.row.input), result.nextDueIn, after - before)
            }
        }
    }

    /// Runs a body while a transaction is open that keeps what is removed from being so.
    private static func withHeldHorizon(_ body: () async throws -> Void) async throws {
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let holder = Task {
            defer { begin.finish() }
            try await TestDatabase.withFurtherPool { other in
                try await other.write(isolation: .repeatableRead) { db in
                    _ = try db.query("SELECT pg_current_xact_id()")
                    begin.finish()
                    for await _ in released {}
                }
            }
        }
        for await _ in begun {}
        let result = await Result { try await body() }
        release.finish()
        try await holder.value
        try result.get()
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
