import Testing

@testable import QueuertPostgres

/// A way to run a statement.
enum StatementWay: CaseIterable, Sendable {
    case execute, query, script

    func run(_ sql: String, on db: isolated PostgresConnection) throws {
        switch self {
        case .execute: _ = try db.execute(sql)
        case .query: _ = try db.query(sql)
        case .script: try db.executeScript("SELECT 1; \(sql)")
        }
    }
}

/// What the body of a transaction does beside a statement that is refused.
private enum RefusedBody: CaseIterable, Sendable {
    case alone, afterOthers, goesOn, goesOnAfterOthers
}

@Suite("Statements that PostgreSQL can't be given as they are", .timeLimit(.minutes(20)))
struct MistakenStatementTests {
    @Test("those with more parameters than it takes are refused, and the connection goes on")
    func parameters() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            let before = try await Self.process(of: pool)
            let error = await #expect(throws: PostgresError.self) {
                try await pool.write { db in _ = try db.query("SELECT 1", Self.ones(65_536)) }
            }
            #expect(error?.code == .wrongParameters)
            #expect(error.map { "\($0)".contains("unnest") } == true)
            #expect(try await Self.process(of: pool) == before)
        }
        #expect(try PostgresParameters(Self.ones(65_535)).count == 65_535)
    }

    @Test(
        "COPY from or to the client is refused, its transaction fails whatever the body does, and another one works",
        arguments: StatementWay.allCases, ["FROM STDIN", "TO STDOUT"])
    func copy(_ way: StatementWay, _ direction: String) async throws {
        try await TestDatabase.withSchema(.init(maximumConnections: 1)) { pool, schema in
            let table = "\(schema).numbers"
            try await pool.write { db in
                try db.executeScript("CREATE SCHEMA \(schema); CREATE TABLE \(table) (number integer)")
            }
            for body in RefusedBody.allCases {
                let error = await #expect(throws: PostgresError.self, "\(body)") {
                    try await pool.write { db in
                        if body == .afterOthers || body == .goesOnAfterOthers {
                            try db.execute("INSERT INTO \(table) VALUES (1)")
                        }
                        do {
                            try way.run("COPY \(table) \(direction)", on: db)
                        } catch {
                            if body == .alone || body == .afterOthers { throw error }
                        }
                    }
                }
                #expect(error?.code == .unsupported, "\(body)")
                #expect(error.map { "\($0)".contains("COPY") } == true, "\(body)")
                let count = try await pool.write { db in
                    try db.query("SELECT count(*) AS n FROM \(table)")[0].int("n")
                }
                #expect(count == 0, "\(body)")
            }
        }
    }

    private static func ones(_ count: Int) -> [(any PostgresBindable)?] {
        var values: [(any PostgresBindable)?] = []
        for _ in 0..<count { values.append(1) }
        return values
    }

    private static func process(of pool: PostgresPool) async throws -> Int? {
        try await pool.write { db in try db.query("SELECT pg_backend_pid() AS pid")[0].int("pid") }
    }
}
