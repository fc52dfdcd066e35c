import Queuert
import Testing

@testable import QueuertPostgres

@Suite("Leases that are prolonged where partitions are to be made", .timeLimit(.minutes(20)))
struct LeaseRenewalTests {
    @Test("wait for none of the connections that all are in use, and leave the partitions to others")
    func upkeep() async throws {
        // Whoever waited for a connection would wait for longer than anybody looks.
        let configuration = PostgresPool.Configuration(maximumConnections: 1, acquisitionTimeout: .seconds(3_600))
        try await TestDatabase.withSchema(configuration) { pool, schema in
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, history: .partitioned(days: 1), logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            let renewal = try await pool.write { _ in
                adapter.upkeep?.expire()
                let isOver = Locked(false)
                let task = Task.detached {
                    defer { isOver.withLock { $0 = true } }
                    return try await adapter.withOperation(.leases) { db in
                        let lease = Lease(jobID: UUIDv7Generator().makeJobID(at: SystemClock().now), token: 1)
                        return try adapter.operations(on: db).renewLeases([lease], for: .seconds(60))
                    }
                }
                while !isOver.withLock({ $0 }), pool.waitingTasks == 0 { await Task.yield() }
                #expect(pool.waitingTasks == 0)
                return task
            }
            #expect(try await renewal.value.isEmpty)
            #expect(adapter.upkeep?.isDue(at: adapter.now) == true)
        }
    }
}
