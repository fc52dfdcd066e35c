import Logging
import Queuert
import QueuertPostgres
import Testing

@Suite("Transactions on PostgreSQL that a user begins and ends by hand", .timeLimit(.minutes(20)))
struct ManualTransactionTests {
    enum Greet: EntryJobType {
        static let name = "greet"
        typealias Input = Int
        typealias Output = Int
    }
    private struct Boom: Error {}

    @Test("a chain that is started between BEGIN and COMMIT exists, and its workers are told at the flush")
    func commit() async throws {
        try await withClient { client, pool, told in
            let chain = try await pool.withConnection { db in
                try db.execute("BEGIN")
                let chain = try await client.startJobChain(Greet.self, input: 1, on: db)
                try db.execute("COMMIT")
                #expect(told.all.isEmpty)
                try db.flushEffects()
                #expect(told.all == ["greet"])
                return chain
            }
            #expect(try await client.jobs(ofChain: chain.id).count == 1)
        }
    }

    @Test("a chain that is started between BEGIN and ROLLBACK doesn't exist, and nobody is told")
    func rollback() async throws {
        try await withClient { client, pool, told in
            let chain = try await pool.withConnection { db in
                try db.execute("BEGIN")
                let chain = try await client.startJobChain(Greet.self, input: 1, on: db)
                try db.execute("ROLLBACK")
                try db.discardEffects()
                return chain
            }
            #expect(try await client.jobs(ofChain: chain.id).isEmpty)
            #expect(told.all.isEmpty)
        }
    }

