import Logging
import Queuert
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("Transactions that a user begins and ends by hand") struct ManualTransactionTests {
    enum Greet: EntryJobType {
        static let name = "greet"
        typealias Input = Int
        typealias Output = Int
    }
    private struct Boom: Error {}

    @Test("a chain that is started between BEGIN and COMMIT exists, and its workers are told at the flush")
    func commit() async throws {
        try await withClient { client, pool, told in
            let chain = try await pool.withWriter { db in
                try db.execute("BEGIN IMMEDIATE")
                let chain = try await client.startJobChain(Greet.self, input: 1, on: db)
                try db.execute("COMMIT")
                #expect(told.events.isEmpty)
                try db.flushEffects()
                #expect(told.events == ["greet"])
                return chain
            }
            #expect(try await client.jobs(ofChain: chain.id).count == 1)
        }
    }

    @Test("a chain that is started between BEGIN and ROLLBACK doesn't exist, and nobody is told")
    func rollback() async throws {
        try await withClient { client, pool, told in
            let chain = try await pool.withWriter { db in
                try db.execute("BEGIN")
                let chain = try await client.startJobChain(Greet.self, input: 1, on: db)
                try db.execute("ROLLBACK")
                try db.discardEffects()
                return chain
            }
            #expect(try await client.jobs(ofChain: chain.id).isEmpty)
            #expect(told.events.isEmpty)
        }
    }

    @Test("a chain can't be started before BEGIN or after COMMIT")
    func noTransaction() async throws {
        try await withClient { client, pool, _ in
            try await pool.withWriter { db in
                await #expect(throws: TransactionRequiredError.self) {
                    try await client.startJobChain(Greet.self, input: 1, on: db)
                }
                try db.executeScript("BEGIN; COMMIT")
                await #expect(throws: TransactionRequiredError.self) {
                    try await client.startJobChain(Greet.self, input: 1, on: db)
                }
            }
        }
    }

    @Test("a forgotten flush is an error, and logged")
    func forgotten() async throws {
        try await withClient { client, pool, told in
            let error = await #expect(throws: ManualTransactionError.self) {
                try await pool.withWriter { db in
                    try db.execute("BEGIN")
                    try await client.startJobChain(Greet.self, input: 1, on: db)
                    try db.execute("COMMIT")
                }
            }
            #expect(error?.reason == .effectsForgotten)
            #expect(told.events.contains { $0.contains("flushEffects") })
        }
    }

    @Test("a forgotten flush is logged when the body throws something else, which is what is thrown")
    func forgottenAndThrown() async throws {
        try await withClient { client, pool, told in
            await #expect(throws: Boom.self) {
                try await pool.withWriter { db in
                    try db.execute("BEGIN")
                    try await client.startJobChain(Greet.self, input: 1, on: db)
                    try db.execute("COMMIT")
                    throw Boom()
                }
            }
            #expect(told.events.contains { $0.contains("flushEffects") })
        }
    }

    @Test(
        "where a flush or its counterpart is forgotten, workers and hooks are told how the transaction ended",
        arguments: ["COMMIT", "ROLLBACK"], [false, true])
    func toldAfterwards(_ end: String, bodyThrows: Bool) async throws {
        try await withClient { client, pool, told in
            try? await pool.withWriter { db in
                try db.execute("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                try client.addHook(on: db, onCommit: { told.add("committed") }, onRollback: { told.add("undone") })
                try db.execute(end)
                #expect(told.events.isEmpty)
                if bodyThrows { throw Boom() }
            }
            let events = told.events.filter { !$0.contains("flushEffects") }
            #expect(events == (end == "COMMIT" ? ["committed", "greet"] : ["undone"]))
            let waiting = try await client.jobCounts()["greet"]?.ready
            #expect(waiting == (end == "COMMIT" ? 1 : nil))
        }
    }

    @Test("a statement that fails after COMMIT, and is no part of a transaction, keeps nothing from the flush")
    func failureAfterCommit() async throws {
        try await withClient { client, pool, told in
            try await pool.withWriter { db in
                try db.executeScript("CREATE TABLE once (v UNIQUE); INSERT INTO once VALUES (1)")
                let twice = "INSERT INTO once VALUES (1)"
                // Also by a statement that is prepared already.
                #expect(throws: SQLiteError.self) { try db.execute(twice) }
                try db.execute("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                try db.execute("COMMIT")
                #expect(throws: SQLiteError.self) { try db.execute(twice) }
                #expect(throws: SQLiteError.self) { try db.executeScript("SELECT 1; \(twice)") }
                try db.flushEffects()
            }
            #expect(told.events == ["greet"])
        }
    }

    @Test("what SQLite itself rolls back is not flushed, also when statements come after it")
    func rollbackBySQLite() async throws {
        try await withClient { client, pool, told in
            try await pool.withWriter { db in
                try db.executeScript("CREATE TABLE once (v UNIQUE); INSERT INTO once VALUES (1)")
                try db.execute("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                #expect(throws: SQLiteError.self) { try db.execute("INSERT OR ROLLBACK INTO once VALUES (1)") }
                try db.execute("INSERT INTO once VALUES (2)")
                #expect(#expect(throws: ManualTransactionError.self) { try db.flushEffects() }?.reason == .rolledBack)
                try db.discardEffects()
            }
            #expect(told.events.isEmpty)
        }
    }

    @Test("a second BEGIN before the flush is refused")
    func secondBegin() async throws {
        try await withClient { client, pool, _ in
            try await pool.withWriter { db in
                try db.execute("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                try db.execute("COMMIT")
                let error = #expect(throws: ManualTransactionError.self) { try db.execute("BEGIN") }
                #expect(error?.reason == .effectsForgotten)
                try db.flushEffects()
                try db.executeScript("BEGIN; COMMIT")
            }
        }
    }

    @Test("a flush is refused while the transaction is open, after a rollback, and where the pool has begun it")
    func wrongFlush() async throws {
        try await withClient { client, pool, _ in
            try await pool.withWriter { db in
                try db.execute("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                #expect(#expect(throws: ManualTransactionError.self) { try db.flushEffects() }?.reason == .stillOpen)
                #expect(#expect(throws: ManualTransactionError.self) { try db.discardEffects() }?.reason == .stillOpen)
                try db.execute("ROLLBACK")
                #expect(#expect(throws: ManualTransactionError.self) { try db.flushEffects() }?.reason == .rolledBack)
                try db.discardEffects()
            }
            try await pool.write { db in
                #expect(#expect(throws: ManualTransactionError.self) { try db.flushEffects() }?.reason == .notManual)
            }
        }
    }

    @Test("effects of what was committed are not discarded")
    func wrongDiscard() async throws {
        try await withClient { client, pool, told in
            try await pool.withWriter { db in
                // One that was rolled back before changes nothing.
                try db.executeScript("BEGIN; ROLLBACK")
                try db.execute("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                try db.execute("COMMIT")
                #expect(#expect(throws: ManualTransactionError.self) { try db.discardEffects() }?.reason == .committed)
                #expect(told.events.isEmpty)
                try db.flushEffects()
                #expect(told.events == ["greet"])
                // Nothing waits, so that nothing gets lost.
                try db.discardEffects()
            }
        }
    }

    @Test("a transaction that is left open is rolled back, and an error")
    func leftOpen() async throws {
        try await withClient { client, pool, told in
            let error = await #expect(throws: ManualTransactionError.self) {
                try await pool.withWriter { db in
                    try db.execute("BEGIN")
                    try await client.startJobChain(Greet.self, input: 1, on: db)
                }
            }
            #expect(error?.reason == .leftOpen)
            #expect(!told.events.contains("greet"))
            try await pool.write { db in
                let rows = try db.query("SELECT count(*) AS n FROM queuert_job")
                #expect(rows[0].int("n") == 0)
            }
        }
    }

    @Test("savepoints work in it, and transactions inside it are refused")
    func nesting() async throws {
        try await withClient { client, pool, told in
            try await pool.withWriter { db in
                try db.execute("BEGIN")
                await #expect(throws: Boom.self) {
                    try await client.withSavepoint(on: db) {
                        try await client.startJobChain(Greet.self, input: 1, on: db)
                        throw Boom()
                    }
                }
                await #expect(throws: NestedTransactionError.self) { try await pool.write { _ in } }
                try db.execute("COMMIT")
                try db.flushEffects()
            }
            #expect(told.events.isEmpty)
        }
    }

    private func withClient(
        _ body: (Client<SQLiteStateAdapter>, SQLitePool, EventLog) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let told = EventLog()
            let logger = Logger(label: "test") { _ in LoggedTexts(log: told) }
            var quiet = logger
            quiet.logLevel = .critical
            let pool = try await SQLitePool(path: folder + "/db.sqlite", logger: logger)
            let adapter = SQLiteStateAdapter(pool: pool, logger: quiet)
            try await adapter.migrate()
            try await body(Client(adapter: adapter, notify: ToldTypes(log: told)), pool, told)
            await pool.close()
        }
    }
}

/// Notes the types that are due.
private struct ToldTypes: NotifyAdapter {
    let log: EventLog

    func send(_ hint: WakeHint) { for typeName in hint.dueTypes { log.add(typeName) } }

    func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        try await body()
    }
}
