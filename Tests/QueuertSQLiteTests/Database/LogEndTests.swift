import Dispatch
import Logging
import SQLiteTestSupport
import Testing

@testable import QueuertSQLite

@Suite("The end of the write-ahead log", .timeLimit(.minutes(20))) struct LogEndTests {
    @Test("waits until a backup is made, which nobody is warned of")
    func backup() async throws {
        var configuration = SQLitePool.Configuration(walSizeLimit: 1 << 20)
        configuration.checkpointIdleTime = .seconds(3_600)
        configuration.checkpointPatience = .milliseconds(50)
        try await withPool(configuration) { pool, path, log in
            let checkpointer = try #require(pool.checkpointer)
            let backup = HeldBackup(of: pool, to: path + ".copy")
            for await _ in backup.hasBegun {}
            while fileSize(path + "-wal") < 2 << 20 {
                try await pool.write { db in _ = try db.execute("UPDATE t SET v = randomblob(20000)") }
            }
            #expect(await !checkpointer.end(by: .empty))
            try await backup.finish()
            // A copy beside the commits may still be under way.
            while await !checkpointer.end(by: .empty) { await Task.yield() }
            #expect(fileSize(path + "-wal") == 0)
            #expect(log.events.isEmpty)
        }
    }

    @Test("holds reads up for no longer than it may, however long a statement runs that keeps it from its turn")
    func longStatement() async throws {
        var configuration = SQLitePool.Configuration()
        configuration.checkpointIdleTime = .seconds(3_600)
        configuration.checkpointPatience = .milliseconds(50)
        try await withPool(configuration) { pool, _, _ in
            let checkpointer = try #require(pool.checkpointer)
            let (entered, enter) = AsyncStream<Void>.makeStream()
            let mayEnd = DispatchSemaphore(value: 0)
            async let writing: Void = pool.write { db in
                try db.forEach("SELECT 1") { _ in
                    enter.finish()
                    mayEnd.wait()
                }
            }
            for await _ in entered {}
            #expect(await !checkpointer.end(by: .empty))
            let rows = try await pool.read { db in try db.query("SELECT id FROM t").count }
            #expect(rows == 20)
            mayEnd.signal()
            try await writing
        }
    }

    @Test("a pool that is closed while a checkpoint waits for its turn to write is closed after it", arguments: [0, 2])
    func closedBeforeTurn(_ readers: Int) async throws {
        try await withPool(Self.patient(readers)) { pool, path, _ in
            let checkpointer = try #require(pool.checkpointer)
            let (entered, enter) = AsyncStream<Void>.makeStream()
            let (released, release) = AsyncStream<Void>.makeStream()
            async let writing: Void = pool.write { db in
                try db.execute("UPDATE t SET v = zeroblob(10)")
                enter.finish()
                for await _ in released {}
            }
            for await _ in entered {}
            // As a commit does, after which nobody else commits.
            checkpointer.walHas(pages: 1)
            while await pool.waitingWriters == 0 { await Task.yield() }
            async let closing: Void = pool.close()
            await letBegin()
            release.finish()
            try await writing
            await closing
            #expect(fileSize(path + "-wal") == 0)
        }
    }

    @Test("a pool that is closed while a checkpoint waits for another process is closed after it", arguments: [0, 2])
    func closedDuringCheckpoint(_ readers: Int) async throws {
        try await withPool(Self.patient(readers)) { pool, path, _ in
            // Another process's, as it were: the pool knows nothing of it.
            let other = try SQLiteHandle(path: path, readOnly: true, busyTimeout: .seconds(60))
            try other.begin(.reading, busyTimeout: .seconds(60))
            try other.run(script: "SELECT count(*) FROM t")
            try await pool.write { db in _ = try db.execute("UPDATE t SET v = zeroblob(10)") }
            // While it waits for the read, nobody can write.
            let writer = try SQLiteHandle(path: path, readOnly: false, busyTimeout: .zero)
            while try canWrite(writer) { await Task.yield() }
            async let closing: Void = pool.close()
            await letBegin()
            other.rollback()
            await closing
            #expect(fileSize(path + "-wal") == 0)
        }
    }

    /// A checkpoint follows each commit at once, copies nothing before, and waits for others as long as it takes.
    private static func patient(_ readers: Int) -> SQLitePool.Configuration {
        var configuration = SQLitePool.Configuration(readers: readers)
        configuration.checkpointIdleTime = .milliseconds(1)
        configuration.checkpointPatience = .seconds(3_600)
        return configuration
    }

    /// Long enough for a task to begin, mostly: nothing depends on it but what is tried.
    private func letBegin() async { for _ in 0..<1_000 { await Task.yield() } }

    /// Whether a connection can begin to write at once.
    private func canWrite(_ handle: SQLiteHandle) throws -> Bool {
        do {
            try handle.begin(.writing, busyTimeout: .zero)
        } catch let error as SQLiteError where error.code == .busy {
            return false
        }
        handle.rollback()
        return true
    }

    /// Runs a body with a pool that has written nothing so far, on a database with a table.
    private func withPool(
        _ configuration: SQLitePool.Configuration, _ body: (SQLitePool, String, EventLog) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            let first = try await SQLitePool(path: path)
            try await first.write { db in
                try db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)")
                for id in 0..<20 { try db.execute("INSERT INTO t VALUES (?, zeroblob(20000))", [id]) }
            }
            await first.close()
            let log = EventLog()
            let logger = Logger(label: "test") { _ in LoggedTexts(log: log) }
            let pool = try await SQLitePool(path: path, configuration: configuration, logger: logger)
            try await body(pool, path, log)
            await pool.close()
        }
    }
}
