#if CommandLine
import Foundation
import Queuert
import QueuertPostgres
import SQLiteTestSupport
import Testing

@Suite("The commands that change something", .serialized, .timeLimit(.minutes(20))) struct ChangeCommandTests {
    // MARK: migrate

    @Test("migrate makes a file with tables; a dry run only lists, and makes nothing")
    func migrateFile() async throws {
        try await withSQLiteFile { path in
            let plan = await CommandRun(["migrate", "--dry-run", "--json", "--database", path])
            #expect(plan.status == 0, "\(plan.errors)")
            #expect(try plan.json["missing"].texts.first == "0001-jobs")
            #expect(try plan.json["applied"].texts.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: path))

            let first = await CommandRun(["migrate", "--database", path])
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.output.hasPrefix("applied 0001-jobs\n"))
            let second = await CommandRun(["migrate", "--database", path])
            #expect(second.output == "The tables are up to date.\n")
            let planned = try await CommandRun(["migrate", "--dry-run", "--json", "--database", path]).json
            #expect(planned["missing"].texts.isEmpty)
            #expect(try planned["appliedBefore"].texts == plan.json["missing"].texts)
        }
    }

    @Test("migrate makes tables in a schema, with the type of identifiers that is asked for, which is found afterwards")
    func migrateSchema() async throws {
        try await withPostgresSchema { pool, address, schema in
            let arguments = ["--database", address, "--schema", schema]
            let plan = await CommandRun(["migrate", "--dry-run"] + arguments)
            #expect(plan.output.contains("would apply 0001-jobs"))
            #expect(try await PostgresIDType.stored(in: pool, schema: schema) == nil)
            let run = await CommandRun(["migrate", "--id-type", "text"] + arguments)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await PostgresIDType.stored(in: pool, schema: schema) == .text)

            let adapter = PostgresStateAdapter(pool: pool, schema: schema, idType: .text)
            let id = JobID(rawValue: "order 7")
            let job = NewJob(
                id: id, typeName: "import", chainID: id, chainTypeName: "import", chainIndex: 0, input: Secrets.input,
                schedule: .after(.seconds(3_600)))
            _ = try await adapter.withTransaction { try adapter.operations(on: $0).insertJobs([job]) }
            let triggered = await CommandRun(["trigger", "order 7"] + arguments)
            #expect(triggered.output == "triggered order 7\n", "\(triggered.errors)")
            let again = await CommandRun(["migrate"] + arguments)
            #expect(again.output == "The tables are up to date.\n", "\(again.errors)")
        }
    }

    @Test("migrate makes a history in partitions if asked, which every command finds, and cleanup drops what is over")
    func partitions() async throws {
        try await withPostgresSchema { pool, address, schema in
            let arguments = ["--database", address, "--schema", schema]
            #expect(await CommandRun(["migrate", "--partition-days", "0"] + arguments).status == 64)
            let run = await CommandRun(["migrate", "--partition-days", "3"] + arguments)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await PostgresHistory.stored(in: pool, schema: schema) == .partitioned(days: 3))

            // A chain of long ago is in no partition, one of now is in the first.
            let clock = ManualClock(start: SystemClock().now + .seconds(-40 * 86_400))
            for moment in [clock.now, SystemClock().now] {
                clock.advance(by: moment - clock.now)
                let adapter = PostgresStateAdapter(
                    pool: pool, schema: schema, history: .partitioned(days: 3), clock: clock)
                let id = UUIDv7Generator().makeJobID(at: moment)
                let job = NewJob(
                    id: id, typeName: "import", chainID: id, chainTypeName: "import", chainIndex: 0,
                    input: Secrets.input)
                _ = try await adapter.withTransaction { try adapter.operations(on: $0).insertJobs([job]) }
                let client = Client(adapter: adapter, clock: clock)
                _ = try await client.cancelJobChains([id])
            }
            let chains = try await CommandRun(["chains", "--json"] + arguments).json
            #expect(chains["chains"].items.count == 2)
            let kept = await CommandRun(["cleanup", "--older-than", "30d"] + arguments)
            #expect(kept.output.hasPrefix("deleted 0 chains\nall partitions stay: --state completed"), "\(kept.errors)")
            let cleanup =
                ["cleanup", "--older-than", "30d", "--state", "completed", "--state", "cancelled"] + arguments
            let cleaned = await CommandRun(cleanup)
            #expect(cleaned.output == "deleted 1 chain\n", "\(cleaned.errors)")
            // What was not counted is not told.
            let uncounted = try await CommandRun(cleanup + ["--json"]).json
            #expect(uncounted["deleted"].number == 0)
            #expect(uncounted["kept"].isNull && uncounted["batches"].isNull)
            let again = await CommandRun(["migrate"] + arguments)
            #expect(again.output == "The tables are up to date.\n", "\(again.errors)")
        }
    }

    @Test(
        "nothing is read from tables that lack something, nor written to those of a newer version",
        arguments: DatabaseKind.allCases)
    func otherVersion(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            try await queue.execute("INSERT INTO {migration} (name, applied_at) VALUES ('9999-future', \(kind.now))")
            #expect(await queue.command("jobs").status == 0)
            let written = await queue.command("trigger", "7")
            #expect(written.status == 1)
            #expect(written.errors.contains("a newer version, which applied 9999-future"), "\(written.errors)")
            try await queue.execute("DELETE FROM {migration} WHERE name = '0001-jobs'")
            let read = await queue.command("jobs")
            #expect(read.status == 1)
            #expect(read.errors.contains("0001-jobs was not applied. Run `queuert migrate`"), "\(read.errors)")
        }
    }

    // MARK: trigger

    @Test("trigger makes jobs due, or none of them", arguments: DatabaseKind.allCases)
    func trigger(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            let first = try await queue.start("import", due: .after(.seconds(3_600)))
            let second = try await queue.start("import", due: .after(.seconds(3_600)))
            let ended = try await queue.startCompleted("export")
            let refused = await queue.command("trigger", first.rawValue, ended.rawValue)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("Job \(ended) is completed"), "\(refused.errors)")
            #expect(try await queue.job(first).scheduledAt > SystemClock().now)

            let run = await queue.command("trigger", first.rawValue, second.rawValue, "--json")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.json["triggered"].texts == [first.rawValue, second.rawValue])
            for id in [first, second] { #expect(try await queue.job(id).scheduledAt <= SystemClock().now) }
        }
    }

    @Test("trigger tells the workers of other processes on PostgreSQL")
    func wakeUp() async throws {
        try await withQueue(.postgres) { queue in
            let job = try await queue.start("import", due: .after(.seconds(3_600)))
            let channel = "commands_\(UUID().uuidString.prefix(8))"
            let notify = PostgresNotify(queue.arguments[1], channel: channel, logger: quietLogger)
            let (hints, continuation) = AsyncStream.makeStream(of: WakeHint.self)
            try await notify.withListener({ continuation.yield($0) }) {
                let run = await queue.command("trigger", job.rawValue, "--channel", channel)
                #expect(run.status == 0, "\(run.errors)")
                let hint = try #require(await hints.first { !$0.isGap })
                #expect(hint.dueTypes == ["import"])
            }
            await notify.close()
        }
    }

    // MARK: redrive

    @Test("redrive takes jobs and chains, all of them or none", arguments: DatabaseKind.allCases)
    func redrive(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            let failed = try await queue.startFailed()
            let chain = try await queue.start()
            let next = UUIDv7Generator().makeJobID(at: queue.clock.now)
            let job = NewJob(
                id: next, typeName: "store", chainID: chain, chainTypeName: "import", chainIndex: 1,
                input: Secrets.input)
            try await queue.settle(try await queue.claim(), .continued(job))
            try await queue.settle(try await queue.claim("store"), .failed(error: Secrets.error, .failed))
            let ready = try await queue.start("export")

            let refused = await queue.command("redrive", failed.rawValue, ready.rawValue)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("Job \(ready) is ready, not failed"), "\(refused.errors)")
            #expect(await queue.command("redrive", "nobody").errors.contains("There is no job nobody."))
            #expect(try await queue.job(failed).failedAt != nil)

            let run = await queue.command("redrive", failed.rawValue, chain.rawValue, next.rawValue, "--json")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.json["redriven"].items.map { $0["jobID"].text } == [failed.rawValue, next.rawValue])
            #expect(try run.json["redriven"][1]["chainID"].text == chain.rawValue)
            for id in [failed, next] {
                let row = try await queue.job(id)
                #expect(row.failedAt == nil && row.attempt == 0)
            }
        }
    }

    // MARK: cleanup

    @Test("cleanup deletes what ended long ago, in batches; a dry run only counts", arguments: DatabaseKind.allCases)
    func cleanup(_ kind: DatabaseKind) async throws {
        try await withQueue(kind, age: .seconds(40 * 86_400)) { queue in
            var old: [JobID] = []
            for _ in 0..<5 { old.append(try await queue.startCompleted()) }
            let failed = try await queue.startFailed()
            let needed = try await queue.startCompleted("export")
            let dependant = try await queue.start("report", waitingFor: [needed])
            queue.clock.advance(by: .seconds(20 * 86_400))
            let recent = try await queue.startCompleted()

            let arguments = ["--older-than", "30d", "--batch-size", "2", "--json"] + queue.arguments
            let plan = await CommandRun(["cleanup", "--dry-run"] + arguments)
            #expect(plan.status == 0, "\(plan.errors)")
            #expect(try plan.json["deleted"].number == 5)
            #expect(try plan.json["kept"].number == 1)
            #expect(try plan.json["dryRun"].bool == true)
            for id in old { _ = try await queue.job(id) }

            let run = await CommandRun(["cleanup"] + arguments)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.json["deleted"].number == 5)
            #expect(try run.json["batches"].number ?? 0 >= 3)
            for id in old { #expect(try await queue.run { try $0.job(id) } == nil) }
            for id in [failed, needed, dependant, recent] { _ = try await queue.job(id) }

            let other = await queue.command("cleanup", "--older-than", "30d", "--state", "failed", "--type", "export")
            #expect(other.output == "deleted 0 chains\n")
            let last = await queue.command("cleanup", "--older-than", "30d", "--state", "failed", "--type", "import")
            #expect(last.output == "deleted 1 chain\n")
        }
    }

    @Test(
        "a dry run of cleanup counts what only failed chains need that go in an earlier batch",
        arguments: DatabaseKind.allCases)
    func cleanupOfFailed(_ kind: DatabaseKind) async throws {
        try await withQueue(kind, age: .seconds(40 * 86_400)) { queue in
            let older = try await queue.start()
            queue.clock.advance(by: .seconds(1))
            let needed = try await queue.startCompleted("export")
            let next = NewJob(
                id: UUIDv7Generator().makeJobID(at: queue.clock.now), typeName: "report", chainID: older,
                chainTypeName: "import", chainIndex: 1, input: Secrets.input,
                blockers: [NewJob.Blocker(chainID: needed)])
            try await queue.settle(try await queue.claim(), .continued(next))
            try await queue.settle(try await queue.claim("report"), .failed(error: Secrets.error, .failed))

            let arguments =
                ["--older-than", "30d", "--state", "completed", "--state", "failed", "--batch-size", "1", "--json"]
                + queue.arguments
            for command in [["cleanup", "--dry-run"], ["cleanup"]] {
                let run = await CommandRun(command + arguments)
                #expect(run.status == 0, "\(run.errors)")
                #expect(try run.json["deleted"].number == 2)
                #expect(try run.json["kept"].number == 0)
            }
        }
    }

    @Test("a dry run of cleanup locks failed chains for no longer than a batch takes, if it keeps none")
    func dryRunInBatches() async throws {
        try await withQueue(.postgres, age: .seconds(40 * 86_400)) { queue in
            for _ in 0..<3 { _ = try await queue.startFailed() }
            // Refuses a second chain in one transaction; a sequence remembers what is taken back.
            try await queue.execute(
                """
                CREATE SEQUENCE {last};
                CREATE FUNCTION {note}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF txid_current() = (SELECT last_value FROM {last}) THEN RAISE 'a further batch'; END IF;
                    PERFORM setval('{last}', txid_current());
                    RETURN OLD;
                END $$;
                CREATE TRIGGER note BEFORE DELETE ON {job} FOR EACH ROW EXECUTE FUNCTION {note}();
                """)
            let run = await queue.command(
                "cleanup", "--dry-run", "--older-than", "30d", "--state", "failed", "--batch-size", "1")
            #expect(run.output == "would delete 3 chains\n", "\(run.errors)")
        }
    }
}

extension DatabaseKind {
    /// A moment, as the database's migrations keep it.
    var now: String { self == .sqlite ? "0" : "now()" }
}
#endif
