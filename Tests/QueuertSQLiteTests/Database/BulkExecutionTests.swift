import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("A statement for each of many elements") struct BulkExecutionTests {
    @Test("values of every kind come back as they were added, and each run tells how many rows it changed")
    func values() async throws {
        try await withDatabase { pool in
            let read = try await pool.write { db in
                try db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c, d)")
                var changed: [Int] = []
                try db.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", forEach: [1, 2, 2, 3]) {
                    number, parameters in
                    parameters.add(number)
                    parameters.add(number == 1 ? nil : Int64(number) * 10)
                    parameters.add(number == 1 ? nil : "zoë")
                    parameters.add(utf8: number == 1 ? nil : Array("naïve".utf8)[2...])
                    parameters.add(blob: number == 1 ? nil : number == 2 ? [] : [7, 0, 255])
                } didExecute: { _, count in
                    changed.append(count)
                }
                #expect(changed == [1, 1, 0, 1])
                return try db.query("SELECT a, b, c, d FROM t ORDER BY id").map(\.values)
            }
            #expect(
                read == [
                    [.null, .null, .null, .null],
                    [.integer(20), .text("zoë"), .text("ïve"), .blob([])],
                    [.integer(30), .text("zoë"), .text("ïve"), .blob([7, 0, 255])],
                ])
        }
    }

    @Test("another number of values than the statement has parameters is refused")
    func wrongParameters() async throws {
        try await withDatabase { pool in
            try await pool.write { db in try db.execute("CREATE TABLE t (a, b)") }
            let error = await #expect(throws: SQLiteError.self) {
                try await pool.write { db in
                    try db.execute("INSERT INTO t VALUES (?, ?)", forEach: [1]) { number, parameters in
                        parameters.add(number)
                    }
                }
            }
            #expect(error?.code == .wrongParameters)
        }
    }

    @Test("what one element breaks is rolled back with the transaction")
    func failure() async throws {
        try await withDatabase { pool in
            try await pool.write { db in try db.execute("CREATE TABLE t (a INTEGER NOT NULL)") }
            await #expect(throws: SQLiteError.self) {
                try await pool.write { db in
                    try db.execute("INSERT INTO t VALUES (?)", forEach: [1, nil, 3] as [Int64?]) { number, parameters in
                        parameters.add(number)
                    }
                }
            }
            let count = try await pool.read { db in try db.query("SELECT count(*) AS n FROM t")[0].int("n") }
            #expect(count == 0)
        }
    }
}
