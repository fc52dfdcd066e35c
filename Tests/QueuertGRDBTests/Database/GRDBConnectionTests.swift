#if GRDB
import Dispatch
import GRDB
import Queuert
import QueuertConformance
import QueuertGRDB
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("A thread that GRDB lends", .timeLimit(.minutes(2))) struct GRDBConnectionTests {
    @Test("no write of GRDB's slips into a transaction while its body waits", arguments: GRDBQueue.Place.allCases)
    func bodyWaits(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            let journal = queue.journal
            try await queue.client.withTransaction { db in
                try User(name: "ours").insert(db.database)
                queue.writer.asyncWriteWithoutTransaction { _ in journal.add("another write") }
                // Long enough for the other write, if anything let it in.
                for _ in 0..<1_000 { await Task.yield() }
                let outside = Task { journal.add("a task outside") }
                await outside.value
                let count = try User.fetchCount(db.database)
                #expect(count == 1)
                journal.add("the body's end")
            }
            try await journal.wait(of: "another write")
            #expect(journal.events == ["a task outside", "the body's end", "another write"])
        }
    }

    @Test("who is cancelled while others write is told at once, and never gets the connection")
    func cancelledWhileWaiting() async throws {
        try await GRDBQueue.with { queue in
            let journal = queue.journal
            let release = DispatchSemaphore(value: 0)
            queue.writer.asyncWriteWithoutTransaction { _ in
                journal.add("others write")
                release.wait()
            }
            try await journal.wait(of: "others write")
            let waiting = Task {
                try await queue.client.withTransaction { _ in journal.add("the body") }
            }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            release.signal()
            try queue.write { db in try User(name: "later").insert(db) }
            #expect(journal.events == ["others write"])
        }
    }

    @Test("who is cancelled while all readers are busy is told at once")
    func cancelledReader() async throws {
        try await GRDBQueue.with(.queue) { queue in
            let release = DispatchSemaphore(value: 0)
            queue.writer.asyncWriteWithoutTransaction { _ in release.wait() }
            let waiting = Task { try await queue.client.jobCounts() }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            release.signal()
        }
    }

    @Test("a query that runs is ended when its task is cancelled", arguments: GRDBQueue.Place.allCases)
    func cancelledQuery(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            let journal = queue.journal
            let reading = Task {
                try await queue.adapter.withReadConnection { connection in
                    let database = try connection.database
                    database.add(
                        function: DatabaseFunction("has_begun", argumentCount: 1) { values in
                            if journal.count(of: "the query") == 0 { journal.add("the query") }
                            return values[0]
                        })
                    _ = try Int.fetchOne(
                        database,
                        sql: """
                            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT has_begun(n) + 1 FROM number)
                            SELECT count(*) FROM number
                            """)
                }
            }
            try await journal.wait(of: "the query")
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            #expect(try await queue.client.jobCounts().isEmpty)
        }
    }

    @Test("a query that begins when its task is cancelled already is ended", arguments: GRDBQueue.Place.allCases)
    func cancelledBeforeQuery(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            let reading = Task {
                try await queue.adapter.withReadConnection { connection in
                    cancelCurrentTask()
                    _ = try Int.fetchOne(
                        connection.database,
                        sql: """
                            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
                            SELECT count(*) FROM number
                            """)
                }
            }
            await #expect(throws: CancellationError.self) { try await reading.value }
            let counts = try await queue.client.jobCounts()
            #expect(counts.isEmpty)
        }
    }

    @Test("a connection that outlives its transaction is refused, and nobody waits for ever")
    func connectionOutlivesItsTransaction() async throws {
        try await GRDBQueue.with { queue in
            let (ended, end) = AsyncStream.makeStream(of: Void.self)
            let client = queue.client
            let (connection, later) = try await client.withTransaction { db in
                let later = Task { [db] in
                    for await _ in ended {}
                    try await client.startJobChain(Greet.self, input: "late", on: db)
                }
                return (db, later)
            }
            end.finish()
            await #expect(throws: TransactionRequiredError.self) { try await later.value }
            await #expect(throws: TransactionRequiredError.self) { try await connection.countUsers() }
            #expect(await !connection.hasEffects)
        }
    }

    @Test("a transaction that can't begin fails with GRDB's error")
    func cannotBegin() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/test.sqlite"
            let other = try DatabaseQueue(path: path)
            try await GRDBStateAdapter(other).migrate()
            let adapter = GRDBStateAdapter(try DatabaseQueue(path: path))
            try await other.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA user_version = 7") }
            let error = await #expect(throws: DatabaseError.self) {
                try await GRDBStateAdapter(other).withTransaction { _ in
                    // By itself GRDB waits for nobody, unless its `busyMode` says so.
                    _ = try await Self.unboundTask { try await adapter.withTransaction { _ in } }
                }
            }
            #expect(error?.resultCode == .SQLITE_BUSY)
        }
    }

    @Test("a transaction of a pool begins though somebody keeps it from that for a moment, as a read may")
    func begunLater() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/test.sqlite"
            let other = try DatabasePool(path: path)
            try await GRDBStateAdapter(other).migrate()
            let journal = Journal()
            var configuration = Configuration()
            configuration.prepareDatabase { db in
                db.trace { if "\($0)".hasPrefix("BEGIN IMMEDIATE") { journal.add("tries to begin") } }
            }
            var patient = GRDBStateAdapter(try DatabasePool(path: path, configuration: configuration))
            patient.patience = .seconds(3_600)
            let adapter = patient
            let later = try await GRDBStateAdapter(other).withTransaction { _ in
                let later = Task.detached {
                    try await adapter.withTransaction { _ in journal.add("has begun") }
                }
                try await journal.wait(of: "tries to begin")
                return later
            }
            try await later.value
            #expect(journal.events.last == "has begun")
        }
    }

    @Test("a transaction of a pool gives up when others write for longer than a second, and its body never runs")
    func gaveUp() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/test.sqlite"
            let other = GRDBStateAdapter(try DatabasePool(path: path))
            try await other.migrate()
            var impatient = GRDBStateAdapter(try DatabasePool(path: path))
            #expect(impatient.patience == .seconds(1))
            // As if that were the second.
            impatient.patience = .milliseconds(50)
            let (adapter, journal) = (impatient, Journal())
            let start = ContinuousClock.now
            let error = await #expect(throws: DatabaseError.self) {
                try await other.withTransaction { _ in
                    _ = try await Self.unboundTask {
                        try await adapter.withTransaction { _ in journal.add("the body") }
                    }
                }
            }
            #expect(error?.resultCode == .SQLITE_BUSY)
            #expect(ContinuousClock.now - start >= adapter.patience)
            #expect(journal.events.isEmpty)
            try await adapter.withTransaction { _ in journal.add("the body, when nobody writes") }
            #expect(journal.events.count == 1)
        }
    }

    @Test("a transaction that finds the database busy when its body has run fails, and the body isn't run again")
    func busyAfterBody() async throws {
        try await GRDBQueue.with { queue in
            let journal = queue.journal
            try queue.access { db in db.add(transactionObserver: BusyCommit(), extent: .databaseLifetime) }
            var patient = queue.adapter
            patient.patience = .seconds(3_600)
            let adapter = patient
            let error = await #expect(throws: DatabaseError.self) {
                try await adapter.withTransaction { connection in
                    journal.add("the body")
                    try User(name: "undone").insert(connection.database)
                    connection.effects?.add(
                        onCommit: { journal.add("committed") }, onRollback: { journal.add("rolled back") })
                }
            }
            #expect(error?.resultCode == .SQLITE_BUSY)
            #expect(journal.events == ["the body", "rolled back"])
            #expect(try await queue.users().isEmpty)
            try await adapter.withTransaction { connection in
                try User(name: "kept").insert(connection.database)
            }
            #expect(try await queue.users() == ["kept"])
        }
    }

    @Test("a database that was closed refuses transactions and reads")
    func closed() async throws {
        try await withTemporaryFolder { folder in
            for isPool in [true, false] {
                let path = "\(folder)/test-\(isPool).sqlite"
                let writer: any DatabaseWriter =
                    isPool ? try DatabasePool(path: path) : try DatabaseQueue(path: path)
                let adapter = GRDBStateAdapter(writer)
                try await adapter.migrate()
                try Self.close(writer)
                await #expect(throws: (any Error).self) { try await adapter.withTransaction { _ in } }
                await #expect(throws: (any Error).self) {
                    try await adapter.withReadConnection { _ = try adapter.operations(on: $0).jobCounts() }
                }
            }
        }
    }

    @Test("a commit that is refused fails, undoes everything and leaves the connection fit for the next")
    func refusedCommit() async throws {
        try await GRDBQueue.with { queue in
            try queue.write { db in
                try db.execute(
                    sql: "CREATE TABLE pets (owner TEXT REFERENCES users (name) DEFERRABLE INITIALLY DEFERRED)")
            }
            let error = await #expect(throws: DatabaseError.self) {
                try await queue.client.withTransaction { db in
                    try await queue.client.startJobChain(Greet.self, input: "undone", on: db)
                    try db.database.execute(sql: "INSERT INTO pets VALUES ('nobody')")
                }
            }
            #expect(error?.resultCode == .SQLITE_CONSTRAINT)
            #expect(queue.journal.events == ["rolled back greet"])
            try await queue.client.startJobChain(Greet.self, input: "kept")
            #expect(try await queue.waitingInputs() == ["\"kept\""])
        }
    }

    @Test("a body that goes on after SQLite has rolled back fails, and nothing is told of")
    func rollbackBySQLite() async throws {
        try await GRDBQueue.with { queue in
            try queue.write { db in try User(name: "Alice").insert(db) }
            await #expect(throws: (any Error).self) {
                try await queue.client.withTransaction { db in
                    try await queue.client.startJobChain(Greet.self, input: "undone", on: db)
                    try? db.database.execute(sql: "INSERT OR ROLLBACK INTO users VALUES ('Alice')")
                }
            }
            #expect(queue.journal.events == ["rolled back greet"])
            #expect(try await queue.waitingInputs().isEmpty)
        }
    }

    @Test("a body that commits or rolls back by a statement of its own fails", arguments: ["COMMIT", "ROLLBACK"])
    func endsItsTransaction(_ statement: String) async throws {
        try await GRDBQueue.with { queue in
            let error = await #expect(throws: DatabaseError.self) {
                try await queue.client.withTransaction { db in
                    try User(name: "Alice").insert(db.database)
                    try db.database.execute(sql: statement)
                }
            }
            #expect(error?.resultCode == .SQLITE_ABORT)
            try await queue.client.startJobChain(Greet.self, input: "next")
            #expect(try await queue.waitingInputs() == ["\"next\""])
        }
    }

    /// Runs a body in a task that has no transaction open.
    private static func unboundTask<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        try await Task.detached { try await body() }.value
    }

    private static func close(_ writer: any DatabaseWriter) throws { try writer.close() }
}

/// Has the first commit fail as if somebody else kept the database busy.
private final class BusyCommit: TransactionObserver {
    private var isBusy = true

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseWillCommit() throws {
        defer { isBusy = false }
        if isBusy { throw DatabaseError(resultCode: .SQLITE_BUSY) }
    }
    func databaseDidCommit(_ database: Database) {}
    func databaseDidRollback(_ database: Database) {}
}

extension GRDBConnection {
    fileprivate var hasEffects: Bool { effects != nil }
    fileprivate func countUsers() throws -> Int { try User.fetchCount(database) }
}
#endif
