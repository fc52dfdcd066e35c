import Testing

@testable import QueuertPostgres

@Suite("Statements that a connection to PostgreSQL keeps prepared", .timeLimit(.minutes(20)))
struct PreparedStatementTests {
    private static let queries = (1...5).map { PostgresQuery("SELECT \($0)") }
    /// What they return, three times.
    private static let expected = [[Int32]](repeating: [1, 2, 3, 4, 5], count: 3)
    private static let few = PostgresPool.Configuration(maximumConnections: 1, statementCacheLimit: 2)

    @Test("are no more than may be, also where one round trip has more of them")
    func limit() async throws {
        try await TestDatabase.withPool(Self.few) { pool in
            let (numbers, kept) = try await pool.write { db in
                var numbers: [[Int32]] = []
                for _ in 0..<3 { numbers.append(try Self.numbers(db)) }
                return (numbers, try Self.keptByServer(db))
            }
            #expect(numbers == Self.expected)
            #expect(kept <= 2)
        }
    }

    @Test(
        "are forgotten only later by the server in a transaction that has failed, which does nothing any more",
        arguments: [("BEGIN", "ROLLBACK"), ("BEGIN; SAVEPOINT part", "ROLLBACK TO part")])
    func failedTransaction(_ beginning: String, _ end: String) async throws {
        try await TestDatabase.withPool(Self.few) { pool in
            let (failure, numbers, kept) = try await pool.withConnection { db in
                _ = try Self.numbers(db)
                try db.executeScript(beginning)
                #expect(throws: PostgresError.self) { try db.execute("SELECT 1/0") }
                var failure: PostgresError?
                do { _ = try Self.numbers(db) } catch let error as PostgresError { failure = error }
                try db.executeScript(end)
                var numbers: [[Int32]] = []
                for _ in 0..<3 { numbers.append(try Self.numbers(db)) }
                let kept = try Self.keptByServer(db)
                try db.executeScript("ROLLBACK")
                return (failure, numbers, kept)
            }
            #expect(failure?.code == .transactionFailed)
            #expect(numbers == Self.expected)
            #expect(kept <= 2)
            #expect(pool.connectionCount == 1)
        }
    }

    @Test("and that no longer fit their table fail once, and are prepared anew by the same connection")
    func changedTable() async throws {
        try await TestDatabase.withSchema(.init(maximumConnections: 1)) { pool, schema in
            let table = "\(schema).things"
            try await pool.write { db in
                try db.executeScript(
                    "CREATE SCHEMA \(schema); CREATE TABLE \(table) (id integer); INSERT INTO \(table) VALUES (1)")
            }
            @Sendable func read() async throws -> [String] {
                try await pool.read { db in try db.query("SELECT * FROM \(table)")[0].values.compactMap { $0 } }
            }
            @Sendable func process() async throws -> Int? {
                try await pool.read { db in try db.query("SELECT pg_backend_pid() AS pid")[0].int("pid") }
            }
            let before = try await process()
            #expect(try await read() == ["1"])
            try await pool.write { db in
                try db.executeScript("ALTER TABLE \(table) ADD COLUMN size integer DEFAULT 7")
            }
            let error = await #expect(throws: PostgresError.self) { _ = try await read() }
            #expect(error?.sqlState == "0A000")
            #expect(error?.code == .unsupported)
            #expect(try await read() == ["1", "7"])
            #expect(try await process() == before)
        }
    }

    /// What five statements return that are sent in one round trip.
    private static func numbers(_ db: isolated PostgresConnection) throws -> [Int32] {
        try db.session.run(queries.map { PostgresCommand(query: $0) }).compactMap { $0.first?.int32(0) }
    }

    /// How many statements the server keeps for the connection.
    private static func keptByServer(_ db: isolated PostgresConnection) throws -> Int {
        let query = PostgresQuery("SELECT count(*)::integer FROM pg_prepared_statements", isPrepared: false)
        return try db.session.run(query).first.map { Int($0.int32(0)) } ?? -1
    }
}
