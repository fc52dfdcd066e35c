import Queuert
import QueuertPostgres
import Testing

/// An adapter on a clock of the test's, whose history is in partitions of a day unless the test says otherwise.
struct HistoryScenario: Sendable {
    let adapter: PostgresStateAdapter
    let clock: ManualClock
    let schema: String
    var tablePrefix = "queuert_"
    private let identifiers = UUIDv7Generator()

    static let day = Duration.seconds(86_400)

    /// Runs a body with tables of its own, and checks afterwards what must hold of them.
    static func with(
        _ history: PostgresHistory = .partitioned(days: 1), tablePrefix: String = "queuert_", address: String? = nil,
        _ body: @Sendable (HistoryScenario) async throws -> Void
    ) async throws {
        try await TestDatabase.withSchema(address: address) { pool, schema in
            let clock = ManualClock()
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, tablePrefix: tablePrefix, history: history, clock: clock,
                logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            try await body(
                HistoryScenario(adapter: adapter, clock: clock, schema: schema, tablePrefix: tablePrefix))
            try await expectInvariants(
                pool, schema: schema, prefix: tablePrefix, hasHistory: history != .amongJobs)
        }
    }

    // MARK: Jobs

    func newJob(
        _ type: String = "job", id: JobID? = nil, deduplication: Deduplication? = nil, blockers: [JobID] = []
    ) -> NewJob {
        let id = id ?? identifiers.makeJobID(at: clock.now)
        return NewJob(
            id: id, typeName: type, chainID: id, chainTypeName: type, chainIndex: 0, input: "1",
            deduplication: deduplication, blockers: blockers.map { NewJob.Blocker(chainID: $0) })
    }

    func successor(of row: JobRow) -> NewJob {
        NewJob(
            id: identifiers.makeJobID(at: clock.now), typeName: "next", chainID: row.chainID,
            chainTypeName: row.chainTypeName, chainIndex: row.chainIndex + 1, input: "2")
    }

    @discardableResult
    func operation<R: Sendable>(_ body: @Sendable (PostgresStateOperations) throws -> R) async throws -> R {
        try await adapter.withOperation(.work) { db in try body(adapter.operations(on: db)) }
    }

    @discardableResult
    func start(_ jobs: NewJob...) async throws -> [JobID] {
        try await operation { try $0.insertJobs(jobs).map(\.row.id) }
    }

    /// The identifier that an error says is taken; `nil` if the jobs are written.
    func duplicate(_ jobs: [NewJob]) async throws -> JobID? {
        do {
            try await operation { try $0.insertJobs(jobs) }
            return nil
        } catch let error as DuplicateJobIDError {
            return error.id
        }
    }

    func claim(_ type: String = "job") async throws -> ClaimedJob {
        let request = ClaimRequest(
            typeNames: [type], typesWithBlockers: [type], limit: 1, worker: "w", leaseDuration: .seconds(60))
        return try #require(try await operation { try $0.claimJobs(request).jobs.first })
    }

    func settlement(_ row: JobRow, _ outcome: Settlement.Outcome) -> Settlement {
        Settlement(
            lease: Lease(jobID: row.id, token: row.leaseToken), chainID: row.chainID, worker: "w", attemptContext: nil,
            outcome: outcome)
    }

    func settle(_ row: JobRow, _ outcome: Settlement.Outcome) async throws {
        let settlement = settlement(row, outcome)
        let result = try await operation { try $0.settle([settlement]) }
        guard case .settled = result[0] else {
            Issue.record("The lease was lost.")
            return
        }
    }

    /// Claims the only job of a type and completes it.
    func complete(_ type: String = "job", output: String = "1") async throws {
        try await settle(try await claim(type).row, .completed(output: output))
    }

    /// A chain of one job that has completed.
    func endedChain(_ job: NewJob? = nil, output: String = "1") async throws -> JobID {
        let job = job ?? newJob()
        try await start(job)
        try await complete(job.typeName, output: output)
        return job.id
    }

    func status(_ chainID: JobID) async throws -> JobStatus? {
        let now = clock.now
        return try await adapter.withReadConnection { db in
            try adapter.operations(on: db).chainEnds(chainID)?.last.status(at: now)
        }
    }

    // MARK: Tables

    /// A table's name as it is written in SQL.
    func name(_ table: String) -> String { "\(schema).\"\(tablePrefix)\(table)\"" }

    func count(_ table: String, where condition: String = "true") async throws -> Int {
        try await adapter.pool.read { db in
            try db.query("SELECT count(*) AS n FROM \(name(table)) WHERE \(condition)")[0].int("n") ?? -1
        }
    }

    /// The partitions that are attached, in order.
    func partitions() async throws -> [String] {
        try await adapter.pool.read { db in
            try db.query(
                """
                SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = to_regclass($1) AND c.relkind = 'r' ORDER BY 1
                """, [name("job_history")]
            ).compactMap { $0.text("name")?.split(separator: "_").last.map(String.init) }
        }
    }

    /// The server process that waits to take a partition out of the history, once there is one.
    func waitingDetachment() async throws -> Int {
        try await processWaiting(for: "ALTER TABLE \"\(schema)\"%DETACH%")
    }

    /// The server process of which a statement on the queue's tables waits for another transaction, once there is one.
    @discardableResult
    func waitingStatement() async throws -> Int { try await processWaiting(for: "%\"\(schema)\"%") }

    private func processWaiting(for pattern: String) async throws -> Int {
        try await TestDatabase.withFurtherPool { pool in
            while true {
                let rows = try await pool.read { db in
                    try db.query(
                        """
                        SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1
                        """, [pattern])
                }
                if let pid = rows.first?.int("pid") { return pid }
                await Task.yield()
            }
        }
    }
}
