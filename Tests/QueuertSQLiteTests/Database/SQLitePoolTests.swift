import Foundation
import Queuert
import SQLiteTestSupport
import Testing

@testable import QueuertSQLite

@Suite("SQLite pool") struct SQLitePoolTests {
    @Test("values of every kind come back as they were written")
    func roundTrip() async throws {
        try await withDatabase { pool in
            let values: [SQLiteValue] = [
                .null, .integer(-7), .real(0.5), .text("zoë\u{0}x"), .blob([0, 255]), .blob([]),
            ]
            let read = try await pool.write { db in
                try db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
                for value in values { try db.execute("INSERT INTO t (v) VALUES (?)", [value]) }
                return try db.query("SELECT v FROM t ORDER BY id").map { $0["v"] }
            }
            #expect(read == values)
        }
    }

    @Test("a body that throws leaves nothing behind")
    func rollback() async throws {
        struct Boom: Error {}
        try await withDatabase { pool in
            try await pool.write { db in _ = try db.execute("CREATE TABLE t (v)") }
            await #expect(throws: Boom.self) {
                try await pool.write { db in
                    try db.execute("INSERT INTO t VALUES (1)")
                    throw Boom()
                }
            }
            let count = try await pool.read { db in try db.query("SELECT count(*) AS n FROM t")[0].int("n") }
            #expect(count == 0)
        }
    }

    @Test("the columns of a query are those of the table as it is now")
    func changedSchema() async throws {
        try await withDatabase { pool in
            let all = "SELECT * FROM t"
            try await pool.write { db in
                try db.execute("CREATE TABLE t (a, b)")
                try db.execute("INSERT INTO t VALUES ('A', 'B')")
                let before = try db.query(all)[0].text("a")
                #expect(before == "A")
            }
            #expect(try await pool.read { db in try db.query(all)[0].text("a") } == "A")
            try await pool.write { db in
                try db.execute("ALTER TABLE t DROP COLUMN a")
                try db.execute("ALTER TABLE t ADD COLUMN c DEFAULT 'C'")
                let row = try db.query(all)[0]
                #expect(row.text("b") == "B")
                #expect(row.text("c") == "C")
            }
            let row = try await pool.read { db in try db.query(all)[0] }
            #expect(row.text("b") == "B")
            #expect(row.text("c") == "C")
        }
    }

    @Test("a value that SQLite finds too large is an error, and no NULL")
    func tooLarge() async throws {
        try await withDatabase { pool in
            try await pool.write { db in
                try db.execute("CREATE TABLE t (v)")
                try db.handle.limitValues(to: 10_000)
                let text = String(repeating: "x", count: 20_000)
                let values: [any SQLiteBindable] = [text, [UInt8](text.utf8)]
                for value in values {
                    let inserted = Result { try db.execute("INSERT INTO t VALUES (?)", [value]) }
                    #expect(throws: SQLiteError.self) { try inserted.get() }
                }
                let count = try db.query("SELECT count(*) AS n FROM t")[0].int("n")
                #expect(count == 0)
                // The statement can be used again.
                let small = try db.execute("INSERT INTO t VALUES (?)", ["small"])
                #expect(small == 1)
            }
        }
    }

    @Test("a statement that changes no rows tells of none, whatever ran before it")
    func noChanges() async throws {
        try await withDatabase { pool in
            try await pool.write { db in
                try db.execute("CREATE TABLE t (v)")
                let counts = try [
                    "INSERT INTO t VALUES (1), (2), (3)", "CREATE TABLE z (x)", "SELECT * FROM t",
                    "DELETE FROM t WHERE v > 1", "DELETE FROM t WHERE v > 1",
                ].map { try db.execute($0) }
                #expect(counts == [3, 0, 0, 2, 0])
            }
        }
    }

    @Test("transactions that suspend inside never overlap")
    func oneAtATime() async throws {
        try await withDatabase { pool in
            try await pool.write { db in
                try db.execute("CREATE TABLE t (v INTEGER)")
                try db.execute("INSERT INTO t VALUES (0)")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await pool.write { db in
                            let value = try db.query("SELECT v FROM t")[0].int("v") ?? 0
                            await Task.yield()
                            try db.execute("UPDATE t SET v = ?", [value + 1])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let value = try await pool.read { db in try db.query("SELECT v FROM t")[0].int("v") }
            #expect(value == 50)
        }
    }

    @Test("a write inside a write of the same task fails instead of waiting for itself")
    func nested() async throws {
        try await withDatabase { pool in
            await #expect(throws: NestedTransactionError.self) {
                try await pool.write { _ in try await pool.write { _ in } }
            }
        }
    }

    @Test("a read inside a write sees what the write has done", arguments: [":memory:", "file"])
    func readInsideWrite(_ kind: String) async throws {
        try await withDatabase(inMemory: kind == ":memory:") { pool in
            let count = try await pool.write { db in
                try db.execute("CREATE TABLE t (v)")
                try db.execute("INSERT INTO t VALUES (1)")
                return try await pool.read { db in try db.query("SELECT count(*) AS n FROM t")[0].int("n") }
            }
            #expect(count == 1)
        }
    }

    @Test("a body that ends its transaction by hand gets an error")
    func transactionEnded() async throws {
        try await withDatabase { pool in
            let error = await #expect(throws: SQLiteError.self) {
                try await pool.write { db in _ = try db.execute("COMMIT") }
            }
            #expect(error?.code == .transactionEnded)
            try await pool.write { db in _ = try db.execute("CREATE TABLE t (v)") }
        }
    }

    @Test("a savepoint by a statement of the body's own is refused, also one that was let through before")
    func savepointByHand() async throws {
        try await withDatabase { pool in
            let statements = ["SAVEPOINT mine", "ROLLBACK TO mine", "RELEASE mine"]
            try await pool.withWriter { db in
                try db.execute("CREATE TABLE t (v)")
                try db.execute("BEGIN")
                try db.execute("SAVEPOINT mine")
                try db.execute("INSERT INTO t VALUES (1)")
                try db.execute("ROLLBACK TO mine")
                try db.execute("RELEASE mine")
                try db.execute("COMMIT")
            }
            try await pool.write { db in
                for sql in statements {
                    let error = #expect(throws: SQLiteError.self) { try db.execute(sql) }
                    #expect(error?.code == .transactionEnded, "\(sql)")
                    #expect(throws: SQLiteError.self) { try db.executeScript("SELECT 1; \(sql)") }
                }
                try db.execute("INSERT INTO t VALUES (2)")
            }
            let values = try await pool.read { db in try db.query("SELECT v FROM t").map { $0.int("v") } }
            #expect(values == [2])
        }
    }

    @Test("a file that is no database is named as such")
    func notADatabase() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/text.sqlite"
            try Data(repeating: 65, count: 4096).write(to: URL(fileURLWithPath: path))
            let error = await #expect(throws: SQLiteError.self) { _ = try await SQLitePool(path: path) }
            #expect(error?.code == .notADatabase)
        }
    }

    @Test("a file system that can't keep a write-ahead log is named as such")
    func withoutWAL() async throws {
        try await withTemporaryFolder { folder in
            // This VFS has no shared memory, like some network file systems.
            let error = await #expect(throws: SQLiteError.self) {
                _ = try await SQLitePool(path: "file:\(folder)/db.sqlite?vfs=unix-dotfile")
            }
            #expect(error?.code == .unsupported)
            #expect(error?.hint.contains("local disk") == true)
        }
    }

    @Test("foreign keys are enforced", arguments: ["db.sqlite", ":memory:", ""])
    func foreignKeys(_ name: String) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: name == "db.sqlite" ? "\(folder)/\(name)" : name)
            let error = await #expect(throws: SQLiteError.self) {
                try await pool.write { db in
                    try db.executeScript(
                        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p (id))")
                    try db.execute("INSERT INTO c VALUES (1)")
                }
            }
            #expect(error?.code == .constraint)
            await pool.close()
        }
    }

    @Test("a commit is on the disk when it returns, unless the configuration says otherwise")
    func synchronous() async throws {
        try await withTemporaryFolder { folder in
            let full = SQLitePool.Configuration()
            let normal = SQLitePool.Configuration(synchronous: .normal)
            for (configuration, level) in [(full, 2), (normal, 1)] {
                let pool = try await SQLitePool(path: "\(folder)/\(level).sqlite", configuration: configuration)
                let value = try await pool.write { db in try db.query("PRAGMA synchronous")[0][0] }
                #expect(value == .integer(Int64(level)))
                await pool.close()
            }
        }
    }

    @Test("a query of a read ends when its task is cancelled")
    func interruptedRead() async throws {
        try await withDatabase { pool in
            let (entered, enter) = AsyncStream<Void>.makeStream()
            let task = Task {
                try await pool.read { db in
                    enter.finish()
                    _ = try db.query(
                        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
                }
            }
            for await _ in entered {}
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await pool.read { db in _ = try db.query("SELECT 1") }
        }
    }

    @Test("a query that begins when its task is cancelled already is ended")
    func cancelledBeforeQuery() async throws {
        try await withDatabase { pool in
            let task = Task {
                try await pool.read { db in
                    cancelCurrentTask()
                    _ = try db.query(
                        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            try await pool.read { db in _ = try db.query("SELECT 1") }
        }
    }

    @Test("a query that counts a table's rows, which is one step for SQLite, ends when its task is cancelled")
    func interruptedCount() async throws {
        try await withDatabase { pool in
            try await pool.write { db in _ = try db.execute("CREATE TABLE t (v)") }
            let task = Task {
                try await pool.read { db in
                    // The first row comes before the count.
                    try db.forEach("SELECT 1 UNION ALL SELECT count(*) FROM t") { _ in cancelCurrentTask() }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            try await pool.read { db in _ = try db.query("SELECT count(*) FROM t") }
        }
    }

    @Test("a read can't write", arguments: [0, 2])
    func readOnly(readers: Int) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite", configuration: .init(readers: readers))
            try await pool.write { db in _ = try db.execute("CREATE TABLE t (v)") }
            let error = await #expect(throws: SQLiteError.self) {
                try await pool.read { db in _ = try db.execute("INSERT INTO t VALUES (1)") }
            }
            #expect(error?.code == .readOnly)
            let rows = try await pool.read { db in try db.query("SELECT * FROM t") }
            #expect(rows.isEmpty)
            await pool.close()
        }
    }

    @Test("a folder that doesn't exist is named as such")
    func cannotOpen() async throws {
        let error = await #expect(throws: SQLiteError.self) {
            _ = try await SQLitePool(path: "/nonexistent/queue.sqlite")
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.hint.contains("folder") == true)
    }

    @Test("a database that another process holds is reported as busy, and works when it is free again")
    func busy() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            var configuration = SQLitePool.Configuration()
            // To empty the log takes the lock, too.
            configuration.checkpointIdleTime = .seconds(3_600)
            let holder = try await SQLitePool(path: path, configuration: configuration)
            let other = try await SQLitePool(path: path, configuration: .init(busyTimeout: .milliseconds(10)))
            try await holder.write { db in
                try db.execute("CREATE TABLE t (v)")
                let error = await #expect(throws: SQLiteError.self) { try await other.write { _ in } }
                #expect(error?.code == .busy)
            }
            try await other.write { db in _ = try db.execute("INSERT INTO t VALUES (1)") }
            await holder.close()
            await other.close()
        }
    }

    @Test("a full disk is reported, and nothing of the transaction stays")
    func diskFull() async throws {
        try await withDatabase { pool in
            let error = await #expect(throws: SQLiteError.self) {
                try await pool.write { db in
                    try db.execute("CREATE TABLE t (v)")
                    _ = try db.query("PRAGMA max_page_count = 4")
                    for _ in 0..<100 { try db.execute("INSERT INTO t VALUES (zeroblob(4000))") }
                }
            }
            #expect(error?.code == .diskFull)
            let tables = try await pool.read { db in try db.query("SELECT name FROM sqlite_schema") }
            #expect(tables.isEmpty)
        }
    }

    @Test("a wrong number of parameters is refused, and errors hold no data")
    func parameters() async throws {
        try await withDatabase { pool in
            let error = await #expect(throws: SQLiteError.self) {
                try await pool.write { db in _ = try db.query("SELECT ?, ?", ["secret"]) }
            }
            #expect(error?.code == .wrongParameters)
            #expect(!String(reflecting: error).contains("secret"))
        }
    }

    @Test("a cancelled task leaves the queue for the writer")
    func cancelWhileWaiting() async throws {
        try await withDatabase { pool in
            let (entered, enter) = AsyncStream<Void>.makeStream()
            let (released, release) = AsyncStream<Void>.makeStream()
            async let first: Void = pool.write { _ in
                enter.finish()
                for await _ in released {}
            }
            for await _ in entered {}
            let second = Task { try await pool.write { _ in } }
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            release.finish()
            try await first
            try await pool.write { _ in }
        }
    }

    @Test("the effects of a transaction run after its commit, and not after a rollback")
    func effects() async throws {
        struct Boom: Error {}
        try await withDatabase { pool in
            let log = EventLog()
            try await pool.write { db in
                db.effects?.add(onCommit: { log.add("committed") }, onRollback: { log.add("rolled back") })
                log.add("body")
            }
            try? await pool.write { db in
                db.effects?.add(onCommit: { log.add("committed") }, onRollback: { log.add("rolled back") })
                throw Boom()
            }
            #expect(log.events == ["body", "committed", "rolled back"])
        }
    }

    private func withDatabase(inMemory: Bool = false, _ body: (SQLitePool) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: inMemory ? ":memory:" : folder + "/db.sqlite")
            try await body(pool)
            await pool.close()
        }
    }
}
