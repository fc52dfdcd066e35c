import Queuert
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("Transactions that share a commit", .timeLimit(.minutes(20))) struct GroupCommitTests {
    private struct Boom: Error {}

    /// Has several bodies wait in a line, so that they run one after the other.
    private func inLine(
        _ pool: SQLitePool, _ bodies: [@Sendable (isolated SQLiteConnection) async throws -> Void]
    ) async throws -> [Result<Void, any Error>] {
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        // Holds the writer without a transaction.
        let holder = Task {
            try await pool.withWriter { _ in
                enter.finish()
                for await _ in released {}
            }
        }
        for await _ in entered {}
        var tasks: [Task<Void, any Error>] = []
        for body in bodies {
            tasks.append(Task { try await pool.write(body) })
            // One after the other, so that the order of the line is known.
            while await pool.waitingWriters < tasks.count { await Task.yield() }
        }
        release.finish()
        try await holder.value
        var results: [Result<Void, any Error>] = []
        for task in tasks { results.append(await task.result) }
        return results
    }

    @Test("those that wait are written by one commit, in the order in which they came")
    func oneCommit() async throws {
        try await withDatabase { pool, _ in
            let before = await pool.commitCount
            let log = EventLog()
            let bodies = (0..<20).map { (number: Int) -> @Sendable (isolated SQLiteConnection) async throws -> Void in
                { db in
                    try db.execute("INSERT INTO t VALUES (?)", [number])
                    db.effects?.add(onCommit: { log.add("\(number)") })
                    #expect(log.events.isEmpty)
                }
            }
            for result in try await inLine(pool, bodies) { try result.get() }
            #expect(try await values(pool) == Array(0..<20))
            let commits = await pool.commitCount - before
            #expect(commits == 1)
            #expect(log.events.count == 20)
        }
    }

    @Test("a task that outlives its transaction's body reads nothing of the one that runs meanwhile")
    func outlivingTask() async throws {
        try await withDatabase { pool, _ in
            let (isOver, tellOver) = AsyncStream<Void>.makeStream()
            let outliving = Locked<Task<[Int], any Error>?>(nil)
            let seen = Locked<[Int]?>(nil)
            let results = try await inLine(
                pool,
                [
                    { db in
                        try db.execute("INSERT INTO t VALUES (1)")
                        let task = Task {
                            for await _ in isOver {}
                            return try await values(pool)
                        }
                        outliving.withLock { $0 = task }
                    },
                    { db in
                        try db.execute("INSERT INTO t VALUES (7)")
                        tellOver.finish()
                        let read = try await outliving.withLock { $0 }?.value
                        seen.withLock { $0 = read }
                        throw Boom()
                    },
                ])
            #expect(results.map { (try? $0.get()) != nil } == [true, false])
            // Neither what may yet be undone nor what is not committed yet.
            #expect(seen.withLock { $0 } == [])
        }
    }

    @Test(
        "a read that outlives the body of its transaction is refused, and reads nothing of the one that runs meanwhile")
    func outlivingRead() async throws {
        try await withDatabase { pool, _ in
            let (hasBegun, tellBegun) = AsyncStream<Void>.makeStream()
            let (isOver, tellOver) = AsyncStream<Void>.makeStream()
            let outliving = Locked<Task<[Int], any Error>?>(nil)
            let results = try await inLine(
                pool,
                [
                    { db in
                        try db.execute("INSERT INTO t VALUES (1)")
                        let task = Task {
                            try await pool.read { reader in
                                tellBegun.finish()
                                for await _ in isOver {}
                                return try reader.query("SELECT v FROM t").compactMap { $0.int("v") }
                            }
                        }
                        outliving.withLock { $0 = task }
                        for await _ in hasBegun {}
                    },
                    { db in
                        try db.execute("INSERT INTO t VALUES (7)")
                        tellOver.finish()
                        let read = await outliving.withLock { $0 }?.result
                        let error = #expect(throws: SQLiteError.self) { try read?.get() }
                        #expect(error?.code == .transactionEnded)
                        // It keeps nobody else from the connection.
                        try db.execute("INSERT INTO t VALUES (8)")
                    },
                ])
            for result in results { try result.get() }
            #expect(try await values(pool) == [1, 7, 8])
        }
    }

    @Test("one that throws is rolled back alone, with its effects, and the next ones go on")
    func rollbackOfOne() async throws {
        try await withDatabase { pool, _ in
            let log = EventLog()
            let bodies = (0..<6).map { (number: Int) -> @Sendable (isolated SQLiteConnection) async throws -> Void in
                { db in
                    try db.execute("INSERT INTO t VALUES (?)", [number])
                    db.effects?.add(onCommit: {}, onRollback: { log.add("\(number) undone") })
                    if number.isMultiple(of: 3) { throw Boom() }
                }
            }
            let results = try await inLine(pool, bodies)
            #expect(results.map { (try? $0.get()) != nil } == [false, true, true, false, true, true])
            #expect(try await values(pool) == [1, 2, 4, 5])
            #expect(Set(log.events) == ["0 undone", "3 undone"])
        }
    }

    @Test("a disk that is full at the commit fails all that wait for it, and none is told of as written")
    func commitFailure() async throws {
        try await withDatabase { pool, _ in
            let log = EventLog()
            let bodies = (0..<4).map { (number: Int) -> @Sendable (isolated SQLiteConnection) async throws -> Void in
                { db in
                    // The last one has SQLite roll back the transaction that all of them are in.
                    if number == 3 { _ = try db.query("PRAGMA max_page_count = 1") }
                    db.effects?.add(onCommit: { log.add("told") }, onRollback: { log.add("undone") })
                    try db.execute("INSERT INTO t VALUES (?)", [number])
                    if number == 3 { for _ in 0..<100 { try db.execute("INSERT INTO t VALUES (zeroblob(100000))") } }
                }
            }
            let results = try await inLine(pool, bodies)
            for result in results {
                let error = #expect(throws: SQLiteError.self) { try result.get() }
                #expect(error?.code == .diskFull)
            }
            #expect(log.events == Array(repeating: "undone", count: 4))
            try await pool.write { db in _ = try db.query("PRAGMA max_page_count = 1000000") }
            #expect(try await values(pool).isEmpty)
            try await pool.write { db in _ = try db.execute("INSERT INTO t VALUES (1)") }
            #expect(try await values(pool) == [1])
        }
    }

    @Test("a row that refers to nothing fails its own transaction only")
    func unresolvedForeignKey() async throws {
        try await withDatabase { pool, _ in
            try await pool.write { db in
                try db.executeScript(
                    """
                    CREATE TABLE parent (id INTEGER PRIMARY KEY);
                    CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
                    """)
            }
            let results = try await inLine(
                pool,
                [
                    { db in _ = try db.execute("INSERT INTO t VALUES (1)") },
                    { db in _ = try db.execute("INSERT INTO child VALUES (7)") },
                    { db in _ = try db.execute("INSERT INTO t VALUES (2)") },
                ])
            try results[0].get()
            let error = #expect(throws: SQLiteError.self) { try results[1].get() }
            #expect(error?.code == .constraint)
            try results[2].get()
            #expect(try await values(pool) == [1, 2])
        }
    }

    @Test("a statement after SQLite rolled the transaction back is refused, and not written on its own")
    func afterLoss() async throws {
        try await withDatabase { pool, _ in
            await #expect(throws: SQLiteError.self) {
                try await pool.write { db in
                    _ = try? db.execute("INSERT OR ROLLBACK INTO u VALUES (1), (1)")
                    let error = #expect(throws: SQLiteError.self) { try db.execute("INSERT INTO t VALUES (1)") }
                    #expect(error?.code == .constraint)
                }
            }
            let stored = try await values(pool)
            #expect(stored.isEmpty)
        }
    }

    @Test("a task that is cancelled while it waits leaves the line, and the others keep their order")
    func cancellation() async throws {
        try await withDatabase { pool, _ in
            let (entered, enter) = AsyncStream<Void>.makeStream()
            let (released, release) = AsyncStream<Void>.makeStream()
            let holder = Task {
                try await pool.write { _ in
                    enter.finish()
                    for await _ in released {}
                }
            }
            for await _ in entered {}
            var tasks: [Task<Void, any Error>] = []
            for number in 0..<3 {
                let task = Task {
                    try await pool.write { db in _ = try db.execute("INSERT INTO t VALUES (?)", [number]) }
                }
                tasks.append(task)
                while await pool.waitingWriters < number + 1 { await Task.yield() }
            }
            tasks[1].cancel()
            await #expect(throws: CancellationError.self) { try await tasks[1].value }
            release.finish()
            try await holder.value
            try await tasks[0].value
            try await tasks[2].value
            #expect(try await values(pool) == [0, 2])
        }
    }

    @Test("after a slow body those that have ended are committed before the next body runs")
    func slowBody() async throws {
        // Every body counts as slow.
        try await withDatabase({ $0.slowBody = .zero }) { pool, _ in
            let (released, release) = AsyncStream<Void>.makeStream()
            let results = Task {
                try await inLine(
                    pool,
                    [
                        { db in _ = try db.execute("INSERT INTO t VALUES (1)") },
                        { db in
                            for await _ in released {}
                        },
                    ])
            }
            // The first is committed although the second has not ended.
            while try await values(pool) != [1] { await Task.yield() }
            release.finish()
            for result in try await results.value { try result.get() }
        }
    }

    @Test("a commit is shared by so many transactions at most")
    func sizeLimit() async throws {
        try await withDatabase({ $0.sizeLimit = 5 }) { pool, _ in
            let before = await pool.commitCount
            let bodies = (0..<20).map { (number: Int) -> @Sendable (isolated SQLiteConnection) async throws -> Void in
                { db in _ = try db.execute("INSERT INTO t VALUES (?)", [number]) }
            }
            for result in try await inLine(pool, bodies) { try result.get() }
            let commits = await pool.commitCount - before
            #expect(commits == 4)
        }
    }

    @Test("who has ended does not wait for long for others")
    func ageLimit() async throws {
        try await withDatabase({ $0.ageLimit = .zero }) { pool, _ in
            let before = await pool.commitCount
            let bodies = (0..<10).map { (number: Int) -> @Sendable (isolated SQLiteConnection) async throws -> Void in
                { db in _ = try db.execute("INSERT INTO t VALUES (?)", [number]) }
            }
            for result in try await inLine(pool, bodies) { try result.get() }
            // The first one that comes after a group's first member finds the group too old.
            let commits = await pool.commitCount - before
            #expect(commits == 5)
        }
    }

    @Test("a read sees nothing that is not committed, also where it shares the writer's connection")
    func noDirtyReads() async throws {
        let pool = try await SQLitePool(path: ":memory:", configuration: Self.configuration { _ in })
        try await pool.write { db in try db.executeScript("CREATE TABLE t (v); CREATE TABLE u (v UNIQUE);") }
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let writer = Task {
            try await pool.write { db in
                try db.execute("INSERT INTO t VALUES (1)")
                enter.finish()
                for await _ in released {}
                throw Boom()
            }
        }
        for await _ in entered {}
        let read = Task { try await values(pool) }
        while await pool.waitingWriters < 1 { await Task.yield() }
        release.finish()
        let seen = try await read.value
        #expect(seen.isEmpty)
        await #expect(throws: Boom.self) { try await writer.value }
        await pool.close()
    }

    private static func configuration(_ change: (inout CommitSharing) -> Void) -> SQLitePool.Configuration {
        var configuration = SQLitePool.Configuration()
        // Nothing depends on how fast the machine is.
        configuration.commitSharing.ageLimit = .seconds(3_600)
        configuration.commitSharing.slowBody = .seconds(3_600)
        configuration.checkpointIdleTime = .seconds(3_600)
        change(&configuration.commitSharing)
        return configuration
    }

    private func values(_ pool: SQLitePool) async throws -> [Int] {
        try await pool.read { db in try db.query("SELECT v FROM t ORDER BY rowid").compactMap { $0.int("v") } }
    }

    private func withDatabase(
        _ change: (inout CommitSharing) -> Void = { _ in }, _ body: (SQLitePool, String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db.sqlite"
            let pool = try await SQLitePool(path: path, configuration: Self.configuration(change))
            try await pool.write { db in try db.executeScript("CREATE TABLE t (v); CREATE TABLE u (v UNIQUE);") }
            try await body(pool, path)
            await pool.close()
        }
    }
}
