#if CommandLine
import Foundation
import Queuert
import QueuertSQLite
import Testing

@Suite("The command `doctor`", .serialized, .timeLimit(.minutes(20))) struct DoctorCommandTests {
    private func codes(_ run: CommandRun, _ severities: String...) throws -> [String?] {
        try run.json["findings"].items.filter { severities.contains($0["severity"].text ?? "") }.map { $0["code"].text }
    }

    @Test("finds nothing wrong with a queue that works", arguments: DatabaseKind.allCases)
    func healthy(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            _ = try await queue.startCompleted()
            let failed = try await queue.startFailed()
            _ = try await queue.start("report", waitingFor: [failed])
            _ = try await queue.start()
            try await queue.claim()
            // The library of this machine may be one with a known fault, which is worth a warning.
            let run = await queue.command("doctor", "--json", "--ignore", "knownFault")
            #expect(run.status == 0, "\(run.output)")
            #expect(try run.json["status"].text == "healthy")
            #expect(try codes(run, "note") == ["failedJobs"])
            #expect(try run.json["facts"]["runningJobs"].number == 1)
            #expect(try run.json["facts"]["failedJobs"].number == 1)
            #expect(try run.json["facts"]["blockedJobs"].number == 1)
            #expect(!run.output.contains("secret"))
            let text = await queue.command("doctor", "--ignore", "knownFault")
            #expect(text.status == 0)
            #expect(text.output.hasSuffix("Nothing is wrong.\n"))
            #expect(text.output.contains("note: Jobs of the type “import” have failed, and are not tried again: 1."))
            #expect(text.output.contains("running jobs"))
        }
    }

    @Test("tells which jobs wait for long, and why", arguments: DatabaseKind.allCases)
    func waiting(_ kind: DatabaseKind) async throws {
        try await withQueue(kind, age: .seconds(3_600)) { queue in
            _ = try await queue.start("import")
            _ = try await queue.start("export")
            try await queue.run { try $0.setPaused(["export"], to: true) }
            _ = try await queue.start("lost")
            try await queue.claim("lost", for: .seconds(30))
            let failed = try await queue.startFailed("fails")
            let blocked = try await queue.start("report", waitingFor: [failed])
            let run = await queue.command("doctor", "--json")
            #expect(run.status == 1)
            let warnings = try codes(run, "warning").filter { $0 != "knownFault" }
            #expect(warnings == ["pausedType", "waitingJobs", "expiredLease", "blockedForEver"], "\(run.output)")
            let sentences = try run.json["findings"].items.compactMap { $0["sentence"].text }
            #expect(
                sentences.contains { $0.hasPrefix("The oldest ready job of the type “import” has waited for 1h") }
            )
            #expect(sentences.contains("Job \(blocked) waits for chain \(failed), which is failed."))

            let patient = await queue.command("doctor", "--json", "--patience", "2h")
            #expect(try codes(patient, "warning").filter { $0 != "knownFault" }.isEmpty, "\(patient.output)")
        }
    }

    @Test("finds jobs that are blocked by nothing", arguments: DatabaseKind.allCases)
    func stranded(_ kind: DatabaseKind) async throws {
        try await withQueue(kind, age: .seconds(3_600)) { queue in
            let open = try await queue.start("later", due: .after(.seconds(7_200)))
            let job = try await queue.start("report", waitingFor: [open])
            try await queue.execute("UPDATE {job_blocker} SET resolved_at = blocked_at")
            let run = await queue.command("doctor", "--json")
            #expect(try codes(run, "problem") == ["strandedJob"], "\(run.output)")
            let why = try await queue.command("why", job.rawValue, "--json").json
            #expect(why["why"]["reason"].text == "stranded")
        }
    }

    @Test(
        "finds that there are no tables, and that they lack a migration or an index", arguments: DatabaseKind.allCases)
    func schema(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            let nothing = await queue.command("doctor", "--json", "--prefix", "other_")
            #expect(try codes(nothing, "problem") == ["notMigrated"])
            try await queue.execute("DROP INDEX {job_ready}")
            let index = await queue.command("doctor", "--json")
            #expect(index.status == 1)
            #expect(try codes(index, "problem").first == "missingObject")
            #expect(try index.json["findings"][0]["sentence"].text == "The index queuert_job_ready is missing.")
            try await queue.execute("INSERT INTO {migration} (name, applied_at) VALUES ('9999-future', \(kind.now))")
            let newer = await queue.command("doctor", "--json")
            #expect(try codes(newer, "warning").contains("unknownMigration"))
            try await queue.execute("DELETE FROM {migration} WHERE name = '0001-jobs'")
            let older = await queue.command("doctor", "--json")
            #expect(try codes(older, "problem").contains("missingMigration"))
            let text = await queue.command("doctor")
            #expect(text.output.contains("Run `queuert migrate`"))
        }
    }

    @Test("says which journal a file has, and leaves it")
    func journal() async throws {
        try await withQueue(.sqlite) { queue in
            let copy = queue.arguments[1] + ".copy"
            try await withPool(queue.arguments[1]) { pool in try await pool.copyWithoutLog(to: copy) }
            let run = await CommandRun(["doctor", "--json", "--database", copy])
            #expect(try run.json["facts"]["journalMode"].text == "delete")
            #expect(try codes(run, "warning").contains("journalMode"))
            let again = await CommandRun(["doctor", "--json", "--no-integrity-check", "--database", copy])
            #expect(try again.json["facts"]["journalMode"].text == "delete")
            #expect(try again.json["facts"]["integrity"].text == "not checked")
        }
    }

    @Test(
        "judges the size of a write-ahead log by the limit of the service, which it has to be told",
        arguments: [
            (100, [], true), (100, ["--wal-size-limit", "64"], false),
            (3, [], false), (3, ["--wal-size-limit", "1"], true),
        ] as [(Int, [String], Bool)])
    func sizeOfLog(_ mebibytes: Int, _ limit: [String], _ isLarge: Bool) async throws {
        try await withSQLiteFile { path in
            let migrated = await CommandRun(["migrate", "--database", path])
            #expect(migrated.status == 0, "\(migrated.errors)")
            // A file that long reads have made so large, with nothing in it.
            #expect(FileManager.default.createFile(atPath: path + "-wal", contents: nil))
            let log = try FileHandle(forWritingTo: URL(fileURLWithPath: path + "-wal"))
            try log.truncate(atOffset: UInt64(mebibytes) << 20)
            try log.close()
            let run = await CommandRun(["doctor", "--json", "--database", path] + limit)
            #expect(try run.json["facts"]["walBytes"].number == mebibytes << 20)
            #expect(try codes(run, "warning").contains("largeWAL") == isLarge, "\(run.output)")
        }
    }

    /// What the doctor finds for a user that may read the queue's tables, and can write nowhere.
    private func runAsReader(_ queue: any QueueUnderTest, isMonitor: Bool) async throws -> CommandRun {
        let role = "commands_\(UUID().uuidString.prefix(8).lowercased())"
        let schema = queue.arguments[3]
        try await queue.execute(
            """
            CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA \(schema) TO \(role);
            GRANT SELECT ON ALL TABLES IN SCHEMA \(schema) TO \(role);
            ALTER ROLE \(role) SET default_transaction_read_only = on;
            \(isMonitor ? "GRANT pg_read_all_stats TO \(role);" : "")
            """)
        let address = queue.arguments[1].replacing(/user=\w+/, with: "user=\(role)")
        let run = await CommandRun(["doctor", "--json", "--database", address, "--schema", schema])
        try await queue.execute("DROP OWNED BY \(role); DROP ROLE \(role);")
        return run
    }

    @Test("ends with 2 where not all could be looked at")
    func unknown() async throws {
        try await withQueue(.postgres) { queue in
            let run = try await runAsReader(queue, isMonitor: false)
            #expect(run.status == 2, "\(run.output) \(run.errors)")
            #expect(try run.json["status"].text == "unknown")
            #expect(try codes(run, "unknown") == ["hiddenActivity"])
        }
    }

    @Test("finds leases that are over for a user that only reads, however many jobs run that are older")
    func leasesForReader() async throws {
        try await withQueue(.postgres, age: .seconds(3_600)) { queue in
            for _ in 0..<100 {
                _ = try await queue.start()
                try await queue.claim(for: .seconds(7_200))
            }
            let lost = try await queue.start()
            try await queue.claim(for: .seconds(30))
            let run = try await runAsReader(queue, isMonitor: true)
            #expect(run.status == 1, "\(run.output) \(run.errors)")
            #expect(try codes(run, "problem", "warning", "unknown") == ["expiredLease"], "\(run.output)")
            let sentence = try run.json["findings"][0]["sentence"].text
            #expect(
                sentence?.hasPrefix("Jobs are held by workers that are gone (1): the lease of job \(lost) ") == true)
        }
    }
}
#endif
