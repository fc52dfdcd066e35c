import Foundation
import Queuert
import Testing

@testable import QueuertPostgres

@Suite("The diagnosis of a PostgreSQL database", .timeLimit(.minutes(20))) struct PostgresDiagnosisTests {
    private func withAdapter(
        idType: PostgresIDType = .uuid, history: PostgresHistory = .amongJobs, clock: (any QueueClock)? = nil,
        _ body: @Sendable (PostgresStateAdapter, _ schema: String) async throws -> Void
    ) async throws {
        try await TestDatabase.withSchema(.init(maximumConnections: 3)) { pool, schema in
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, idType: idType, history: history, clock: clock,
                logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            try await body(adapter, schema)
        }
    }

    private func findings(_ adapter: PostgresStateAdapter) async throws -> [DiagnosisFinding] {
        try await adapter.diagnose().findings
    }

    @Test("finds nothing in tables that were just made", arguments: [PostgresIDType.uuid, .text])
    func healthy(_ idType: PostgresIDType) async throws {
        try await withAdapter(idType: idType) { adapter, _ in
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
        let server = "CREATE UNIQUE INDEX q_one ON ONLY a.q_job USING btree (id) WITH (fillfactor='70')"
        #expect(objects.indexes == ["index q_one": PostgresSchemaObjects.normalized(server)])
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

    @Test(
        "finds indexes that were made anew on other columns or for other rows, and not those that only look different")
    func changedIndexes() async throws {
        try await withAdapter { adapter, schema in
            try await adapter.pool.write { db in
                try db.executeScript(
                    """
                    DROP INDEX \(schema).queuert_job_ready, \(schema).queuert_job_failed, \(schema).queuert_job_blocked;
                    CREATE INDEX queuert_job_ready ON \(schema).queuert_job (type_name, id) WHERE rank IS NOT NULL;
                    CREATE INDEX queuert_job_failed ON \(schema).queuert_job (type_name) WHERE failed_at IS NOT NULL;
                    CREATE INDEX queuert_job_blocked ON \(schema).queuert_job USING btree (type_name) WITH (fillfactor = 70)
                        WHERE ((is_blocked AND (completed_at IS NULL)) AND (cancelled_at IS NULL));
                    """)
            }
            let findings = try await findings(adapter)
            #expect(findings.map(\.code) == [.changedIndex, .changedIndex])
            #expect(findings[0].sentence.contains("index queuert_job_failed"))
            #expect(findings[1].sentence.contains("index queuert_job_ready"))
        }
    }

    @Test("finds that partitions are too many, not dropped, taken out by half, or not made ahead")
    func partitions() async throws {
        let clock = ManualClock()
        try await withAdapter(history: .partitioned(days: 1), clock: clock) { adapter, schema in
            @Sendable func change(_ script: String) async throws {
                try await adapter.pool.write { db in
                    try db.executeScript(script.replacing("{partition}", with: "\(schema).queuert_partition"))
                }
            }
            #expect(try await findings(adapter).isEmpty)

            try await change(
                """
                INSERT INTO {partition} (lower, upper, name, ends_at, closes_at)
                SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n + 1), 32, '0')::uuid, 'none', '2020-01-01', '2020-01-02'
                FROM generate_series(1, 100) n
                """)
            #expect(try await findings(adapter).map(\.code) == [.manyPartitions])
            try await change("DELETE FROM {partition} WHERE name = 'none'")

            let isFirst = "name LIKE '%20300101\"'"
            try await change("UPDATE {partition} SET retired_at = '2029-12-31 23:00:00+00' WHERE \(isFirst)")
            let retired = try await findings(adapter)
            #expect(retired.map(\.code) == [.undroppedPartition])
            #expect(retired.first?.sentence.contains("_20300101\" was to be dropped 3600 s ago") == true)
            // Somebody is about to drop it.
            try await change("UPDATE {partition} SET dropping_until = now() + interval '10 minutes' WHERE \(isFirst)")
            #expect(try await findings(adapter).isEmpty)
            try await change("UPDATE {partition} SET retired_at = NULL, dropping_until = NULL")

            let isFirstChild = "inhrelid = '\(schema).queuert_job_history_20300101'::regclass"
            try await change("UPDATE pg_inherits SET inhdetachpending = true WHERE \(isFirstChild)")
            let pending = try await findings(adapter)
            #expect(pending.map(\.code) == [.undroppedPartition])
            #expect(pending.first?.hint.contains("FINALIZE") == true)
            try await change("UPDATE pg_inherits SET inhdetachpending = false WHERE \(isFirstChild)")

            // Nobody has made any for two days.
            clock.advance(by: .seconds(2 * 86_400))
            let ending = try await findings(adapter)
            #expect(ending.map(\.code) == [.missingPartitions])
            #expect(ending.first?.sentence.hasSuffix("for chains that start before 2030-01-04.") == true)
            try await change("DELETE FROM {partition}")
            #expect(try await findings(adapter).map(\.sentence) == ["The history has no partitions."])
        }
    }

    @Test("finds transactions that have been open for long and do nothing")
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

    @Test("finds a transaction that has been working for long")
    func longTransaction() async throws {
        try await withAdapter { adapter, schema in
            let statement = "SELECT pg_advisory_xact_lock(hashtextextended('\(schema)', 0))"
            let working = try await TestDatabase.withFurtherPool { holder in
                try await holder.write { db in
                    _ = try db.query(statement)
                    let working = Task {
                        try await TestDatabase.withFurtherPool { other in
                            try await other.write { db in _ = try db.query(statement) }
                        }
                    }
                    let process = try await waitingProcess("%\(schema)%", adapter.pool)
                    let diagnosis = try await adapter.diagnose(DiagnosisOptions(patience: .zero))
                    let findings = diagnosis.findings.filter { $0.sentence.contains("(process \(process),") }
                    #expect(findings.map(\.code) == [.longTransaction])
                    #expect(findings.first?.hint.contains("pg_cancel_backend(\(process))") == true)
                    return working
                }
            }
            try await working.value
        }
    }

    /// The server's process that waits for a lock in a statement of some form, once there is one.
    private func waitingProcess(_ pattern: String, _ pool: PostgresPool) async throws -> Int {
        while true {
            let rows = try await pool.read { db in
                try db.query(
                    "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1", [pattern])
            }
            if let process = rows.first?.int("pid") { return process }
            await Task.yield()
        }
    }

    @Test("finds what standbys keep for their queries, a slot that nobody reads, and what was prepared and left")
    func standbys() async throws {
        try await TestCluster.with(["-c", "max_prepared_transactions=2"]) { primary in
            try await TestDatabase.withPool(.init(maximumConnections: 1), address: primary.address) { pool in
                try await pool.withConnection { db in
                    // Its standby begins with the same file of settings, and must be able to hold what is prepared.
                    try db.execute("ALTER SYSTEM SET max_prepared_transactions = 2")
                    try db.execute("ALTER SYSTEM SET hot_standby_feedback = on")
                    try db.execute("ALTER SYSTEM SET wal_receiver_status_interval = '1s'")
                    try db.executeScript("BEGIN; SELECT pg_current_xact_id(); PREPARE TRANSACTION 'left'")
                }
                let prepared = try await finding(.preparedTransaction, "“left”", pool)
                #expect(prepared.hint.contains("ROLLBACK PREPARED"))
                try await primary.withStandby { standby in
                    try await TestDatabase.withFurtherPool(address: standby.address) { reader in
                        try await reader.read { db in
                            _ = try db.query("SELECT count(*) FROM pg_class")
                            try await pool.withConnection { db in
                                try db.executeScript(
                                    "DO $$ BEGIN FOR i IN 1..100 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
                                )
                                _ = try db.query("SELECT pg_create_physical_replication_slot('kept')")
                            }
                            _ = try await finding(.standbyFeedback, "The standby walreceiver (process ", pool)
                            try await TestDatabase.withFurtherPool(address: standby.address) { other in
                                try await other.withConnection { db in
                                    try db.execute("ALTER SYSTEM SET primary_slot_name = 'kept'")
                                    _ = try db.query("SELECT pg_reload_conf()")
                                }
                            }
                            _ = try await finding(.standbyFeedback, "The standby of the replication slot kept ", pool)
                        }
                    }
                    try await standby.run("stop")
                    _ = try await finding(.idleReplicationSlot, "replication slot kept,", pool)
                }
            }
        }
    }

    /// What is found about the horizon with a code and a text, once it is.
    private func finding(
        _ code: DiagnosisFinding.Code, _ text: String, _ pool: PostgresPool
    ) async throws -> DiagnosisFinding {
        while true {
            let findings = try await pool.read { db in
                var examination = PostgresExamination(
                    tables: PostgresTables(schema: "public", prefix: "queuert_", idType: .uuid), patience: .zero,
                    feedbackLimit: 50)
                try examination.examineTransactions(db)
                return examination.diagnosis.findings
            }
            if let finding = findings.first(where: { $0.code == code && $0.sentence.contains(text) }) { return finding }
            await Task.yield()
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

    @Test("says what to run against dead rows so that it can be run, whatever the names")
    func vacuumHint() async throws {
        try await TestDatabase.withSchema(.init(maximumConnections: 3)) { pool, schema in
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, tablePrefix: "My_Queue_", logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            let table = "\(schema).\"My_Queue_paused_type\""
            try await pool.write { db in
                try db.executeScript(
                    """
                    ALTER TABLE \(table) SET (autovacuum_enabled = false);
                    INSERT INTO \(table) SELECT 'type ' || n, now() FROM generate_series(1, 1500) n;
                    DELETE FROM \(table)
                    """)
            }
            // The server counts dead rows some time after they died.
            var finding: DiagnosisFinding?
            while finding == nil { finding = try await findings(adapter).first { $0.code == .deadRows } }
            let hint = try #require(finding?.hint)
            let statement = try #require(hint.firstMatch(of: /VACUUM .*;/)?.output)
            #expect(statement == "VACUUM \(table);")
            try await pool.withConnection { db in _ = try db.execute(String(statement)) }
        }
    }

    @Test("leaves others' tables alone whose names begin as the queue's do, and looks at partitions")
    func othersTables() async throws {
        try await withAdapter(history: .partitioned(days: 1), clock: ManualClock()) { adapter, schema in
            try await adapter.pool.write { db in
                try db.executeScript(
                    """
                    CREATE TABLE \(schema).queuert_report (id integer PRIMARY KEY) WITH (autovacuum_enabled = false);
                    UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\(schema).queuert_report_pkey'::regclass
                    """)
            }
            let others = try await findings(adapter)
            #expect(others.isEmpty)
            let partition = "\(schema).queuert_job_history_20300101"
            try await adapter.pool.write { db in
                try db.executeScript("ALTER TABLE \(partition) SET (autovacuum_enabled = false)")
            }
            let own = try await findings(adapter)
            #expect(own.map(\.code) == [.autovacuumOff])
            #expect(own.first?.sentence.contains(" \(partition).") == true)
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

    @Test("finds a pooler that keeps one of the server's connections for each")
    func sessionPooler() async throws {
        try await withAdapter { _, schema in
            try await TestPooler.with { pooler in
                try await TestDatabase.withFurtherPool(address: pooler.sessionAddress) { pooled in
                    let adapter = PostgresStateAdapter(pool: pooled, schema: schema, logger: TestDatabase.quietLogger)
                    let diagnosis = try await adapter.diagnose()
                    #expect(diagnosis.facts.contains(DiagnosisFact("pooler", .text("by session"))))
                    let finding = try #require(diagnosis.findings.first { $0.code == .pooler })
                    #expect(finding.severity == .note)
                    #expect(!diagnosis.findings.contains { $0.code == .transactionPooler })
                }
            }
        }
    }

    @Test("says that it could not find out whether there is a pooler, where it gets no further connection")
    func unknownPooler() async throws {
        try await withAdapter { adapter, schema in
            let role = "test_\(schema.suffix(12))"
            try await adapter.pool.write { db in
                try db.executeScript(
                    """
                    CREATE ROLE \(role) LOGIN CONNECTION LIMIT 1; GRANT USAGE ON SCHEMA \(schema) TO \(role);
                    GRANT SELECT ON ALL TABLES IN SCHEMA \(schema) TO \(role)
                    """)
            }
            let address = try TestDatabase.address().replacing(/user=\w+/, with: "user=\(role)")
            let diagnosis = try await TestDatabase.withFurtherPool(address: address) { other in
                try await PostgresStateAdapter(pool: other, schema: schema, logger: TestDatabase.quietLogger).diagnose()
            }
            #expect(diagnosis.facts.contains(DiagnosisFact("pooler", .text("unknown"))))
            let finding = try #require(diagnosis.findings.first { $0.code == .unknownPooler })
            #expect(finding.severity == .unknown)
            #expect(finding.hint.contains("limits"))
            try await adapter.pool.write { db in
                try db.executeScript("DROP OWNED BY \(role); DROP ROLE \(role)")
            }
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
