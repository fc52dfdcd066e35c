import Foundation
import Queuert
import SQLiteTestSupport
import Testing

@testable import QueuertSQLite

@Suite("Chains in SQLite") struct SQLiteStateAdapterTests {
    enum Add: EntryJobType {
        static let name = "add"
        typealias Input = Int
        typealias Output = Int
        struct Next: Continuations { let double = To<Double>() }
    }
    enum Double: JobType {
        static let name = "double"
        typealias Input = Int
        typealias Output = Int
    }
    enum Sum: EntryJobType {
        static let name = "sum"
        typealias Input = String
        typealias Output = Int
        typealias Blockers = BlockedByAll<Add>
    }

    @Test("a table prefix that can't be one stops the program")
    func invalidPrefix() async {
        await #expect(processExitsWith: .failure) { _ = SQLiteStatements.shared(prefix: "1queue_") }
        await #expect(processExitsWith: .failure) { _ = SQLiteStatements.shared(prefix: "queue\"") }
    }

    @Test("adapters that are made one after the other share what their connection has prepared")
    func manyAdapters() async throws {
        let pool = try await SQLitePool(path: ":memory:")
        try await SQLiteStateAdapter(pool: pool).migrate()
        func statementCount(after adapters: Int) async throws -> Int {
            for _ in 0..<adapters {
                _ = try await Client(adapter: SQLiteStateAdapter(pool: pool)).startJobChain(Add.self, input: 1)
            }
            return try await pool.write { db in try db.handle.preparedStatementCount }
        }
        let few = try await statementCount(after: 1)
        let many = try await statementCount(after: 20)
        #expect(few > 0)
        #expect(many == few)
        await pool.close()
    }

    @Test("a fan-in commits with the user's rows and yields what its handlers compute", arguments: [true, false])
    func fanIn(_ isInMemory: Bool) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: isInMemory ? ":memory:" : folder + "/db.sqlite")
            let adapter = SQLiteStateAdapter(pool: pool)
            try await adapter.migrate()
            try await pool.write { db in _ = try db.execute("CREATE TABLE results (value INTEGER)") }
            let client = Client(adapter: adapter)
            let worker = try Worker(
                client: client,
                processors: [
                    .atomic(Add.self) { job, db in
                        try db.execute("INSERT INTO results VALUES (?)", [job.input])
                        return .continueWith(\.double, input: job.input + 1)
                    },
                    .detached(Double.self) { job in .finish(job.input * 2) },
                    .staged(Sum.self) { job, attempt in
                        let outputs = job.blockers
                        let rows = try await attempt.prepare { db in
                            try db.query("SELECT count(*) AS n FROM results")[0].int("n") ?? 0
                        }
                        return try await attempt.complete { _ in .finish(outputs.reduce(rows, +)) }
                    },
                ])
            async let running: Void = worker.run()
            let sum = try await client.withTransaction { db in
                var chains: [Chain<Add>] = []
                for number in 1...3 { chains.append(try await client.startJobChain(Add.self, input: number, on: db)) }
                return try await client.startJobChain(Sum.self, input: "", blockers: chains, on: db)
            }
            let completed = try await client.awaitJobChain(sum, timeout: .seconds(300))
            #expect(completed.output == 21)
            await worker.stop()
            await running
            await pool.close()
        }
    }

    @Test("a job that waits for a chain which another program has deleted stays blocked, and calls for no sweep")
    func deletedBlocker() async throws {
        try await TracedQueue.with { queue in
            let first = queue.newJob()
            let waiting = queue.newJob(blockers: [first.chainID])
            try await queue.run { try $0.insertJobs([first, waiting]) }
            // As another program does it: foreign keys are enforced only where a connection asks for it.
            try await queue.adapter.pool.withWriter { db in
                try db.executeScript("PRAGMA foreign_keys = OFF")
                try db.execute("DELETE FROM queuert_job WHERE id = ?", [first.id.rawValue])
                try db.executeScript("PRAGMA foreign_keys = ON")
            }
            let stranded = try await queue.run { try $0.unblockStrandedJobs() }
            #expect(stranded.isEmpty)
            let isStranded = try await queue.run { try $0.hasStrandedJobs() }
            #expect(!isStranded)
        }
    }

    @Test("an identifier with a NUL in it stands for no other one")
    func identifierWithNUL() async throws {
        try await TracedQueue.with { queue in
            let id = JobID(rawValue: "a")
            let other = JobID(rawValue: "a\u{0}b")
            let job = NewJob(id: id, typeName: "job", chainID: id, chainTypeName: "job", chainIndex: 0, input: "1")
            let request = queue.claimRequest()
            let row = try await queue.run { operations in
                _ = try operations.insertJobs([job])
                return try operations.claimJobs(request).jobs[0].row
            }
            let lease = Lease(jobID: other, token: row.leaseToken)
            let renewed = try await queue.run { try $0.renewLeases([lease], for: .seconds(30)) }
            #expect(renewed.isEmpty)
            let listed = try await queue.run { operations in
                try operations.chains(ChainQuery(chainIDs: [other])).items.map(\.first.id)
                    + operations.jobs(JobQuery(jobIDs: [other])).items.map(\.id)
            }
            #expect(listed.isEmpty)
            let deleted = try await queue.run { operations in
                try operations.deleteChains(DeletionRequest(chainIDs: [other])).map(\.ends.first.id)
            }
            #expect(deleted.isEmpty)
            let found = try await queue.run { try $0.job(id) }
            #expect(found?.id == id)
        }
    }

    @Test("migrations run once, however many migrate at the same moment")
    func migrateTogether() async throws {
        try await withTemporaryFolder { folder in
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        // Four that migrate, on a busy machine, may take long.
                        let pool = try await SQLitePool(
                            path: folder + "/db.sqlite", configuration: .init(busyTimeout: .seconds(60)))
                        let applied = try await SQLiteStateAdapter(pool: pool).migrate()
                        await pool.close()
                        return applied
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied == ["0001-jobs", "0002-core", "0003-telemetry-outbox"])
        }
    }
}
