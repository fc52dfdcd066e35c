import Foundation
import Queuert
import QueuertPostgres
import Testing

@Suite("The tables of the PostgreSQL adapter", .timeLimit(.minutes(20))) struct PostgresMigrationTests {
    @Test("many processes may make the tables at once: one does")
    func atOnce() async throws {
        try await TestDatabase.withSchema { pool, schema in
            let adapter = PostgresStateAdapter(pool: pool, schema: schema, logger: TestDatabase.quietLogger)
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 { group.addTask { try await adapter.migrate() } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let all = [
                "0001-jobs", "0002-telemetry-outbox", "0003-refusal", "0004-safeguards", "0005-claim-from-bound",
                "0006-place-in-line",
            ]
            #expect(applied == all)
            #expect(try await adapter.migrate().isEmpty)
        }
    }

    @Test("tables that hold identifiers of another type are refused, and left alone")
    func otherIDType() async throws {
        try await TestDatabase.withSchema { pool, schema in
            let logger = TestDatabase.quietLogger
            try await PostgresStateAdapter(pool: pool, schema: schema, logger: logger).migrate()
            let error = await #expect(throws: PostgresError.self) {
                try await PostgresStateAdapter(pool: pool, schema: schema, idType: .text, logger: logger).migrate()
            }
            #expect(error?.code == .unsupported)
            #expect(error.map { "\($0)".contains("uuid") } == true)
        }
    }

    @Test("a statement before the tables were made says what to do")
    func forgotten() async throws {
        try await TestDatabase.withSchema { pool, schema in
            let adapter = PostgresStateAdapter(pool: pool, schema: schema, logger: TestDatabase.quietLogger)
            let error = await #expect(throws: PostgresError.self) {
                _ = try await Client(adapter: adapter).jobCounts()
            }
            #expect(error.map { "\($0)".contains("migrate") } == true)
        }
    }

    @Test("a key that is too long for an index is refused with what to do about it, and nothing is written")
    func longKey() async throws {
        try await TestDatabase.withSchema { pool, schema in
            let adapter = PostgresStateAdapter(pool: pool, schema: schema, logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            let client = Client(adapter: adapter, logger: TestDatabase.quietLogger)
            // What is made by chance is hardly shorter when it is compressed.
            let key = (0..<150).map { _ in UUID().uuidString }.joined()
            let error = await #expect(throws: PostgresError.self) {
                try await client.startJobChain(Store.self, input: 1, deduplication: Deduplication(key: key))
            }
            #expect(error?.code == .limitExceeded)
            #expect(error?.hint.contains("shorter deduplication key") == true)
            #expect(error.map { String(reflecting: $0).contains("queuert_deduplication_pkey") } == true)
            let counts = try await client.jobCounts()
            #expect(counts.isEmpty)
        }
    }

    @Test("two queues in one schema have nothing in common")
    func twoPrefixes() async throws {
        try await TestDatabase.withSchema { pool, schema in
            let logger = TestDatabase.quietLogger
            let first = PostgresStateAdapter(pool: pool, schema: schema, tablePrefix: "a_", logger: logger)
            let second = PostgresStateAdapter(
                pool: pool, schema: schema, tablePrefix: "B_", idType: .text, logger: logger)
            try await first.migrate()
            try await second.migrate()
            try await Client(adapter: first).startJobChain(Store.self, input: 1)
            #expect(try await Client(adapter: second).jobCounts().isEmpty)
        }
    }

    @Test(
        "no statement of a worker reads whole tables, though its plans were made while they were empty",
        arguments: [PostgresHistory.amongJobs, .partitioned()])
    func plans(_ history: PostgresHistory) async throws {
        try await TestDatabase.withSchema(.init(maximumConnections: 1)) { pool, schema in
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, history: history, logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            let client = Client(adapter: adapter, logger: TestDatabase.quietLogger)
            let types = (0..<10).map { "type-\($0)" }
            let request = ClaimRequest(
                typeNames: types, typesWithBlockers: Set(types), limit: 5, worker: "w", leaseDuration: .seconds(60))
            let identifiers = UUIDv7Generator()
            func newJob(_ number: Int, priority: Priority = .normal, blockers: [JobID] = []) -> NewJob {
                let id = identifiers.makeJobID(at: SystemClock().now)
                return NewJob(
                    id: id, typeName: types[number % 10], chainID: id, chainTypeName: types[number % 10], chainIndex: 0,
                    input: "1", priority: priority, blockers: blockers.map { NewJob.Blocker(chainID: $0) })
            }
            var ended: [JobID] = []
            func round() async throws {
                // Some wait for what has ended, and are next.
                let news = [
                    [newJob(0), newJob(1)],
                    [newJob(2, priority: Priority(1_000), blockers: ended)],
                ]
                for jobs in news {
                    _ = try await adapter.withOperation(.work) { db in
                        try adapter.operations(on: db).insertJobs(jobs)
                    }
                }
                let jobs = try await adapter.withOperation(.work) { db in
                    try adapter.operations(on: db).claimJobs(request).jobs
                }
                _ = try await adapter.withOperation(.work) { db in
                    try adapter.operations(on: db).renewLeases(
                        jobs.map { Lease(jobID: $0.row.id, token: $0.row.leaseToken) }, for: .seconds(60))
                }
                let settlements = jobs.enumerated().map { index, job in
                    let lease = Lease(jobID: job.row.id, token: job.row.leaseToken)
                    let outcome: Settlement.Outcome =
                        index == 0 ? .retried(.after(.seconds(60)), error: "no", .failed) : .completed(output: "1")
                    return Settlement(
                        lease: lease, chainID: job.row.chainID, worker: "w", attemptContext: nil, outcome: outcome)
                }
                _ = try await adapter.withTransaction { db in try adapter.operations(on: db).settle(settlements) }
                ended = jobs.dropFirst().map(\.row.chainID)
                _ = try await adapter.withReadConnection { db in
                    try adapter.operations(on: db).nextClaimableIn(typeNames: types)
                }
            }
            // Plans are made, on empty tables.
            for _ in 0..<8 { try await round() }
            let jobs = (0..<20_000).map { newJob($0) }
            _ = try await adapter.withOperation(.work) { db in try adapter.operations(on: db).insertJobs(jobs) }
            let before = try await rowsRead(pool, schema)
            for _ in 0..<20 { try await round() }
            let read = try await rowsRead(pool, schema) - before
            #expect(read < 20 * 400, "\(read) rows were read to start 60 jobs, and to claim and end 100")
            #expect(try await client.jobCounts().count == 10)
        }
    }

    @Test(
        "the jobs of a rare type of chain are found without a look at all others",
        arguments: [PostgresHistory.amongJobs, .partitioned()])
    func rareChainTypes(_ history: PostgresHistory) async throws {
        let typeNames = (0..<5_000).map { $0 == 2_500 ? "rare" : "common" }
        try await withChains(history, typeNames) { pool, adapter, jobs, schema in
            let before = try await rowsRead(pool, schema)
            let page = try await adapter.withReadConnection { db in
                try adapter.operations(on: db).jobs(JobQuery(chainTypeNames: ["rare", "none"]))
            }
            let read = try await rowsRead(pool, schema) - before
            #expect(page.items.map(\.id) == [jobs[2_500].id])
            #expect(read < 100, "\(read) rows were read to find one")
        }
    }

    @Test(
        "counts and lists of what few jobs do look at nothing else, also where many others are in front of them",
        arguments: [PostgresHistory.amongJobs, .partitioned()])
    func fewAmongMany(_ history: PostgresHistory) async throws {
        try await withChains(history, Array(repeating: "job", count: 3_000)) { pool, adapter, jobs, schema in
            try await pool.write { db in
                let job = "\(schema).queuert_job"
                let newest = "sequence > (SELECT max(sequence) - 20 FROM \(job))"
                try db.execute("UPDATE \(job) SET rank = NULL, failed_at = created_at WHERE \(newest)")
                try db.execute(
                    "UPDATE \(job) SET rank = NULL, completed_at = created_at, output = '1' WHERE failed_at IS NULL")
                try db.execute("ANALYZE \(job)")
            }
            func rowsReadByLists(share: Int) async throws -> Int {
                let before = try await rowsRead(pool, schema)
                try await adapter.withReadConnection { db in
                    var operations = adapter.operations(on: db)
                    operations.listReach.minimum = 5
                    operations.listReach.share = share
                    let expected = jobs.suffix(20).prefix(5).map(\.id)
                    let jobQuery = JobQuery(statuses: [.failed], order: .oldestFirst, limit: 5)
                    let failed = try operations.jobs(jobQuery).items.map(\.id)
                    #expect(failed == expected)
                    let chainQuery = ChainQuery(statuses: [.failed], order: .oldestFirst, limit: 5)
                    let chains = try operations.chains(chainQuery).items.map(\.first.id)
                    #expect(chains == expected)
                    let count = try operations.jobCounts()["job"]?.failed
                    #expect(count == 20)
                }
                return try await rowsRead(pool, schema) - before
            }
            let read = try await rowsReadByLists(share: 100)
            #expect(read < 500, "\(read) rows were read to find 20 jobs twice, and to count them")
            // More than one in a thousand is not few: all others are walked through.
            let walked = try await rowsReadByLists(share: 1_000)
            #expect(walked > 2_900)
        }
    }

    @Test("what has ended is in no index but those of all jobs, and that of cancelled ones")
    func hotIndexes() async throws {
        try await TestDatabase.withSchema { pool, schema in
            let clock = ManualClock()
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, clock: clock, logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            let scenario = HistoryScenario(adapter: adapter, clock: clock, schema: schema)
            let blocker = try await scenario.endedChain()
            try await scenario.start(scenario.newJob(blockers: [blocker]))
            let row = try await scenario.claim().row
            try await scenario.settle(row, .continued(scenario.successor(of: row)))
            try await scenario.settle(try await scenario.claim("next").row, .retried(.now, error: "no", .failed))
            try await scenario.settle(try await scenario.claim("next").row, .failed(error: "no", .failed))
            let failed = try await scenario.operation { try $0.jobs(ofChain: row.chainID)[1] }
            try await scenario.operation { try $0.redriveJobs([failed.id]) }
            try await scenario.complete("next")
            let open = try await scenario.start(scenario.newJob("open"))
            try await scenario.start(scenario.newJob("waiting", blockers: open))
            try await scenario.operation { try $0.cancelChains(open, dependants: .cancel) }
            let conditions = try await pool.read { db in
                try db.query(
                    """
                    SELECT c.relname AS name, pg_get_expr(i.indpred, i.indrelid) AS condition
                    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                    WHERE i.indrelid = to_regclass($1) AND i.indpred IS NOT NULL ORDER BY 1
                    """, ["\(schema).queuert_job"]
                ).map { ($0.text("name") ?? "", $0.text("condition") ?? "") }
            }
            #expect(conditions.count == 6)
            for (name, condition) in conditions {
                let count = try await scenario.count("job", where: condition)
                #expect(count == (name == "queuert_job_cancelled" ? 2 : 0), "\(name)")
            }
        }
    }

    @Test("prolonging a lease changes no index")
    func renewals() async throws {
        try await TestDatabase.withSchema { pool, schema in
            let clock = ManualClock()
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, clock: clock, logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            let scenario = HistoryScenario(adapter: adapter, clock: clock, schema: schema)
            try await scenario.start(scenario.newJob())
            let row = try await scenario.claim().row
            let lease = Lease(jobID: row.id, token: row.leaseToken)
            try await adapter.withTransaction { db in
                let before = try updates(schema, db)
                for _ in 0..<3 { _ = try adapter.operations(on: db).renewLeases([lease], for: .seconds(60)) }
                let after = try updates(schema, db)
                #expect(after.all - before.all == 3)
                #expect(after.inPage - before.inPage == 3)
            }
        }
    }

    /// How many jobs this session has changed and not told the others yet, and how many of them without changing an index.
    private func updates(_ schema: String, _ db: isolated PostgresConnection) throws -> (all: Int, inPage: Int) {
        let row = try db.query(
            """
            SELECT n_tup_upd AS n, n_tup_hot_upd AS hot FROM pg_stat_xact_user_tables WHERE relid = to_regclass($1)
            """, ["\(schema).queuert_job"])[0]
        return (row.int("n") ?? 0, row.int("hot") ?? 0)
    }

    /// Runs a body with chains of some types, one job each, in a schema of their own.
    private func withChains(
        _ history: PostgresHistory, _ typeNames: [String],
        _ body: @Sendable (PostgresPool, PostgresStateAdapter, [NewJob], String) async throws -> Void
    ) async throws {
        try await TestDatabase.withSchema(.init(maximumConnections: 1)) { pool, schema in
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, history: history, logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            let identifiers = UUIDv7Generator()
            let jobs = typeNames.map { typeName in
                let id = identifiers.makeJobID(at: SystemClock().now)
                return NewJob(
                    id: id, typeName: typeName, chainID: id, chainTypeName: typeName, chainIndex: 0, input: "1")
            }
            _ = try await adapter.withOperation(.work) { db in try adapter.operations(on: db).insertJobs(jobs) }
            try await body(pool, adapter, jobs, schema)
        }
    }

    /// How many rows of the queue's tables were read, whether from indexes or not.
    private func rowsRead(_ pool: PostgresPool, _ schema: String) async throws -> Int {
        // The session sends its numbers when it is idle for a while, or at once if asked to.
        try await pool.write { db in
            if try db.query("SELECT 1 FROM pg_proc WHERE proname = 'pg_stat_force_next_flush'").isEmpty { return }
            _ = try db.query("SELECT pg_stat_force_next_flush()")
        }
        return try await pool.read { db in
            try db.query(
                """
                SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint AS n FROM pg_stat_user_tables
                WHERE schemaname = $1
                """, [schema])[0].int("n") ?? 0
        }
    }
}
