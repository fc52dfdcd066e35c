import Queuert
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("A SQLite connection that is kept beyond the body that it was given to", .timeLimit(.minutes(2)))
struct LateUseTests {
    enum Note: EntryJobType {
        static let name = "note"
        typealias Input = Int
        typealias Output = Int
    }
    /// What gives a connection to a body.
    enum Access: CaseIterable { case write, withWriter, read }

    @Test("is refused, and nothing gets into the transaction that is open by then", arguments: Access.allCases)
    func late(_ access: Access) async throws {
        try await withQueue { client, pool in
            let (hasBegun, tellBegun) = AsyncStream<Void>.makeStream()
            let body: @Sendable (isolated SQLiteConnection) async throws -> Task<[String], Never> = { db in
                Task {
                    for await _ in hasBegun {}
                    return await Self.refusals(on: db, client)
                }
            }
            let late =
                switch access {
                case .write: try await pool.write(body)
                case .withWriter: try await pool.withWriter(body)
                case .read: try await pool.read(body)
                }
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
        Array(repeating: "transactionEnded", count: 5) + ["TransactionRequiredError"]

    /// Tries what a connection can do, and tells how each was refused.
    private static func refusals(
        on db: isolated SQLiteConnection, _ client: Client<SQLiteStateAdapter>
    ) async -> [String] {
        [
            refusal { _ = try db.execute("INSERT INTO t VALUES (7)") },
            refusal { try db.executeScript("INSERT INTO t VALUES (8)") },
            refusal { try db.execute("INSERT INTO t VALUES (?)", forEach: [9]) { $1.add($0) } },
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
        on db: isolated SQLiteConnection, _ client: Client<SQLiteStateAdapter>
    ) async -> String {
        do {
            _ = try await client.startJobChain(Note.self, input: 1, on: db)
            return "none"
        } catch {
            return name(error)
        }
    }

    private static func name(_ error: any Error) -> String {
        (error as? SQLiteError).map { "\($0.code)" } ?? "\(type(of: error))"
    }

    private static func values(_ pool: SQLitePool) async throws -> [Int] {
        try await pool.read { db in try db.query("SELECT v FROM t").compactMap { $0.int("v") } }
    }

    private func withQueue(_ body: (Client<SQLiteStateAdapter>, SQLitePool) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            let adapter = SQLiteStateAdapter(pool: pool)
            try await adapter.migrate()
            try await pool.write { db in _ = try db.execute("CREATE TABLE t (v)") }
            try await body(Client(adapter: adapter), pool)
            await pool.close()
        }
    }
}
