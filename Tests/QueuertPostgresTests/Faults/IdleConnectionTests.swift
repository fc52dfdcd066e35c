import QueuertPostgres
import Testing

@Suite("Connections to PostgreSQL that end while nobody uses them", .timeLimit(.minutes(20)))
struct IdleConnectionTests {
    @Test("are found before they are used: a statement goes to another one, and nobody is told")
    func ended() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            @Sendable func process() async throws -> Int {
                try await pool.write { db in try db.query("SELECT pg_backend_pid() AS pid")[0].int("pid") ?? 0 }
            }
            let first = try await process()
            try await TestDatabase.withFurtherPool { other in
                try await other.write { db in _ = try db.query("SELECT pg_terminate_backend($1)", [first]) }
                while try await other.read({ db in
                    try !db.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [first]).isEmpty
                }) {}
            }
            // Whoever used a connection less than a millisecond ago does not look.
            let end = ContinuousClock.now + .milliseconds(2)
            while .now < end { await Task.yield() }
            let second = try await process()
            #expect(second != first)
        }
    }
}
