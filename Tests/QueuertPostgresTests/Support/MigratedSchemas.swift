import Logging
import Queuert
import Synchronization

@testable import QueuertPostgres

/// Schemas with the queue's tables, which are emptied and used again: to make them takes longer than most cases.
///
/// They stay in the database, which is the tests' own.
final class MigratedSchemas: Sendable {
    private let free = Mutex<[String]>([])
    private let tablePrefix: String
    private let idType: PostgresIDType
    private let history: PostgresHistory

    init(
        tablePrefix: String = "queuert_", idType: PostgresIDType = .uuid, history: PostgresHistory = .amongJobs
    ) {
        self.tablePrefix = tablePrefix
        self.idType = idType
        self.history = history
    }

    /// Runs a body with an adapter on empty tables that nobody else uses.
    func withAdapter<R: Sendable>(
        _ configuration: PostgresPool.Configuration = .init(maximumConnections: 12), address: String? = nil,
        clock: (any QueueClock)? = nil,
        _ body: @Sendable (PostgresStateAdapter) async throws -> R
    ) async throws -> R {
        try await TestDatabase.withPool(configuration, address: address) { pool in
            let known = self.free.withLock { $0.popLast() }
            let schema = known ?? TestDatabase.makeSchemaName()
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, tablePrefix: self.tablePrefix, idType: self.idType,
                history: self.history, clock: clock, logger: TestDatabase.quietLogger)
            let isPartitioned = self.history != .amongJobs
            if known == nil || isPartitioned { try await adapter.migrate() }
            let value = try await body(adapter)
            try await expectInvariants(pool, schema: schema, prefix: self.tablePrefix, hasHistory: isPartitioned)
            // After a failure they are left as they are, to be looked at.
            try await pool.write { [tablePrefix = self.tablePrefix] db in
                let tables = [
                    "deduplication", "job_attempt", "job_blocker", "paused_type", "telemetry_outbox",
                    "telemetry_leader", "job",
                ]
                for table in tables + (isPartitioned ? ["job_history"] : []) {
                    try db.execute("DELETE FROM \"\(schema)\".\"\(tablePrefix)\(table)\"")
                }
            }
            self.free.withLock { $0.append(schema) }
            return value
        }
    }

    /// Marks a job as blocked that waits for nothing.
    static func markAsBlocked(_ jobID: JobID, in adapter: PostgresStateAdapter) async throws -> Bool {
        let job = adapter.statements.tables.job
        return try await adapter.withTransaction { db in
            let sql = "UPDATE \(job) SET is_blocked = true, rank = NULL WHERE id::text = $1"
            return try db.execute(sql, [jobID.rawValue]) == 1
        }
    }
}
