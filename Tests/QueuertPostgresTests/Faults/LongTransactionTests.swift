import Queuert
import Testing

@testable import QueuertPostgres

@Suite("A transaction that stays open and keeps dead rows from being removed", .timeLimit(.minutes(20)))
struct LongTransactionTests {
    @Test("jobs are claimed and done all the same, by as many round trips as without it")
    func heldHorizon() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 4)) { pool in
            try await withFaultyQueue(pool) { client, table, throughput in
                let before = try await Throughput.roundTrips(ofJobs: 40, client)
                try await Self.withHeldHorizon {
                    for _ in 0..<10 { _ = try await Throughput.roundTrips(ofJobs: 100, client) }
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
                    let with = try await Throughput.roundTrips(ofJobs: 40, client)
                    #expect(with == before)
                }
                try await throughput.expectRecovery()
                let counts = try await client.jobCounts()
                #expect(counts.values.allSatisfy { $0.waiting == 0 })
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
                    // Before the place where claims begin to look, and put there by another adapter.
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

    @Test("whatever puts a job in line before the place where claims begin has the next claim find it")
    func forgottenPlaces() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 2)) { pool in
            try await withQueue(pool) { other, table in
                let adapter = Self.adapter(other.adapter)
                let client = Client(adapter: adapter, logger: TestDatabase.quietLogger)
                let line = Line(adapter: adapter, schema: table.schema)
                try await Self.withHeldHorizon {
                    let blocker = try await line.start("blocker", "0")
                    _ = try await line.start("store", "-1", priority: 10, blockers: [blocker.id])
                    let stranded = try await line.start("store", "-2", priority: 10)
                    #expect(try await MigratedSchemas.markAsBlocked(stranded.id, in: adapter))
                    _ = try await client.startJobChains((0..<2_000).map { NewChain(Store.self, input: $0) })
                    #expect(try await line.claim(2_000).jobs.count == 2_000)
                    _ = try await client.startJobChains((2_000..<2_100).map { NewChain(Store.self, input: $0) })

                    try await line.moveOn()
                    func expectNext(_ input: String) async throws -> JobRow {
                        let claimed = try await line.claim(1)
                        #expect(claimed.inputs == [input])
                        try await line.moveOn()
                        return try #require(claimed.jobs.first)
                    }
                    _ = try await client.startJobChain(Store.self, input: 7, priority: 10)
                    var row = try await expectNext("7")
                    try await line.settle(row, .retried(.now, error: "no", .failed))
                    row = try await expectNext("7")
                    try await line.settle(row, .released)
                    row = try await expectNext("7")
                    try await line.settle(row, .failed(error: "no", .failed))
                    try await client.redriveJobs([row.id])
                    row = try await expectNext("7")
                    let next = NewJob(
                        id: line.makeID(), typeName: "store", chainID: row.chainID, chainTypeName: "store",
                        chainIndex: 1, input: "8", priority: 10)
                    try await line.settle(row, .continued(next))
                    _ = try await expectNext("8")
                    let later = try await client.startJobChain(
                        Store.self, input: 9, schedule: .after(.seconds(3_600)), priority: 10)
                    try await client.triggerJobs([later.id])
                    _ = try await expectNext("9")
                    try await line.settle(blocker, .completed(output: "1"), worker: nil)
                    _ = try await expectNext("-1")
                    #expect(try await client.unblockStrandedJobs().map(\.id) == [stranded.id])
                    _ = try await expectNext("-2")
                    // Nobody sees it before it is committed.
                    try await client.withTransaction { db in
                        _ = try await client.startJobChain(Store.self, input: 10, priority: 10, on: db)
                        let meanwhile = try await Task.detached { try await line.claim(1) }.value
                        #expect(meanwhile.looked < 100)
                    }
                    _ = try await expectNext("10")
                    // What is no more urgent than others has nobody look anew.
                    _ = try await client.startJobChain(Store.self, input: 3_000)
                    #expect(try await line.claim(1).looked < 100)
                }
            }
        }
    }

    /// An adapter whose claims begin behind 1,000 dead rows, and would do so for ever.
    private static func adapter(_ adapter: PostgresStateAdapter) -> PostgresStateAdapter {
        let start = ContinuousClock.now
        var adapter = adapter
        adapter.bounds = ClaimBounds(tolerated: 1_000) { start }
        return adapter
    }

    /// The jobs that wait, and what it takes to find them.
    private struct Line: Sendable {
        let adapter: PostgresStateAdapter
        let schema: String
        let identifiers = UUIDv7Generator()

        func makeID() -> JobID { identifiers.makeJobID(at: SystemClock().now) }

        func start(
            _ typeName: String, _ input: String, priority: Priority = .normal, blockers: [JobID] = []
        ) async throws -> JobRow {
            let id = makeID()
            let job = NewJob(
                id: id, typeName: typeName, chainID: id, chainTypeName: typeName, chainIndex: 0, input: input,
                priority: priority, blockers: blockers.map { NewJob.Blocker(chainID: $0) })
            return try await adapter.withOperation(.work) { db in
                try adapter.operations(on: db).insertJobs([job])[0].row
            }
        }

        func settle(_ row: JobRow, _ outcome: Settlement.Outcome, worker: String? = "w") async throws {
            let settlement = Settlement(
                lease: Lease(jobID: row.id, token: row.leaseToken), chainID: row.chainID, worker: worker,
                attemptContext: nil, outcome: outcome)
            let results = try await adapter.withOperation(.work) { db in
                try adapter.operations(on: db).settle([settlement])
            }
            guard case .settled = results[0] else {
                Issue.record("The lease was lost.")
                return
            }
        }

        /// Takes two of the jobs that nothing is urgent about, the second without a look at what is dead.
        func moveOn() async throws {
            _ = try await claim(1)
            #expect(try await claim(1).looked < 100)
        }

        /// Claims jobs.
        ///
        /// - Returns: The jobs and their inputs, when there may be more, and how many entries of the index were looked at.
        func claim(
            _ limit: Int
        ) async throws -> (jobs: [JobRow], inputs: [String], nextDueIn: Duration?, looked: Int) {
            let count = "SELECT pg_stat_get_xact_tuples_returned('\(schema).queuert_job_ready'::regclass) AS n"
            return try await adapter.withTransaction { db in
                let before = try db.query(count)[0].int("n") ?? 0
                let result = try adapter.operations(on: db).claimJobs(
                    ClaimRequest(
                        typeNames: ["store"], typesWithBlockers: [], limit: limit, worker: "w",
                        leaseDuration: .seconds(600)))
                let after = try db.query(count)[0].int("n") ?? 0
                let rows = result.jobs.map(\.row)
                return (rows, rows.map(\.input), result.nextDueIn, after - before)
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
}
