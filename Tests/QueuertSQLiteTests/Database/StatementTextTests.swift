import QueuertSQLite
import Testing

@Suite("The text of a SQLite statement") struct StatementTextTests {
    @Test(
        "may have comments and semicolons around it",
        arguments: [
            "SELECT 7 AS n; -- the end", "SELECT 7 AS n; /* the end; */ ;", "SELECT 7 AS n -- the end;",
            "-- it begins;\nSELECT 7 AS n;\n\n-- the end\n", "SELECT 7 AS n;; /* unfinished",
        ])
    func comments(_ sql: String) async throws {
        let pool = try await SQLitePool(path: ":memory:")
        let rows = try await pool.write { db in try db.query(sql).map { $0.int("n") } }
        #expect(rows == [7])
        await pool.close()
    }

    @Test(
        "that holds another one is refused, and the transaction goes on",
        arguments: [
            "SELECT 1; SELECT 2", "SELECT 1; -- and\nSELECT 2", "SELECT 1; COMMIT", "SELECT 1; SAVEPOINT mine",
            "SELECT 1; no statement",
        ])
    func several(_ sql: String) async throws {
        let pool = try await SQLitePool(path: ":memory:")
        let values = try await pool.write { db in
            try db.execute("CREATE TABLE t (v)")
            let error = #expect(throws: SQLiteError.self) { try db.query(sql) }
            #expect(error?.reason.contains("more than one statement") == true)
            try db.execute("INSERT INTO t VALUES (1)")
            return try db.query("SELECT v FROM t").map { $0.int("v") }
        }
        #expect(values == [1])
        await pool.close()
    }
}
