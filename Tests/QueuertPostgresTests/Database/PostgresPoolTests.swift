import Foundation
import Logging
import Queuert
import Testing

@testable import QueuertPostgres

@Suite("A pool of PostgreSQL connections", .timeLimit(.minutes(20))) struct PostgresPoolTests {
    @Test("values of all kinds come back as they were given")
    func values() async throws {
        try await TestDatabase.withPool { pool in
            let id = UUID()
            let date = Date(timeIntervalSince1970: 1_234_567_890.123456)
            let bytes: [UInt8] = [0, 1, 0x5c, 0x27, 255]
            let row = try await pool.write { db in
                try db.query(
                    """
                    SELECT $1::int AS i, $2::bigint AS l, $3::double precision AS d, $4::text AS t, $5::boolean AS b,
                        $6::bytea AS x, $7::uuid AS u, $8::timestamptz AS at, $9::numeric AS n, $10::text[] AS a,
                        $11::int AS nothing, $12::date AS day, '294247-01-09'::date AS late,
                        '294248-01-01'::date AS later, '5874897-12-31'::date AS last, '999999999-12-31' AS none
                    """,
                    [
                        17, Int64.min, 0.1, "ä'\"\\", true, Data(bytes), id, date, Decimal(string: "12.34000"),
                        ["a,b", "\"", "\\", "{}", ""], nil, "0044-03-15 BC",
                    ])[0]
            }
            #expect(row.int("i") == 17)
            #expect(row.int64("l") == .min)
            #expect(row.double("d") == 0.1)
            #expect(row.text("t") == "ä'\"\\")
            #expect(row.bool("b") == true)
            #expect(row.bytes("x") == bytes)
            #expect(row.uuid("u") == id)
            #expect(abs((row.date("at") ?? .distantPast).timeIntervalSince(date)) < 0.000_002)
            #expect(row.decimal("n") == Decimal(string: "12.34"))
            #expect(row.text("a") == #"{"a,b","\"","\\","{}",""}"#)
            #expect(row.int("nothing") == nil)
            #expect(row.text("day") == "0044-03-15 BC")
            #expect(row.date("day")?.timeIntervalSince1970 == -63517824000)
            #expect(row.date("late")?.timeIntervalSince1970 == 9_223_371_936_000)
            for column in ["later", "last", "none"] { #expect(row.date(column) == nil) }
        }
    }

    @Test("values that PostgreSQL can't hold are refused: text with NUL, and moments that are none or too far away")
    func refusedValues() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            func expectRefusal(of value: any PostgresBindable & Sendable, as type: String) async {
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.write { db in _ = try db.query("SELECT $1::\(type) AS value", [value]) }
                }
                #expect(error?.code == .wrongParameters)
            }
            await expectRefusal(of: "a\0b", as: "text")
            await expectRefusal(of: ["a\0b"], as: "text[]")
            for seconds in [Double.nan, .infinity, -1e300, 1e15, -1e12] {
                await expectRefusal(of: Date(timeIntervalSince1970: seconds), as: "timestamptz")
            }
            let seven = try await pool.read { db in try db.query("SELECT 7 AS n")[0].int("n") }
            #expect(seven == 7)
        }
    }

    @Test("a transaction commits when its body returns, and leaves nothing when it throws")
    func transactions() async throws {
        try await withTable { pool, table in
            struct Undo: Error {}
            try await pool.write { db in _ = try db.execute("INSERT INTO \(table) VALUES (1)") }
            await #expect(throws: Undo.self) {
                try await pool.write { db in
                    try db.execute("INSERT INTO \(table) VALUES (2)")
                    throw Undo()
                }
            }
            #expect(try await numbers(pool, table) == [1])
        }
    }

    @Test("a transaction that went on after an error is not committed, and says why")
    func swallowedError() async throws {
        try await withTable { pool, table in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.write { db in
                    try db.execute("INSERT INTO \(table) VALUES (1)")
                    _ = try? db.execute("INSERT INTO \(table) VALUES (1)")
                }
            }
            #expect(error?.code == .constraint)
            let stored = try await numbers(pool, table)
            #expect(stored.isEmpty)
        }
    }

    @Test("statements that begin or end transactions or savepoints are refused, and a script that ends one is noticed")
    func transactionStatements() async throws {
        try await withTable { pool, table in
            for sql in [
                "COMMIT", " -- now\n/* or /* never */ */ rollback", "BEGIN", "START TRANSACTION", "end", "ABORT",
                "PREPARE TRANSACTION 'x'", "ROLLBACK WORK", ";commit", "savepoint mine", "RELEASE mine",
                "ROLLBACK TO mine", "ROLLBACK WORK TO SAVEPOINT mine",
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.write { db in
                        try db.execute("INSERT INTO \(table) VALUES (1)")
                        try db.execute(sql)
                    }
                }
                #expect(error?.code == .transactionEnded, "\(sql)")
            }
            #expect(try await numbers(pool, table).isEmpty)
            let error = await #expect(throws: PostgresError.self) {
                try await pool.write { db in try db.executeScript("SELECT 1; COMMIT; SELECT 2") }
            }
            #expect(error?.code == .transactionEnded)
            // Who begins transactions by hand may have savepoints.
            try await pool.withConnection { db in
                try db.execute("BEGIN")
                try db.execute("SAVEPOINT mine")
                try db.execute("INSERT INTO \(table) VALUES (1)")
                try db.execute("ROLLBACK TO mine")
                try db.execute("INSERT INTO \(table) VALUES (2)")
                try db.execute("COMMIT")
            }
            #expect(try await numbers(pool, table) == [2])
        }
    }

    @Test(
        "a script that ends the transaction is noticed, and what it or the body writes after that is not kept",
        arguments: [
            "COMMIT; BEGIN; INSERT", "END; START TRANSACTION; INSERT", "ROLLBACK; BEGIN; INSERT",
            "COMMIT AND CHAIN; INSERT", "BEGIN; INSERT", "COMMIT; BEGIN; SELECT 1/0; INSERT", "COMMIT",
            "ROLLBACK AND CHAIN; INSERT", "SELECT 1 /* ; */; -- ;\nabort work /* ; */ and\nchain; INSERT",
        ], [true, false])
    func scripts(_ script: String, _ goesOn: Bool) async throws {
        try await withTable { pool, table in
            let script = script.replacing("INSERT", with: "INSERT INTO \(table) VALUES (1)")
            let error = await #expect(throws: PostgresError.self) {
                try await pool.write { db in
                    _ = try db.query("SELECT 1")
                    do {
                        try db.executeScript(script)
                    } catch {
                        if !goesOn { throw error }
                        try? db.executeScript("INSERT INTO \(table) VALUES (2)")
                    }
                }
            }
            #expect(error?.code == .transactionEnded)
            let stored = try await numbers(pool, table)
            #expect(stored.isEmpty)
            // Nothing is open on the connection.
            try await pool.write { db in _ = try db.execute("INSERT INTO \(table) VALUES (3)") }
            #expect(try await numbers(pool, table) == [3])
        }
    }

    @Test("a script that undoes a savepoint of its own goes on, whatever words it quotes")
    func savepointInScript() async throws {
        try await withTable { pool, table in
            try await pool.write { db in
                try db.execute("INSERT INTO \(table) VALUES (1)")
                try db.executeScript(
                    """
                    SAVEPOINT mine; INSERT INTO \(table) VALUES (2); ROLLBACK TO mine;
                    DO $body$ BEGIN PERFORM $$; ROLLBACK AND CHAIN$$; END $body$; SELECT '; ROLLBACK AND CHAIN'
                    """)
                try db.execute("INSERT INTO \(table) VALUES (3)")
            }
            #expect(try await numbers(pool, table) == [1, 3])
        }
    }

    @Test("a read sees one state, and can't write")
    func reads() async throws {
        try await withTable { pool, table in
            let counts = try await pool.read { db in
                let before = try db.query("SELECT count(*) AS n FROM \(table)")[0].int("n")
                try await Task.detached {
                    try await pool.write { db in _ = try db.execute("INSERT INTO \(table) VALUES (1)") }
                }.value
                return [before, try db.query("SELECT count(*) AS n FROM \(table)")[0].int("n")]
            }
            #expect(counts == [0, 0])
            let error = await #expect(throws: PostgresError.self) {
                try await pool.read { db in _ = try db.execute("INSERT INTO \(table) VALUES (2)") }
            }
            #expect(error?.code == .readOnly)
        }
    }

    @Test("a read of a task that has outlived its transaction is no part of the next one on the same connection")
    func outlivedTransaction() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            let (ended, end) = AsyncStream.makeStream(of: Void.self)
            let reading = try await pool.write { db in
                Task {
                    for await _ in ended {}
                    return await db.readInOpenTransaction(of: pool) { _ in 7 }
                }
            }
            try await pool.write { _ in
                end.finish()
                let isPart = await reading.value != nil
                #expect(!isPart)
            }
        }
    }

    @Test("a connection that does not write is not kept, unless it was only to read")
    func readOnlyConnections() async throws {
        try await withTable { pool, table in
            @Sendable func process() async throws -> Int? {
                try await pool.read { db in try db.query("SELECT pg_backend_pid() AS pid")[0].int("pid") }
            }
            @Sendable func insert(_ number: Int) async throws {
                try await pool.write { db in _ = try db.execute("INSERT INTO \(table) VALUES ($1)", [number]) }
            }
            let first = try await process()
            await #expect(throws: PostgresError.self) {
                try await pool.read { db in _ = try db.execute("INSERT INTO \(table) VALUES (1)") }
            }
            #expect(try await process() == first)
            // As where the session began on a server that was a standby, or was not to write.
            try await pool.write { db in _ = try db.execute("SET default_transaction_read_only = on") }
            let error = await #expect(throws: PostgresError.self) { try await insert(2) }
            #expect(error?.code == .readOnly)
            try await insert(3)
            #expect(try await process() != first)
            #expect(try await numbers(pool, table) == [3])
        }
    }

    @Test("errors tell the kind, the code and the constraint, and never a value")
    func errors() async throws {
        try await withTable { pool, table in
            func failure(_ sql: String, _ parameters: [(any PostgresBindable & Sendable)?] = []) async -> PostgresError?
            {
                await #expect(throws: PostgresError.self) {
                    try await pool.write { db in
                        try db.execute("INSERT INTO \(table) VALUES (4711)")
                        try db.execute(sql, parameters)
                    }
                }
            }
            let double = await failure("INSERT INTO \(table) VALUES ($1)", [4711])
            #expect(double?.code == .constraint)
            #expect(double?.sqlState == "23505")
            #expect(double?.constraint == "numbers_pkey")
            let wrong = await failure("SELECT $1::int", ["secret-4711"])
            #expect(wrong?.code == .wrongParameters)
            let missing = await failure("SELECT * FROM nowhere")
            #expect(missing?.code == .missing)
            #expect(missing.map { String(reflecting: $0).contains("nowhere") } == true)
            var raised: [PostgresError?] = []
            for code in ["P0001", "AB123", "42501"] {
                let error = await failure(
                    "DO $$ BEGIN RAISE EXCEPTION 'secret-%', 4000 + 711 USING ERRCODE = '\(code)'; END $$")
                #expect(error?.sqlState == code)
                raised.append(error)
            }
            for error in [double, wrong] + raised {
                let error = try #require(error)
                for text in ["\(error)", String(reflecting: error)] { #expect(!text.contains("4711"), "\(text)") }
            }
        }
    }

    @Test("what a user may not do is told as such, with what to grant it")
    func permission() async throws {
        try await withTable { pool, table in
            let role = TestDatabase.makeSchemaName()
            try await pool.write { db in _ = try db.execute("CREATE ROLE \(role) LOGIN") }
            let address = try TestDatabase.address().replacing(/user=\w+/, with: "user=\(role)")
            let error = await #expect(throws: PostgresError.self) {
                try await TestDatabase.withFurtherPool(address: address) { other in
                    _ = try await other.read { db in try db.query("SELECT number FROM \(table)") }
                }
            }
            try await pool.write { db in _ = try db.execute("DROP ROLE \(role)") }
            #expect(error?.code == .permission)
            #expect(error?.sqlState == "42501")
            #expect(error?.hint.contains("GRANT") == true)
        }
    }

    @Test(
        "a statement whose task is cancelled is ended, at the server or on its way to it, and the connection goes on",
        arguments: [true, false])
    func cancellation(_ isAtServer: Bool) async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            let (begun, begin) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await pool.write { db in
                    begin.finish()
                    _ = try db.query("SELECT pg_sleep(600)")
                }
            }
            for await _ in begun {}
            if isAtServer {
                try await TestDatabase.withFurtherPool { other in
                    while try await other.read({ db in
                        try db.query("SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'").isEmpty
                    }) {}
                }
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await pool.read { db in try db.query("SELECT 7 AS n")[0].int("n") } == 7)
            #expect(pool.connectionCount == 1)
        }
    }

    @Test("a task that was cancelled before it reads asks the server for nothing")
    func cancelledBefore() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            let roundTrips = pool.roundTripCount
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                _ = try await pool.read { db in try db.query("SELECT pg_sleep(600)") }
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(pool.roundTripCount == roundTrips)
        }
    }

    @Test("a statement that runs into the server's timeout fails as cancelled, though nobody cancelled it")
    func statementTimeout() async throws {
        let address = try TestDatabase.address() + " options='-c statement_timeout=30ms'"
        try await TestDatabase.withPool(address: address) { pool in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.write { db in _ = try db.query("SELECT pg_sleep(600)") }
            }
            #expect(error?.code == .cancelled)
        }
    }

    @Test("a transaction that conflicts with another is run again if that is asked for")
    func conflicts() async throws {
        try await withTable { pool, table in
            try await pool.write { db in _ = try db.execute("INSERT INTO \(table) VALUES (0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await pool.write(isolation: .serializable, retries: 1_000) { db in
                            let number = try db.query("SELECT number FROM \(table)")[0].int("number") ?? 0
                            try db.execute("UPDATE \(table) SET number = $1", [number + 1])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await numbers(pool, table) == [8])
        }
    }

    @Test("what can't be connected to is told without the password")
    func refused() async throws {
        let error = await #expect(throws: PostgresError.self) {
            _ = try await PostgresPool(
                "host=/nowhere user=me password=secret-4711",
                configuration: .init(acquisitionTimeout: .milliseconds(50)), logger: TestDatabase.quietLogger)
        }
        #expect(error?.code == .cannotConnect)
        #expect(error.map { String(reflecting: $0).contains("4711") } == false)
    }

    @Test("the server is told who is connected, and notices are logged without their text")
    func notices() async throws {
        let texts = NotedTexts()
        var logger = Logger(label: "test") { _ in NotedLog(texts: texts) }
        logger.logLevel = .trace
        try await TestDatabase.withPool(logger: logger) { pool in
            let name = try await pool.write { db in
                _ = try db.executeScript("DO $$ BEGIN RAISE NOTICE 'secret-4711'; END $$")
                return try db.query("SELECT current_setting('application_name') AS name")[0].text("name")
            }
            #expect(name == "queuert")
        }
        let logged = texts.all
        #expect(logged.contains { $0.contains("The database sent a notice.") && $0.contains("NOTICE") })
        #expect(!logged.contains { $0.contains("4711") })
    }

    private func withTable(_ body: @Sendable (PostgresPool, String) async throws -> Void) async throws {
        try await TestDatabase.withSchema { pool, schema in
            try await pool.write { db in
                try db.executeScript(
                    "CREATE SCHEMA \(schema); CREATE TABLE \(schema).numbers (number integer PRIMARY KEY)")
            }
            try await body(pool, "\(schema).numbers")
        }
    }

    private func numbers(_ pool: PostgresPool, _ table: String) async throws -> [Int] {
        try await pool.read { db in
            try db.query("SELECT number FROM \(table) ORDER BY number").compactMap { $0.int("number") }
        }
    }
}
