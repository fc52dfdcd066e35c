import Logging
import Queuert
import QueuertPostgres
import Synchronization

/// Schemas with the queue's tables, which are emptied and used again: to make them takes longer than most cases.
///
/// They stay in the database, which is the tests' own.
final class MigratedSchemas: Sendable {
    private let free = Mutex<[String]>([])
    private let tablePrefix: String
    private let idType: PostgresIDType

    init(tablePrefix: String = "queuert_", idType: PostgresIDType = .uuid) {
        self.tablePrefix = tablePrefix
        self.idType = idType
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
                pool: pool, schema: schema, tablePrefix: self.tablePrefix, idType: self.idType, clock: clock,
                logger: TestDatabase.quietLogger)
            if known == nil { try await adapter.migrate() }
            let value = try await body(adapter)
            try await expectInvariants(pool, schema: schema, prefix: self.tablePrefix)
            // After a failure they are left as they are, to be looked at.
            try await pool.write { [tablePrefix = self.tablePrefix] db in
                for table in ["deduplication", "job_attempt", "job_blocker", "paused_type", "job"] {
                    try db.execute("DELETE FROM \"\(schema)\".\"\(tablePrefix)\(table)\"")
                }
            }
            self.free.withLock { $0.append(schema) }
            return value
        }
    }
}
