import Foundation
import Queuert
import Testing

@testable import QueuertPostgres

@Suite("The diagnosis of a PostgreSQL database", .timeLimit(.minutes(20))) struct PostgresDiagnosisTests {
    private func withAdapter(
        _ body: @Sendable (PostgresStateAdapter, _ schema: String) async throws -> Void
    ) async throws {
        try await TestDatabase.withSchema(.init(maximumConnections: 3)) { pool, schema in
            let adapter = PostgresStateAdapter(pool: pool, schema: schema, logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            try await body(adapter, schema)
        }
    }

    private func findings(_ adapter: PostgresStateAdapter) async throws -> [DiagnosisFinding] {
        try await adapter.diagnose().findings
    }

    @Test("finds nothing in tables that were just made")
    func healthy() async throws {
        try await withAdapter { adapter, _ in
            let diagnosis = try await adapter.diagnose()
            #expect(diagnosis.findings.isEmpty)
            #expect(diagnosis.facts.contains(DiagnosisFact("pooler", .text("none"))))
            #expect(diagnosis.facts.contains(DiagnosisFact("migrations", .count(PostgresMigrations.all.count))))
            #expect(try await adapter.migrationStatus().missing.isEmpty)
        }
    }

    @Test("tells which migrations are missing, and writes nothing")
    func migrations() async throws {
        try await TestDatabase.withSchema { pool, schema in
            let adapter = PostgresStateAdapter(pool: pool, schema: schema, logger: TestDatabase.quietLogger)
            #expect(try await adapter.migrationStatus().missing == PostgresMigrations.all.map(\.name))
            #expect(try await findings(adapter).map(\.code) == [.notMigrated])
            #expect(try await adapter.migrationStatus().isEmpty)
            #expect(try await PostgresIDType.stored(in: pool, schema: schema) == nil)
            try await adapter.migrate()
            #expect(try await PostgresIDType.stored(in: pool, schema: schema) == .uuid)
        }
    }

    @Test("knows what migrations make, and what later ones drop")
    func objects() {
        let objects = PostgresSchemaObjects(made: [
            """
            CREATE TABLE "a"."q_job" (id text); CREATE UNIQUE INDEX "q_one" ON "a"."q_job" (id);
            CREATE INDEX "q_two" ON "a"."q_job" (id); CREATE FUNCTION "a"."q_claim_1" (n int) RETURNS int
            """,
            """
            DROP INDEX IF EXISTS "a"."q_two";
            CREATE OR REPLACE FUNCTION "a"."q_claim_1" (n int) RETURNS int
            """,
        ])
        #expect(objects.names == ["table q_job", "index q_one", "function q_claim_1"])
    }

    @Test("finds what was dropped, and an index that was left half made")
    func schema() async throws {
        try await withAdapter { adapter, schema in
            try await adapter.pool.write { db in
                try db.executeScript(
                    """
                    DROP INDEX \(schema).queuert_job_ready; DROP FUNCTION \(schema).queuert_next_due_1;
                    UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\(schema).queuert_job_place'::regclass
                    """)
            }
            let findings = try await findings(adapter)
            #expect(findings.map(\.code) == [.missingObject, .missingObject, .invalidIndex])
            #expect(findings[0].sentence == "The function queuert_next_due_1 is missing.")
            #expect(findings[1].sentence == "The index queuert_job_ready is missing.")
            #expect(findings[2].hint.contains("REINDEX INDEX CONCURRENTLY \(schema).queuert_job_place;"))
        }
    }

    @Test("finds transactions that have been open for long, and do nothing or something")
    func transactions() async throws {
        try await withAdapter { adapter, _ in
            let (sentences, process) = try await TestDatabase.withFurtherPool { other in
                try await other.write { db in
                    let process = try db.query("SELECT pg_backend_pid() AS pid")[0].int("pid") ?? 0
                    let diagnosis = try await adapter.diagnose(DiagnosisOptions(patience: .zero))
                    let findings = diagnosis.findings.filter { $0.sentence.contains("(process \(process),") }
                    #expect(findings.map(\.code) == [.idleTransaction])
                    #expect(findings.first?.hint.contains("pg_terminate_backend(\(process))") == true)
                    let oldest = diagnosis.facts.first { $0.name == "oldestTransactionSeconds" }
                    #expect(oldest != nil)
                    return (findings.map(\.sentence), process)
                }
            }
            #expect(sentences.first?.contains("does nothing") == true)
            #expect(process > 0)
        }
    }

    @Test("finds tables that autovacuum leaves alone, and dead rows that it should have removed")
    func vacuum() async throws {
        try await withAdapter { adapter, schema in
            try await adapter.pool.write { db in
                try db.executeScript("ALTER TABLE \(schema).queuert_paused_type SET (autovacuum_enabled = false)")
            }
            #expect(try await findings(adapter).map(\.code) == [.autovacuumOff])
            try await adapter.pool.write { db in
                try db.executeScript(
                    """
                    INSERT INTO \(schema).queuert_paused_type SELECT 'type ' || n, now() FROM generate_series(1, 1500) n;
                    DELETE FROM \(schema).queuert_paused_type
                    """)
            }
            // The server counts dead rows some time after they died.
            var codes: [DiagnosisFinding.Code] = []
            while !codes.contains(.deadRows) { codes = try await findings(adapter).map(\.code) }
            #expect(codes == [.autovacuumOff, .deadRows])
        }
    }

    @Test("finds a clock that differs from the server's", arguments: [3_600, -3_600])
    func clockSkew(_ seconds: Int) async throws {
        try await withAdapter { adapter, _ in
            let clock = ManualClock(start: SystemClock().now + .seconds(-seconds))
            let diagnosis = try await adapter.diagnose(DiagnosisOptions(), machineClock: clock)
            let finding = try #require(diagnosis.findings.first { $0.code == .clockSkew })
            #expect(finding.sentence.contains(seconds > 0 ? "ahead of this machine's" : "behind this machine's"))
        }
    }

    @Test("says that others' transactions are not to be seen")
    func hidden() async throws {
        try await withAdapter { adapter, schema in
            let role = "test_\(schema.suffix(12))"
            try await adapter.pool.write { db in
                try db.executeScript(
                    """
                    CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA \(schema) TO \(role);
                    GRANT SELECT ON ALL TABLES IN SCHEMA \(schema) TO \(role)
                    """)
            }
            let address = try TestDatabase.address().replacing(/user=\w+/, with: "user=\(role)")
            let codes = try await TestDatabase.withFurtherPool(address: address) { other in
                let adapter = PostgresStateAdapter(pool: other, schema: schema, logger: TestDatabase.quietLogger)
                return try await adapter.diagnose().findings.map(\.code)
            }
            #expect(codes == [.hiddenActivity])
            try await adapter.pool.write { db in
                try db.executeScript("DROP OWNED BY \(role); DROP ROLE \(role)")
            }
        }
    }
}
