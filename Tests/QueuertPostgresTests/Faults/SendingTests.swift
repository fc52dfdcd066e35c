import Queuert
import QueuertPostgres
import Testing

/// A job with an input of any length.
private enum Note: EntryJobType {
    static let name = "note"
    typealias Input = String
    typealias Output = Int
}

@Suite("What is sent to PostgreSQL and not taken at once", .timeLimit(.minutes(20))) struct SendingTests {
    /// So many are written by COPY, and are more than sockets keep.
    private static let notes = (0..<500).map { _ in NewChain(Note.self, input: String(repeating: "n", count: 10_000)) }

    @Test("a COPY that nobody takes is given up, nothing of it is written, and another connection is used")
    func deafness() async throws {
        try await withProxy(.init(maximumConnections: 1, answerTimeout: .seconds(2))) { pool, proxy in
            try await withFaultyQueue(pool) { client, _, throughput in
                proxy.set(.deafness(after: "FROM STDIN"))
                let error = await #expect(throws: PostgresError.self) { try await client.startJobChains(Self.notes) }
                #expect(error?.code == .noAnswer)
                #expect(proxy.losses == 1)
                #expect(try await client.jobCounts()["note"] == nil)
                try await client.startJobChains(Self.notes)
                #expect(try await client.jobCounts()["note"]?.ready == Self.notes.count)
                #expect(pool.connectionCount == 1)
                try await throughput.expectRecovery()
            }
        }
    }

    @Test("a user's statement that nobody takes is given up as well, since the server waits for the rest of it")
    func deafnessToUser() async throws {
        try await withProxy(.init(maximumConnections: 1, answerTimeout: .seconds(2))) { pool, proxy in
            try await withQueue(pool) { _, table in
                let insertion = "INSERT INTO \(table.schema).stored SELECT length($1::text)"
                proxy.set(.deafness(after: insertion))
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.write { db in
                        try db.execute(insertion, [String(repeating: "n", count: 4_000_000)])
                    }
                }
                #expect(error?.code == .noAnswer)
                #expect(proxy.losses == 1)
                let stored = try await table.stored()
                #expect(stored.isEmpty)
            }
        }
    }

    @Test("much that is sent at once arrives, piece by piece or as a whole", arguments: [4_000_000, 20_000_000])
    func much(_ count: Int) async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            let length = try await pool.write { db in
                try db.query("SELECT length($1::text) AS n", [String(repeating: "n", count: count)])[0].int("n")
            }
            #expect(length == count)
        }
    }

    @Test("what the server says meanwhile is taken in, or both would wait for each other")
    func notices() async throws {
        try await withTrigger("RAISE NOTICE '%', repeat('x', 10000);") { client, _ in
            try await client.startJobChains(Self.notes)
            #expect(try await client.jobCounts()["note"]?.ready == Self.notes.count)
        }
    }

    @Test("an error in the midst of a COPY is told when all is sent, and the connection goes on")
    func refused() async throws {
        try await withTrigger("IF NEW.type_name = 'note' THEN RAISE EXCEPTION 'refused'; END IF;") { client, pool in
            let process = try await Self.process(of: pool)
            let error = await #expect(throws: PostgresError.self) { try await client.startJobChains(Self.notes) }
            #expect(error?.sqlState == "P0001")
            try await client.startJobChain(Store.self, input: 1)
            let counts = try await client.jobCounts()
            #expect(counts["note"] == nil)
            #expect(counts["store"]?.ready == 1)
            #expect(try await Self.process(of: pool) == process)
        }
    }

    /// Runs a body with a queue where the server does something before it writes a job.
    private func withTrigger(
        _ statement: String, _ body: @Sendable (Client<PostgresStateAdapter>, PostgresPool) async throws -> Void
    ) async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            try await withQueue(pool) { client, table in
                try await pool.write { db in
                    try db.executeScript(
                        """
                        CREATE FUNCTION \(table.schema).before_job() RETURNS trigger LANGUAGE plpgsql AS
                            $$ BEGIN \(statement) RETURN NEW; END $$;
                        CREATE TRIGGER before_job BEFORE INSERT ON \(table.schema).queuert_job
                            FOR EACH ROW EXECUTE FUNCTION \(table.schema).before_job();
                        """)
                }
                try await body(client, pool)
            }
        }
    }

    private static func process(of pool: PostgresPool) async throws -> Int? {
        try await pool.read { db in try db.query("SELECT pg_backend_pid() AS pid")[0].int("pid") }
    }
}
