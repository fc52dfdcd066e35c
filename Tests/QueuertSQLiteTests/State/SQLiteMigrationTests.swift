import Queuert
import SQLiteTestSupport
import Testing

@testable import QueuertSQLite

@Suite("The migration of a database of the first version") struct SQLiteMigrationTests {
    private let clock = ManualClock()

    /// A database with the first version's tables, and rows as it wrote them.
    private func withOldDatabase(
        _ body: (SQLitePool, SQLiteStateAdapter) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            let now = clock.now
            try await pool.write { db in
                let first = SQLiteMigrations.all.filter { $0.name == "0001-jobs" }
                _ = try SQLiteMigrations.apply(first, prefix: "queuert_", on: db.statementRunner, at: now)
                try Self.insertOldRows(db, at: now.microseconds)
            }
            try await body(pool, SQLiteStateAdapter(pool: pool, clock: clock))
            await pool.close()
        }
    }

    private static func insertOldRows(_ db: isolated SQLiteConnection, at now: Int64) throws {
        func insert(
            _ id: String, chain: String? = nil, index: Int = 0, successor: String? = nil, scheduledAt: Int64? = nil,
            completedAt: Int64? = nil, output: String? = nil, token: Int = 0, leasedBy: String? = nil,
            leasedUntil: Int64? = nil, isBlocked: Bool = false
        ) throws {
            try db.execute(
                """
                INSERT INTO queuert_job (id, type_name, chain_id, chain_type_name, chain_index, successor_id, input, output,
                    created_at, scheduled_at, ready_at, completed_at, attempt, leased_by, lease_token, leased_until,
                    has_open_blockers)
                VALUES (?, 'job', ?, 'job', ?, ?, '1', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    id, chain ?? id, index, successor, output, now, scheduledAt ?? now, isBlocked ? nil : now,
                    completedAt,
                    token, leasedBy, token, leasedUntil, isBlocked,
                ])
        }
        try insert("ready-2", scheduledAt: now - 1)
        try insert("ready-1", scheduledAt: now - 2)
        try insert("later", scheduledAt: now + 60_000_000)
        try insert("leased", token: 1, leasedBy: "old worker", leasedUntil: now + 1_000_000)
        try insert("completed", completedAt: now, output: "7", token: 1)
        try insert("continued", successor: "continued-next", completedAt: now, token: 1)
        try insert("continued-next", chain: "continued", index: 1, scheduledAt: now - 3)
        try insert("blocked", isBlocked: true)
        for (ordinal, chain, resolvedAt) in [(0, "completed", now), (1, "leased", nil)] as [(Int, String, Int64?)] {
            try db.execute(
                "INSERT INTO queuert_job_blocker VALUES ('blocked', ?, ?, ?, ?, NULL)",
                [ordinal, chain, now, resolvedAt])
        }
    }

    private func claim(_ adapter: SQLiteStateAdapter) async throws -> ClaimResult {
        try await adapter.withTransaction { db in
            try adapter.operations(on: db).claimJobs(
                ClaimRequest(
                    typeNames: ["job"], typesWithBlockers: ["job"], limit: 10, worker: "new worker",
                    leaseDuration: .seconds(30)))
        }
    }

    private func complete(_ row: JobRow, by worker: String, _ adapter: SQLiteStateAdapter) async throws
        -> SettlementResult
    {
        let settlement = Settlement(
            lease: Lease(jobID: row.id, token: row.leaseToken), chainID: row.chainID, worker: worker,
            attemptContext: nil,
            outcome: .completed(output: "2"))
        return try await adapter.withTransaction { db in try adapter.operations(on: db).settle([settlement])[0] }
    }

    @Test("keeps all rows, and what waits is processed in order")
    func process() async throws {
        try await withOldDatabase { pool, adapter in
            #expect(try await adapter.migrate() == ["0002-core", "0003-telemetry-outbox"])
            let counts = try await adapter.withReadConnection { db in try adapter.operations(on: db).jobCounts() }
            #expect(counts["job"]?.ready == 3)
            #expect(counts["job"]?.scheduled == 1)
            #expect(counts["job"]?.blocked == 1)
            #expect(counts["job"]?.running == 1)

            let first = try await claim(adapter)
            #expect(first.jobs.map(\.row.id.rawValue) == ["continued-next", "ready-1", "ready-2"])
            #expect(first.nextDueIn == .seconds(60))
            for job in first.jobs { _ = try await complete(job.row, by: "new worker", adapter) }
            // The attempt that ran while the database was migrated ends, and unblocks what waits for it.
            let leased = try await adapter.withReadConnection { db in
                try adapter.operations(on: db).job(JobID(rawValue: "leased"))
            }
            let settled = try await complete(try #require(leased), by: "old worker", adapter)
            guard case .settled(let attempt) = settled else {
                Issue.record("The lease was lost.")
                return
            }
            #expect(attempt.resolved.map(\.jobID.rawValue) == ["blocked"])
            clock.advance(by: .seconds(60))
            let second = try await claim(adapter)
            #expect(second.jobs.map(\.row.id.rawValue) == ["blocked", "later"])
            #expect(second.jobs[0].blockers.map(\.output) == ["7", "2"])
            try await expectInvariants(pool)
        }
    }

    @Test("leaves a process of the first version unable to claim or start, and able to end what it runs")
    func oldProcess() async throws {
        try await withOldDatabase { pool, adapter in
            try await adapter.migrate()
            let claim = """
                SELECT id, scheduled_at, attempt_trace_context FROM queuert_job
                WHERE type_name = ? AND completed_at IS NULL AND leased_until IS NULL AND has_open_blockers = 0
                ORDER BY scheduled_at, id LIMIT 10
                """
            await #expect(throws: SQLiteError.self) {
                try await pool.write { db in try db.query(claim, ["job"]).count }
            }
            let complete = """
                UPDATE queuert_job SET output = '1', completed_at = 1, completed_by = 'old worker', leased_by = NULL,
                    leased_until = NULL, last_attempt_error = NULL, attempt_trace_context = NULL
                WHERE id = 'leased' AND lease_token = 1 AND leased_until IS NOT NULL
                """
            #expect(try await pool.write { db in try db.execute(complete) } == 1)
            // What waited for it is found by the sweep.
            #expect(try await adapter.withReadConnection { db in try adapter.operations(on: db).hasStrandedJobs() })
            let stranded = try await adapter.withTransaction { db in
                try adapter.operations(on: db).unblockStrandedJobs()
            }
            #expect(stranded.map(\.id.rawValue) == ["blocked"])
            try await expectInvariants(pool)
        }
    }
}
