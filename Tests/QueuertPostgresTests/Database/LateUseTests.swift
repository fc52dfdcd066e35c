import Queuert
import QueuertPostgres
import Testing

@Suite("A PostgreSQL connection that is kept beyond the body that it was given to", .timeLimit(.minutes(20)))
struct LateUseTests {
    enum Note: EntryJobType {
        static let name = "note"
        typealias Input = Int
        typealias Output = Int
    }
    /// What gives a connection to a body.
    enum Access: CaseIterable { case write, withConnection, read }

    @Test("is refused, and nothing gets into the transaction that is open by then", arguments: Access.allCases)
    func late(_ access: Access) async throws {
        try await withQueue { client, pool in
            let (hasBegun, tellBegun) = AsyncStream<Void>.makeStream()
            let body: @Sendable (isolated PostgresConnection) async throws -> Task<[String], Never> = { db in
                Task {
                    for await _ in hasBegun {}
                    return await Self.refusals(on: db, client)
                }
            }
            let late =
                switch access {
                case .write: try await pool.write(body)
                case .withConnection: try await pool.withConnection(body)
                case .read: try await pool.read(body)
                }
            // The pool's only connection, so that it is the same one.
            let refusals = try await pool.write { db in
                try db.execute("INSERT INTO t VALUES (1)")
                tellBegun.finish()
                return await late.value
            }
            #expect(refusals == Self.allRefused)
            #expect(try await Self.values(pool) == [1])
            let counts = try await client.jobCounts()
            #expect(counts.isEmpty)
        }
    }

    @Test("is refused to a task that has no part in what is open, as a detached one")
    func detached() async throws {
        try await withQueue { client, pool in
            let refusals = try await pool.write { db in
                await Task.detached { await Self.refusals(on: db, client) }.value
            }
            #expect(refusals == Self.allRefused)
            #expect(try await Self.values(pool).isEmpty)
        }
    }

    private static let allRefused =
        Array(repeating: "transactionEnded", count: 4) + ["TransactionRequiredError"]

    /// Tries what a connection can do, and tells how each was refused.
    private static func refusals(
        on db: isolated PostgresConnection, _ client: Client<PostgresStateAdapter>
    ) async -> [String] {
        [
            refusal { _ = try db.execute("INSERT INTO t VALUES (7)") },
            refusal { try db.executeScript("INSERT INTO t VALUES (8)") },
            refusal { _ = try db.query("SELECT v FROM t") },
            refusal { try db.flushEffects() },
            await startRefusal(on: db, client),
        ]
    }

    private static func refusal(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "none"
        } catch {
            return name(error)
        }
    }

    private static func startRefusal(
        on db: isolated PostgresConnection, _ client: Client<PostgresStateAdapter>
    ) async -> String {
        do {
            _ = try await client.startJobChain(Note.self, input: 1, on: db)
            return "none"
        } catch {
            return name(error)
        }
    }

    private static func name(_ error: any Error) -> String {
        (error as? PostgresError).map { "\($0.code)" } ?? "\(type(of: error))"
    }

    private static func values(_ pool: PostgresPool) async throws -> [Int] {
        try await pool.read { db in try db.query("SELECT v FROM t ORDER BY v").compactMap { $0.int("v") } }
    }

    private func withQueue(
        _ body: @Sendable (Client<PostgresStateAdapter>, PostgresPool) async throws -> Void
    ) async throws {
        try await TestDatabase.withSchema(.init(maximumConnections: 1)) { pool, schema in
            let adapter = PostgresStateAdapter(pool: pool, schema: schema, logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            try await pool.write { db in _ = try db.execute("CREATE TEMPORARY TABLE t (v bigint)") }
            try await body(Client(adapter: adapter), pool)
        }
    }
}
