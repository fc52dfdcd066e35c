import Foundation
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("Backups of a SQLite database", .timeLimit(.minutes(20))) struct BackupTests {
    @Test("a backup that is made while others write is one state, and whole", arguments: ["file", "memory"])
    func underLoad(_ kind: String) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: kind == "memory" ? ":memory:" : folder + "/db.sqlite")
            try await fill(pool, rows: 300)
            // Each transaction moves an amount: only a copy of one state has the same sum.
            let target = folder + "/copy.sqlite"
            let isOver = EventLog()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        var number = writer
                        while isOver.events.isEmpty {
                            let (from, to) = (number % 300, (number * 7 + 1) % 300)
                            try await pool.write { db in
                                try db.execute("UPDATE account SET amount = amount - 1 WHERE id = ?", [from])
                                try db.execute("UPDATE account SET amount = amount + 1 WHERE id = ?", [to])
                                try db.execute("INSERT INTO entry (account) VALUES (?)", [to])
                            }
                            number += 4
                        }
                    }
                }
                let steps = EventLog()
                try await pool.backup(to: target, pagesPerStep: 8) { progress in
                    #expect(progress.pages <= progress.totalPages)
                    steps.add("step")
                }
                #expect(steps.events.count > 5)
                isOver.add("over")
                try await group.waitForAll()
            }
            await pool.close()
            let copy = try await SQLitePool(path: target)
            try await copy.write { db in
                let integrity = try db.query("PRAGMA integrity_check")[0].text("integrity_check")
                #expect(integrity == "ok")
                let violations = try db.query("PRAGMA foreign_key_check")
                #expect(violations.isEmpty)
                let sum = try db.query("SELECT sum(amount) AS n FROM account")[0].int("n")
                #expect(sum == 300 * 100)
            }
            await copy.close()
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(!files.contains { $0.contains("partial") })
        }
    }

    @Test("a backup that is cancelled leaves the target as it was")
    func cancelled() async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            try await fill(pool, rows: 300)
            let target = folder + "/copy.sqlite"
            try Data("before".utf8).write(to: URL(fileURLWithPath: target))
            let task = Task {
                try await pool.backup(to: target, pagesPerStep: 1) { _ in withUnsafeCurrentTask { $0?.cancel() } }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let content = try Data(contentsOf: URL(fileURLWithPath: target))
            #expect(content == Data("before".utf8))
            await pool.close()
        }
    }

    @Test("a backup into a folder that doesn't exist says so")
    func noFolder() async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            let error = await #expect(throws: SQLiteError.self) {
                try await pool.backup(to: folder + "/none/copy.sqlite")
            }
            #expect(error?.code == .cannotOpen)
            await pool.close()
        }
    }

    @Test("of two backups to one target at once, the one that ends first leaves a whole copy there")
    func atOnce() async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            try await fill(pool, rows: 300)
            let target = folder + "/copy.sqlite"
            let first = HeldBackup(of: pool, to: target)
            for await _ in first.hasBegun {}
            let second = HeldBackup(of: pool, to: target)
            for await _ in second.hasBegun {}
            try await first.finish()
            let copy = try await SQLitePool(path: target)
            #expect(try await accounts(copy) == 300)
            await copy.close()
            try await second.finish()
            await pool.close()
        }
    }

    @Test("a backup that replaces one which a process left with a log is whole")
    func logOfTarget() async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            try await fill(pool, rows: 100)
            let target = folder + "/copy.sqlite"
            try await pool.backup(to: target)
            // As a process leaves it that is killed: with what it has written in the log only.
            let reader = try await SQLitePool(path: target)
            try await reader.write { db in _ = try db.execute("UPDATE account SET filler = zeroblob(1000)") }
            try FileManager.default.copyItem(atPath: target + "-wal", toPath: folder + "/log")
            await reader.close()
            try FileManager.default.moveItem(atPath: folder + "/log", toPath: target + "-wal")
            try await pool.write { db in _ = try db.execute("DELETE FROM account WHERE id >= 40") }
            try await pool.backup(to: target)
            let copy = try await SQLitePool(path: target)
            #expect(try await accounts(copy) == 40)
            let integrity = try await copy.read { db in
                try db.query("PRAGMA integrity_check")[0].text("integrity_check")
            }
            #expect(integrity == "ok")
            await copy.close()
            await pool.close()
        }
    }

    @Test("a target that somebody has open is refused and left as it is", arguments: [true, false])
    func targetInUse(hasWritten: Bool) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            try await fill(pool, rows: 10)
            let target = folder + "/copy.sqlite"
            try await pool.backup(to: target)
            let user = try await SQLitePool(path: target)
            // Else there is nothing in its log.
            if hasWritten { try await user.write { db in _ = try db.execute("DELETE FROM account WHERE id >= 5") } }
            let inUse = await #expect(throws: SQLiteError.self) { try await pool.backup(to: target) }
            #expect(inUse?.code == .busy)
            try await user.write { db in _ = try db.execute("DELETE FROM account WHERE id >= 5") }
            #expect(try await accounts(user) == 5)
            await user.close()
            // What it was wanted for is possible as soon as nobody has it open.
            try await pool.backup(to: target)
            let copy = try await SQLitePool(path: target)
            #expect(try await accounts(copy) == 10)
            await copy.close()
            await pool.close()
        }
    }

    @Test(
        "a pool that is closed while a backup is made waits for it, and makes no further one", arguments: [false, true])
    func closedMeanwhile(isReadOnly: Bool) async throws {
        try await withTemporaryFolder { folder in
            let (path, target) = (folder + "/db.sqlite", folder + "/copy.sqlite")
            let writer = try await SQLitePool(path: path)
            try await fill(writer, rows: 300)
            await writer.close()
            let access: SQLitePool.Configuration.Access = isReadOnly ? .readOnly : .existing
            let pool = try await SQLitePool(path: path, configuration: .init(access: access))
            let backup = HeldBackup(of: pool, to: target)
            for await _ in backup.hasBegun {}
            let log = EventLog()
            let closing = Task {
                await pool.close()
                log.add("closed")
            }
            // Until the pool has begun to close, another one is made.
            var refusal: SQLiteError.Code?
            while refusal == nil {
                do {
                    try await pool.backup(to: folder + "/late.sqlite")
                } catch let error as SQLiteError {
                    refusal = error.code
                }
            }
            #expect(refusal == .closed)
            #expect(log.events.isEmpty)
            try await backup.finish()
            await closing.value
            let copy = try await SQLitePool(path: target)
            #expect(try await accounts(copy) == 300)
            await copy.close()
            // Whoever closes last empties it, and a backup's own connection can't.
            if !isReadOnly { #expect(fileSize(path + "-wal") == 0) }
        }
    }

    @Test("a target that is the database itself is refused, however the database was named", arguments: ["", "file:"])
    func targetIsDatabase(_ scheme: String) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: scheme + folder + "/db.sqlite")
            try await fill(pool, rows: 10)
            let itself = await #expect(throws: SQLiteError.self) { try await pool.backup(to: folder + "/db.sqlite") }
            #expect(itself?.code == .cannotOpen)
            #expect(try await accounts(pool) == 10)
            await pool.close()
        }
    }

    @Test("a target that is a URI is refused, and nothing is left of it")
    func targetIsURI() async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            try await fill(pool, rows: 10)
            let error = await #expect(throws: SQLiteError.self) {
                try await pool.backup(to: "file:\(folder)/copy.sqlite")
            }
            #expect(error?.code == .cannotOpen)
            #expect(error?.reason.contains("URI") == true)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(!files.contains { $0.hasPrefix("copy") })
            await pool.close()
        }
    }

    @Test("a backup by a pool that only reads ends though another one writes with each step", arguments: ["", "file:"])
    func byReader(_ scheme: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            let writer = try await SQLitePool(path: path)
            try await fill(writer, rows: 300)
            let query = scheme.isEmpty ? "" : "?mode=ro"
            let reader = try await SQLitePool(path: scheme + path + query, configuration: .init(access: .readOnly))
            let steps = EventLog()
            let target = folder + "/copy.sqlite"
            try await reader.backup(to: target, pagesPerStep: 8) { _ in
                steps.add("step")
                // As another process would.
                let written = Result {
                    try SQLiteHandle(path: path, readOnly: false, busyTimeout: .seconds(60))
                        .run(script: "UPDATE account SET amount = amount + 1 WHERE id = 7")
                }
                #expect(throws: Never.self) { try written.get() }
                // Rather than for ever.
                if steps.events.count > 1_000 { cancelCurrentTask() }
            }
            #expect(steps.events.count > 5)
            let copy = try await SQLitePool(path: target)
            try await copy.write { db in
                let integrity = try db.query("PRAGMA integrity_check")[0].text("integrity_check")
                #expect(integrity == "ok")
                // What it was before the first step.
                let sum = try db.query("SELECT sum(amount) AS n FROM account")[0].int("n")
                #expect(sum == 300 * 100)
            }
            await copy.close()
            await reader.close()
            await writer.close()
        }
    }

    @Test("a backup is of the file that the pool has open, wherever its path leads by now", arguments: [false, true])
    func movedPath(isReadOnly: Bool) async throws {
        try await withTemporaryFolder { folder in
            let files = FileManager.default
            let (link, target) = (folder + "/link.sqlite", folder + "/copy.sqlite")
            for (name, rows) in [("first", 10), ("second", 20)] {
                let pool = try await SQLitePool(path: "\(folder)/\(name).sqlite")
                try await fill(pool, rows: rows)
                await pool.close()
            }
            try files.createSymbolicLink(atPath: link, withDestinationPath: folder + "/first.sqlite")
            let access: SQLitePool.Configuration.Access = isReadOnly ? .readOnly : .existing
            let pool = try await SQLitePool(path: link, configuration: .init(access: access))
            try files.removeItem(atPath: link)
            try files.createSymbolicLink(atPath: link, withDestinationPath: folder + "/second.sqlite")
            try await pool.backup(to: target)
            let copy = try await SQLitePool(path: target)
            #expect(try await accounts(copy) == 10)
            await copy.close()
            await pool.close()
        }
    }

    @Test("a log that was left without its database keeps no backup from its place")
    func logWithoutTarget() async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            try await fill(pool, rows: 10)
            let target = folder + "/copy.sqlite"
            try Data("left over".utf8).write(to: URL(fileURLWithPath: target + "-wal"))
            try await pool.backup(to: target)
            let copy = try await SQLitePool(path: target)
            #expect(try await accounts(copy) == 10)
            await copy.close()
            await pool.close()
        }
    }

    private func accounts(_ pool: SQLitePool) async throws -> Int? {
        try await pool.read { db in try db.query("SELECT count(*) AS n FROM account")[0].int("n") }
    }

    private func fill(_ pool: SQLitePool, rows: Int) async throws {
        try await pool.write { db in
            try db.executeScript(
                """
                CREATE TABLE account (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, filler BLOB);
                CREATE TABLE entry (account INTEGER NOT NULL REFERENCES account (id));
                """)
            for id in 0..<rows { try db.execute("INSERT INTO account VALUES (?, 100, zeroblob(2000))", [id]) }
        }
    }
}
