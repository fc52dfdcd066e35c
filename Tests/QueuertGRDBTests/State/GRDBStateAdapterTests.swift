#if GRDB
import GRDB
import Queuert
import QueuertConformance
import QueuertGRDB
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("A queue in GRDB", .timeLimit(.minutes(2))) struct GRDBStateAdapterTests {
    @Test("a worker is woken by a write of GRDB's, and writes with GRDB", arguments: GRDBQueue.Place.allCases)
    func worker(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            let worker = try Worker(
                client: queue.client,
                processors: [
                    .atomic(Greet.self) { job, db in
                        try User(name: "greeted \(job.input)").insert(db.database)
                        return .finish("Hello \(job.input)")
                    }
                ], configuration: .init(pollInterval: .seconds(3_600)))
            async let working: Void = worker.run()
            let chain = try queue.write { db in
                try User(name: "Alice").insert(db)
                return try queue.client.startJobChain(Greet.self, input: "Alice", on: db)
            }
            #expect(try await queue.client.awaitJobChain(chain).output == "Hello Alice")
            await worker.stop()
            await working
            #expect(try await queue.users() == ["Alice", "greeted Alice"])
        }
    }

    @Test("a file is the same database for GRDB as for the other adapter of SQLite")
    func identity() async throws {
        try await withTemporaryFolder { folder in
            let writer = try DatabasePool(path: "\(folder)/db.sqlite")
            let pool = try await SQLitePool(path: "\(folder)/db.sqlite")
            let identity = GRDBStateAdapter(writer).databaseIdentity
            #expect(identity == SQLiteStateAdapter(pool: pool).databaseIdentity && identity?.database != nil)
            // Both at once: one may have the other's place in memory when that is gone.
            let inMemory = try [DatabaseQueue(), DatabaseQueue()]
            let identities = inMemory.map { GRDBStateAdapter($0).databaseIdentity?.database }
            #expect(identities[0] != identities[1])
            for queue in inMemory { try queue.close() }
            await pool.close()
            try writer.close()
        }
    }

    @Test(
        "a read of a transaction's task that comes while the transaction commits sees what was committed",
        arguments: GRDBQueue.Place.allCases)
    func readWhileCommitting(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            let adapter = queue.adapter
            let steps = TaskSteps()
            let reading = try await adapter.withTransaction { connection in
                try User(name: "Alice").insert(connection.database)
                let reading = Task(executorPreference: steps) {
                    try await adapter.withReadConnection { reader in
                        _ = try adapter.operations(on: reader).jobCounts()
                        return try User.fetchCount(reader.database)
                    }
                }
                // Then the read waits for the thread that this body has.
                steps.waitForStep()
                return reading
            }
            #expect(try await reading.value == 1)
        }
    }

    @Test("GRDB's observations see what the queue does", arguments: GRDBQueue.Place.allCases)
    func observation(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            let journal = queue.journal
            let observation = ValueObservation.tracking { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM queuert_job WHERE completed_at IS NULL") ?? 0
            }
            let watching = Task {
                for try await count in observation.values(in: queue.writer) { journal.add("\(count) jobs") }
            }
            try await journal.wait(of: "0 jobs")
            let chain = try queue.write { db in try queue.client.startJobChain(Greet.self, input: "a", on: db) }
            try await journal.wait(of: "1 jobs")
            try await queue.client.startJobChain(Greet.self, input: "b")
            try await journal.wait(of: "2 jobs")
            try await queue.client.completeJob(Greet.self, of: chain) { _ in .finish("done") }
            try await journal.wait(for: 2, of: "1 jobs")
            try await queue.client.deleteJobChains([chain.id])
            try await queue.client.startJobChain(Greet.self, input: "c")
            try await journal.wait(for: 2, of: "2 jobs")
            watching.cancel()
            _ = await watching.result
        }
    }

    @Test("the tables are made once, by migrate or in a step of GRDB's migrator")
    func migrations() async throws {
        try await withTemporaryFolder { folder in
            let pool = try DatabasePool(path: "\(folder)/test.sqlite")
            let adapter = GRDBStateAdapter(pool)
            var migrator = DatabaseMigrator()
            migrator.registerMigration("queue") { db in try adapter.migrate(db) }
            migrator.registerMigration("users") { db in try db.execute(sql: "CREATE TABLE users (name TEXT)") }
            try migrator.migrate(pool)
            #expect(try await adapter.migrate().isEmpty)
            let client = Client(adapter: adapter)
            try await pool.write { db in _ = try client.startJobChain(Greet.self, input: "a", on: db) }
            #expect(try await client.jobCounts()["greet"]?.ready == 1)
            let fresh = GRDBStateAdapter(try DatabaseQueue())
            #expect(try await fresh.migrate().count == 3)
        }
    }

    @Test("a database whose foreign keys are off is refused")
    func foreignKeys() async throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let adapter = GRDBStateAdapter(try DatabaseQueue(configuration: configuration))
        let error = await #expect(throws: SQLiteError.self) { try await adapter.migrate() }
        #expect(error?.code == .unsupported)
        #expect(error?.hint.contains("foreignKeysEnabled") == true)
    }

    @Test("a database whose foreign keys are off is refused by a step of GRDB's migrator and by a write, too")
    func foreignKeysOfMigrator() async throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(configuration: configuration)
        let adapter = GRDBStateAdapter(queue)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("queue") { db in try adapter.migrate(db) }
        let steps = migrator
        let inStep = #expect(throws: SQLiteError.self) { try steps.migrate(queue) }
        #expect(inStep?.code == .unsupported)
        let inWrite = await #expect(throws: SQLiteError.self) {
            _ = try await queue.write { db in try adapter.migrate(db) }
        }
        #expect(inWrite?.hint.contains("foreignKeysEnabled") == true)
        let isMade = try await queue.read { db in try db.tableExists("queuert_job") }
        #expect(!isMade)
    }

    @Test("a failed statement of the queue's tells its code and holds no data")
    func statementError() async throws {
        let adapter = GRDBStateAdapter(try DatabaseQueue())
        let client = Client(adapter: adapter)
        let error = await #expect(throws: SQLiteError.self) {
            try await client.startJobChain(Greet.self, input: "secret")
        }
        #expect(error?.resultCode == 1)
        #expect(error?.debugDescription.contains("no such table") == true)
        #expect(error?.debugDescription.contains("secret") == false)
    }

    @Test("a pool of our own works on the same file: what one starts, the other's worker ends")
    func sharedFile() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/test.sqlite"
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            let grdb = GRDBStateAdapter(try DatabasePool(path: path, configuration: configuration))
            try await grdb.migrate()
            let sqlite = SQLiteStateAdapter(pool: try await SQLitePool(path: path))
            #expect(try await sqlite.migrate().isEmpty)
            let client = Client(adapter: grdb)
            let chain = try await grdb.writer.write { db in
                try client.startJobChain(Greet.self, input: "Alice", on: db)
            }
            let worker = try Worker(
                client: Client(adapter: sqlite),
                processors: [.atomic(Greet.self) { job, _ in .finish("Hello \(job.input)") }])
            async let working: Void = worker.run()
            let completed = try await client.awaitJobChain(chain, pollInterval: .milliseconds(10))
            #expect(completed.output == "Hello Alice")
            await worker.stop()
            await working
            await sqlite.pool.close()
        }
    }
}
#endif