    @Test("a chain can't be started before BEGIN or after COMMIT, by statement or script")
    func noTransaction() async throws {
        try await withClient { client, pool, _ in
            try await pool.withConnection { db in
                await #expect(throws: TransactionRequiredError.self) {
                    try await client.startJobChain(Greet.self, input: 1, on: db)
                }
                try db.executeScript("BEGIN; COMMIT")
                await #expect(throws: TransactionRequiredError.self) {
                    try await client.startJobChain(Greet.self, input: 1, on: db)
                }
                try db.executeScript("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                try db.executeScript("SELECT 1; END")
                try db.flushEffects()
            }
            #expect(try await client.jobCounts()["greet"]?.ready == 1)
        }
    }

    @Test("a forgotten flush is an error, and logged")
    func forgotten() async throws {
        try await withClient { client, pool, told in
            let error = await #expect(throws: ManualTransactionError.self) {
                try await pool.withConnection { db in
                    try db.execute("BEGIN")
                    try await client.startJobChain(Greet.self, input: 1, on: db)
                    try db.execute("COMMIT")
                }
            }
            #expect(error?.reason == .effectsForgotten)
            #expect(told.all.contains { $0.contains("flushEffects") })
        }
    }

    @Test("a forgotten flush is logged when the body throws something else, which is what is thrown")
    func forgottenAndThrown() async throws {
        try await withClient { client, pool, told in
            await #expect(throws: Boom.self) {
                try await pool.withConnection { db in
                    try db.execute("BEGIN")
                    try await client.startJobChain(Greet.self, input: 1, on: db)
                    try db.execute("COMMIT")
                    throw Boom()
                }
            }
            #expect(told.all.contains { $0.contains("flushEffects") })
        }
    }

    @Test(
        "where a flush or its counterpart is forgotten, workers and hooks are told how the transaction ended",
        arguments: ["COMMIT", "ROLLBACK"], [false, true])
    func toldAfterwards(_ end: String, bodyThrows: Bool) async throws {
        try await withClient { client, pool, told in
            try? await pool.withConnection { db in
                try db.execute("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                try client.addHook(on: db, onCommit: { told.add("committed") }, onRollback: { told.add("undone") })
                try db.execute(end)
                #expect(told.all.isEmpty)
                if bodyThrows { throw Boom() }
            }
            let events = told.all.filter { !$0.contains("flushEffects") }
            #expect(events == (end == "COMMIT" ? ["committed", "greet"] : ["undone"]))
            let waiting = try await client.jobCounts()["greet"]?.ready
            #expect(waiting == (end == "COMMIT" ? 1 : nil))
        }
    }

    @Test("a second BEGIN before the flush is refused, and so is a transaction that follows by itself")
    func secondBegin() async throws {
        try await withClient { client, pool, _ in
            try await pool.withConnection { db in
                try db.execute("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                let refused = #expect(throws: PostgresError.self) { try db.execute("COMMIT AND CHAIN") }
                #expect(refused?.code == .unsupported)
                try db.execute("COMMIT")
                let error = #expect(throws: ManualTransactionError.self) { try db.execute("BEGIN") }
                #expect(error?.reason == .effectsForgotten)
                #expect(
                    #expect(throws: ManualTransactionError.self) { try db.executeScript("BEGIN; COMMIT") }?.reason
                        == .effectsForgotten)
                try db.flushEffects()
                try db.executeScript("BEGIN; COMMIT")
            }
        }
    }

    @Test(
        "a script that would end the transaction and begin the next is refused before the flush, and not run",
        arguments: ["COMMIT AND CHAIN", "SELECT 1; ROLLBACK AND CHAIN"])
    func chainedScript(_ script: String) async throws {
        try await withClient { client, pool, told in
            try await pool.withConnection { db in
                try db.executeScript("BEGIN; \(script)")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                let error = #expect(throws: ManualTransactionError.self) { try db.executeScript(script) }
                #expect(error?.reason == .effectsForgotten)
                try db.execute("COMMIT")
                try db.flushEffects()
            }
            #expect(told.all == ["greet"])
            #expect(try await client.jobCounts()["greet"]?.ready == 1)
        }
    }

    @Test("a flush is refused while the transaction is open, after a rollback, and where the pool has begun it")
    func wrongFlush() async throws {
        try await withClient { client, pool, _ in
            try await pool.withConnection { db in
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

    @Test("a discard is refused after a commit, which the flush still tells of")
    func wrongDiscard() async throws {
        try await withClient { client, pool, told in
            try await pool.withConnection { db in
                try db.executeScript("BEGIN; ROLLBACK")
                try db.execute("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                try db.execute("COMMIT")
                #expect(#expect(throws: ManualTransactionError.self) { try db.discardEffects() }?.reason == .committed)
                #expect(told.all.isEmpty)
                try db.flushEffects()
                #expect(told.all == ["greet"])
                // Nothing waits, so that nothing gets lost.
                try db.discardEffects()
            }
        }
    }

    @Test("a COMMIT that rolls back, since a statement had failed or a constraint is violated, is noticed")
    func failedCommit() async throws {
        try await withClient { client, pool, told in
            try await pool.withConnection { db in
                try db.execute("BEGIN")
                try await client.startJobChain(Greet.self, input: 1, on: db)
                #expect(throws: PostgresError.self) { try db.execute("SELECT 1/0") }
                try db.execute("COMMIT")
                #expect(#expect(throws: ManualTransactionError.self) { try db.flushEffects() }?.reason == .rolledBack)
                try db.discardEffects()
                try db.executeScript(
                    """
                    BEGIN; CREATE TEMPORARY TABLE twice (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP;
                    INSERT INTO twice VALUES (1), (1)
                    """)
                try await client.startJobChain(Greet.self, input: 1, on: db)
                #expect(#expect(throws: PostgresError.self) { try db.execute("COMMIT") }?.code == .constraint)
                #expect(#expect(throws: ManualTransactionError.self) { try db.flushEffects() }?.reason == .rolledBack)
                try db.discardEffects()
            }
            #expect(told.all.isEmpty)
            let counts = try await client.jobCounts()
            #expect(counts.isEmpty)
        }
    }

    @Test("a transaction that is left open is rolled back, and an error")
    func leftOpen() async throws {
        try await withClient { client, pool, told in
            let error = await #expect(throws: ManualTransactionError.self) {
                try await pool.withConnection { db in
                    try db.execute("BEGIN")
                    try await client.startJobChain(Greet.self, input: 1, on: db)
                }
            }
            #expect(error?.reason == .leftOpen)
            #expect(!told.all.contains("greet"))
            let counts = try await client.jobCounts()
            #expect(counts.isEmpty)
        }
    }

    @Test("savepoints work in it, and transactions inside it are refused")
    func nesting() async throws {
        try await withClient { client, pool, told in
            try await pool.withConnection { db in
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
            #expect(told.all.isEmpty)
        }
    }

    private func withClient(
        _ body: @Sendable (Client<PostgresStateAdapter>, PostgresPool, NotedTexts) async throws -> Void
    ) async throws {
        let told = NotedTexts()
        let logger = Logger(label: "test") { _ in NotedLog(texts: told) }
        try await TestDatabase.withSchema(.init(maximumConnections: 3), logger: logger) { pool, schema in
            let adapter = PostgresStateAdapter(pool: pool, schema: schema, logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            told.clear()
            try await body(
                Client(adapter: adapter, notify: ToldTypes(texts: told), logger: TestDatabase.quietLogger), pool, told)
            try await expectInvariants(pool, schema: schema)
        }
    }
}

/// Notes the types that are due.
private struct ToldTypes: NotifyAdapter {
    let texts: NotedTexts

    func send(_ hint: WakeHint) { for typeName in hint.dueTypes { texts.add(typeName) } }

    func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        try await body()
    }
}
