import Foundation
import Queuert
import SQLiteTestSupport
import Testing

@testable import QueuertSQLite

@Suite("The diagnosis of a SQLite database") struct SQLiteDiagnosisTests {
    private func withAdapter(
        _ configuration: SQLitePool.Configuration = .init(),
        _ body: (SQLiteStateAdapter, _ path: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite", configuration: configuration)
            let adapter = SQLiteStateAdapter(pool: pool)
            try await adapter.migrate()
            try await body(adapter, folder + "/db.sqlite")
            await pool.close()
        }
    }

    private func codes(_ adapter: SQLiteStateAdapter) async throws -> [DiagnosisFinding.Code] {
        // The library of this machine may be one with a known fault.
        try await adapter.diagnose().findings.map(\.code).filter { $0 != .knownFault }
    }

    @Test("finds nothing in one that was just made, with any readers", arguments: [0, 2])
    func healthy(_ readers: Int) async throws {
        try await withAdapter(.init(readers: readers)) { adapter, _ in
            #expect(try await codes(adapter).isEmpty)
            let facts = try await adapter.diagnose().facts
            #expect(facts.contains(DiagnosisFact("journalMode", .text("wal"))))
            #expect(facts.contains(DiagnosisFact("integrity", .text("ok"))))
            #expect(facts.contains(DiagnosisFact("sqliteVersion", .text(SQLitePool.libraryVersion))))
        }
    }

    @Test("finds nothing wrong in memory")
    func memory() async throws {
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        #expect(try await codes(adapter).isEmpty)
        await pool.close()
    }

    @Test("tells which migrations are missing, and writes nothing")
    func migrations() async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            let adapter = SQLiteStateAdapter(pool: pool)
            let all = SQLiteMigrations.all.map(\.name)
            #expect(try await adapter.migrationStatus() == MigrationStatus(applied: [], missing: all, unknown: []))
            #expect(try await codes(adapter) == [.notMigrated])
            try await pool.write { db in
                _ = try SQLiteMigrations.apply(
                    Array(SQLiteMigrations.all.prefix(1)), prefix: "queuert_", on: db.statementRunner,
                    at: SystemClock().now)
            }
            #expect(try await codes(adapter) == [.missingMigration])
            #expect(try await adapter.migrate() == Array(all.dropFirst()))
            #expect(try await codes(adapter).isEmpty)
            await pool.close()
        }
    }

    @Test("finds what was dropped or made differently")
    func schema() async throws {
        try await withAdapter { adapter, _ in
            try await adapter.pool.write { db in
                try db.executeScript(
                    """
                    DROP INDEX queuert_job_type; CREATE INDEX queuert_job_type ON queuert_job (type_name, id);
                    DROP TABLE queuert_paused_type; CREATE INDEX extra ON queuert_job (created_at)
                    """)
            }
            let findings = try await adapter.diagnose().findings.filter { $0.code != .knownFault }
            #expect(findings.map(\.code) == [.missingObject, .changedIndex])
            #expect(findings[0].sentence == "The table queuert_paused_type is missing.")
            #expect(findings[1].sentence.contains("index queuert_job_type"))
        }
    }

    @Test("finds references that lead nowhere")
    func references() async throws {
        try await withAdapter { adapter, path in
            let client = Client(adapter: adapter)
            let id = UUIDv7Generator().makeJobID(at: SystemClock().now)
            let job = NewJob(id: id, typeName: "a", chainID: id, chainTypeName: "a", chainIndex: 0, input: "1")
            _ = try await client.withTransaction { db in try adapter.operations(on: db).insertJobs([job]) }
            // As another program does it: foreign keys are enforced only where a connection asks for it.
            let other = try SQLiteHandle(path: path, readOnly: false, busyTimeout: .seconds(5))
            try other.run(
                script: """
                    INSERT INTO queuert_job_attempt (job_id, lease_token, attempt, ended_at, outcome)
                    VALUES ('\(id)', 1, 1, 0, 'failed'), ('\(id)', 2, 2, 0, 'failed');
                    DELETE FROM queuert_job
                    """)
            let findings = try await adapter.diagnose().findings.filter { $0.code != .knownFault }
            #expect(findings.map(\.code) == [.brokenReference])
            #expect(findings[0].sentence == "References of the table queuert_job_attempt lead nowhere: 2.")
            let unchecked = try await adapter.diagnose(DiagnosisOptions(checksIntegrity: false))
            #expect(!unchecked.findings.contains { $0.code == .brokenReference })
        }
    }

    @Test("finds a damaged file, unless the check is left out")
    func corruption() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            let pool = try await SQLitePool(path: path)
            try await SQLiteStateAdapter(pool: pool).migrate()
            let page = try await pool.read { db in
                try db.query("SELECT rootpage FROM sqlite_master WHERE name = 'queuert_job_type'")[0].int("rootpage")
            }
            await pool.close()
            // The number of cells of an index's root page.
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try file.seek(toOffset: UInt64(try #require(page) - 1) * 4_096 + 3)
            try file.write(contentsOf: Data([0, 9]))
            try file.close()

            let damaged = try await SQLitePool(path: path, configuration: .init(access: .readOnly))
            let adapter = SQLiteStateAdapter(pool: damaged)
            #expect(try await codes(adapter) == [.corruption])
            let unchecked = try await adapter.diagnose(DiagnosisOptions(checksIntegrity: false))
            #expect(!unchecked.findings.contains { $0.code == .corruption })
            #expect(unchecked.facts.contains(DiagnosisFact("integrity", .text("not checked"))))
            await damaged.close()
        }
    }

    @Test("finds a write-ahead log that can't be emptied")
    func largeLog() async throws {
        try await withAdapter(.init(readers: 1, walSizeLimit: 1 << 20)) { adapter, path in
            // A read of another process's, as it were: nothing behind it can be copied away.
            let other = try SQLiteHandle(path: path, readOnly: true, busyTimeout: .seconds(5))
            try other.begin(.reading, busyTimeout: .seconds(5))
            _ = try other.value("SELECT count(*) FROM queuert_job")
            try await adapter.pool.write { db in
                try db.executeScript("CREATE TABLE filler (data BLOB)")
                try db.execute("INSERT INTO filler VALUES (zeroblob(3000000))")
            }
            #expect(try await codes(adapter) == [.largeWAL])
            let finding = try await adapter.diagnose().findings.first { $0.code == .largeWAL }
            #expect(finding?.sentence.hasSuffix("its limit is taken to be 1 MiB.") == true)
            other.rollback()
        }
    }
}
