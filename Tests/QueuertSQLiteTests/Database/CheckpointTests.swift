import Dispatch
import Foundation
import Logging
import Queuert
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("The write-ahead log", .timeLimit(.minutes(20))) struct CheckpointTests {
    /// A log of one megabyte at most.
    private static func configuration(_ idleTime: Duration) -> SQLitePool.Configuration {
        var configuration = SQLitePool.Configuration(readers: 3, synchronous: .normal, walSizeLimit: 1 << 20)
        configuration.checkpointIdleTime = idleTime
        return configuration
    }

    @Test("it is begun anew again and again while there is always someone who reads")
    func overlappingReads() async throws {
        try await withPool(idleTime: .seconds(3_600)) { pool, path, _ in
            try await whileReading(pool) {
                var beginnings: Set<UInt32> = []
                while beginnings.count < 4 {
                    try await pool.write { db in _ = try db.execute("UPDATE t SET v = randomblob(20000) WHERE id < 5") }
                    if let beginning = try beginningCount(path) { beginnings.insert(beginning) }
                }
            }
        }
    }

    @Test("a transaction that writes nothing is no commit, since no checkpoint may begin where all is copied")
    func emptyTransaction() async throws {
        try await withTemporaryFolder { folder in
            let handle = try SQLiteHandle(path: folder + "/db.sqlite", readOnly: false, busyTimeout: .zero)
            try handle.run(script: "PRAGMA journal_mode = WAL; CREATE TABLE t (v)")
            #expect(handle.takeWALPages().map { $0 > 0 } == true)
            #expect(handle.takeWALPages() == nil)
            for isEmpty in [true, false] {
                try handle.begin(.writing, busyTimeout: .zero)
                if !isEmpty { try handle.run(script: "INSERT INTO t VALUES (1)") }
                try handle.commit(busyTimeout: .zero)
                #expect((handle.takeWALPages() == nil) == isEmpty)
            }
        }
    }

    @Test("what a long read has made of its file is given back to the disk, though others read and write")
    func growth() async throws {
        try await withPool(idleTime: .seconds(3_600)) { pool, path, _ in
            try await whileReading(pool) {
                try await pool.read { db in
                    _ = try db.query("SELECT count(*) FROM t")
                    // In a task that is not part of the read.
                    let writer = Task.detached {
                        while fileSize(path + "-wal") < 5 << 20 {
                            try await pool.write { db in _ = try db.execute("UPDATE t SET v = randomblob(20000)") }
                        }
                    }
                    try await writer.value
                }
                while fileSize(path + "-wal") >= 5 << 20 {
                    try await pool.write { db in _ = try db.execute("UPDATE t SET v = randomblob(10) WHERE id < 5") }
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
        }
    }

    @Test("a checkpoint lets the next commit begin it anew, in a file that keeps its size")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            let handle = try SQLiteHandle(path: path, readOnly: false, busyTimeout: .zero)
            try handle.run(
                script: "PRAGMA journal_mode = WAL; CREATE TABLE t (v); INSERT INTO t VALUES (zeroblob(100000))")
            let (large, beginning) = (fileSize(path + "-wal"), try #require(try beginningCount(path)))
            let reader = try SQLiteHandle(path: path, readOnly: true, busyTimeout: .zero)
            try reader.begin(.reading, busyTimeout: .zero)
            try reader.run(script: "SELECT count(*) FROM t")
            #expect(try handle.checkpoint(.restart).isBusy)
            reader.rollback()
            #expect(try !handle.checkpoint(.restart).isBusy)
            try handle.run(script: "INSERT INTO t VALUES (1)")
            #expect(fileSize(path + "-wal") == large)
            #expect(try beginningCount(path) == beginning + 1)
        }
    }

    @Test("it is emptied when nobody writes for a while, and when the pool is closed")
    func idle() async throws {
        try await withPool { pool, path, _ in
            try await pool.write { db in _ = try db.execute("UPDATE t SET v = randomblob(20000)") }
            while fileSize(path + "-wal") > 0 { await Task.yield() }
            try await pool.write { db in _ = try db.execute("UPDATE t SET v = randomblob(20000)") }
            await pool.close()
            #expect(fileSize(path + "-wal") == 0)
        }
    }

    @Test("a read that keeps it from being emptied is named once")
    func longRead() async throws {
        try await withPool { pool, path, log in
            try await pool.read { db in
                _ = try db.query("SELECT count(*) FROM t")
                // In a task that is not part of the read.
                let writer = Task.detached {
                    while log.events.isEmpty {
                        try await pool.write { db in _ = try db.execute("UPDATE t SET v = randomblob(20000)") }
                    }
                }
                try await writer.value
            }
            #expect(log.events.count == 1)
            #expect(log.events[0].contains("CheckpointTests.swift"))
            while fileSize(path + "-wal") > 0 { await Task.yield() }
        }
    }

    @Test("a read of another process that keeps it from being emptied is told of once")
    func readOfAnother() async throws {
        try await withPool { pool, path, log in
            // Another process's, as it were: the pool knows nothing of it.
            let other = try SQLiteHandle(path: path, readOnly: true, busyTimeout: .seconds(60))
            try other.begin(.reading, busyTimeout: .seconds(60))
            try other.run(script: "SELECT count(*) FROM t")
            while log.events.isEmpty {
                try await pool.write { db in _ = try db.execute("UPDATE t SET v = randomblob(20000)") }
            }
            #expect(log.events[0].contains("another process reads or writes for long"))
            #expect(fileSize(path + "-wal") > 1 << 20)
            // It was not possible, and is tried again now and then.
            for _ in 0..<20 {
                try await pool.write { db in _ = try db.execute("UPDATE t SET v = randomblob(20000)") }
            }
            other.rollback()
            while fileSize(path + "-wal") > 0 { await Task.yield() }
            #expect(log.events.count == 1)
        }
    }

    @Test("a checkpoint beside another one tells that it was none, and not that somebody reads")
    func checkpointBesideAnother() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            let handle = try SQLiteHandle(path: path, readOnly: false, busyTimeout: .zero)
            try handle.run(script: "PRAGMA journal_mode = WAL; CREATE TABLE t (v)")
            let reader = try SQLiteHandle(path: path, readOnly: true, busyTimeout: .zero)
            try reader.begin(.reading, busyTimeout: .zero)
            try reader.run(script: "SELECT count(*) FROM t")
            let keptByReader = try handle.checkpoint(.empty)
            #expect(keptByReader.isBusy && keptByReader.pages ?? 0 > 0)

            let (ended, tellEnded) = AsyncStream<Void>.makeStream()
            DispatchQueue.global().async {
                // Waits for the reader, as soon as it comes in between two of the checkpoints below.
                let other = try? SQLiteHandle(path: path, readOnly: false, busyTimeout: .seconds(3_600))
                // Only who has read knows that there is a log.
                try? other?.run(script: "SELECT count(*) FROM t")
                while let result = try? other?.checkpoint(.empty), result.pages == nil {}
                tellEnded.finish()
            }
            while try handle.checkpoint(.copy).pages != nil {
                try Task.checkCancellation()
                await Task.yield()
            }
            let keptByOther = try handle.checkpoint(.empty)
            #expect(keptByOther.isBusy && keptByOther.pages == nil)
            reader.rollback()
            for await _ in ended {}
            let done = try handle.checkpoint(.empty)
            #expect(!done.isBusy && done.pages == 0)
        }
    }

    /// Runs a body while there is always someone who reads.
    private func whileReading(_ pool: SQLitePool, _ body: () async throws -> Void) async throws {
        let isOver = EventLog()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    while isOver.events.isEmpty {
                        try await pool.read { db in
                            _ = try db.query("SELECT count(*) FROM t")
                            await Task.yield()
                        }
                    }
                }
            }
            do {
                defer { isOver.add("over") }
                try await body()
            }
            try await group.waitForAll()
        }
    }

    /// How often the log has been begun anew: the fourth number of its header; `nil` if it is empty.
    private func beginningCount(_ path: String) throws -> UInt32? {
        let file = try FileHandle(forReadingFrom: URL(filePath: path + "-wal"))
        defer { try? file.close() }
        guard let header = try file.read(upToCount: 16), header.count == 16 else { return nil }
        return header.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func withPool(
        idleTime: Duration = .milliseconds(50), _ body: (SQLitePool, String, EventLog) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            let log = EventLog()
            let logger = Logger(label: "test") { _ in LoggedTexts(log: log) }
            let pool = try await SQLitePool(path: path, configuration: Self.configuration(idleTime), logger: logger)
            try await pool.write { db in
                try db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)")
                for id in 0..<20 { try db.execute("INSERT INTO t VALUES (?, zeroblob(20000))", [id]) }
            }
            try await body(pool, path, log)
            await pool.close()
        }
    }
}
