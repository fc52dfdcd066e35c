import Foundation
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("What a pool may do with the file") struct AccessTests {
    @Test("a file that must exist is not made", arguments: [SQLitePool.Configuration.Access.existing, .readOnly])
    func missing(_ access: SQLitePool.Configuration.Access) async throws {
        try await withTemporaryFolder { folder in
            let error = await #expect(throws: SQLiteError.self) {
                try await SQLitePool(path: folder + "/none.sqlite", configuration: .init(access: access))
            }
            #expect(error?.code == .cannotOpen)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.isEmpty)
        }
    }

    @Test("a file that exists is written to")
    func existing() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            await (try SQLitePool(path: path)).close()
            let pool = try await SQLitePool(path: path, configuration: .init(access: .existing))
            #expect(try await pool.write { db in try db.execute("CREATE TABLE t (n INTEGER)") } == 0)
            await pool.close()
        }
    }

    @Test("a pool that only reads changes nothing, and sees what others write")
    func readOnly() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            let writer = try await SQLitePool(path: path)
            try await writer.write { db in try db.executeScript("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)")
            }
            let reader = try await SQLitePool(path: path, configuration: .init(access: .readOnly))
            #expect(try await reader.read { db in try db.query("SELECT n FROM t").count } == 1)
            try await writer.write { db in _ = try db.execute("INSERT INTO t VALUES (2)") }
            #expect(try await reader.read { db in try db.query("SELECT n FROM t").count } == 2)
            let error = await #expect(throws: SQLiteError.self) {
                try await reader.write { db in _ = try db.execute("INSERT INTO t VALUES (3)") }
            }
            #expect(error?.code == .readOnly)
            await reader.close()
            await writer.close()
        }
    }

    @Test("a pool that only reads leaves a file's journal as it is")
    func journal() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            let pool = try await SQLitePool(path: path)
            try await pool.write { db in try db.executeScript("CREATE TABLE t (n INTEGER)") }
            try await pool.withWriter { db in try db.executeScript("VACUUM INTO '\(path).copy'") }
            await pool.close()
            let before = try Data(contentsOf: URL(fileURLWithPath: path + ".copy"))
            let reader = try await SQLitePool(path: path + ".copy", configuration: .init(access: .readOnly))
            #expect(try await reader.read { db in try db.query("PRAGMA journal_mode")[0][0] } == .text("delete"))
            await reader.close()
            #expect(try Data(contentsOf: URL(fileURLWithPath: path + ".copy")) == before)
        }
    }

    @Test("a pool that keeps a file's journal works without a log, and turns one on where there is nothing yet")
    func keptJournal() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            var configuration = SQLitePool.Configuration()
            configuration.keepsJournal = true
            let pool = try await SQLitePool(path: path, configuration: configuration)
            try await pool.write { db in try db.executeScript("CREATE TABLE t (n INTEGER)") }
            #expect(try await pool.read { db in try db.query("PRAGMA journal_mode")[0][0] } == .text("wal"))
            try await pool.withWriter { db in try db.executeScript("VACUUM INTO '\(path).copy'") }
            await pool.close()
            let copy = try await SQLitePool(path: path + ".copy", configuration: configuration)
            try await copy.write { db in _ = try db.execute("INSERT INTO t VALUES (1)") }
            #expect(try await copy.read { db in try db.query("SELECT n FROM t").count } == 1)
            await copy.close()
            let reader = try await SQLitePool(path: path + ".copy", configuration: .init(access: .readOnly))
            #expect(try await reader.read { db in try db.query("PRAGMA journal_mode")[0][0] } == .text("delete"))
            #expect(try await reader.read { db in try db.query("SELECT n FROM t").count } == 1)
            await reader.close()
        }
    }
}
