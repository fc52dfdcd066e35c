import CSQLite

/// A bare loop over libsqlite3 on one connection: what the machine can do without any of our code.
struct SQLiteFloor {
    private let database: OpaquePointer

    struct Failure: Error { let message: String }

    init(path: String, synchronous: String) throws {
        var opened: OpaquePointer?
        guard sqlite3_open(path, &opened) == SQLITE_OK, let opened else { throw Failure(message: "can't open \(path)") }
        database = opened
        try run("PRAGMA journal_mode = WAL")
        try run("PRAGMA synchronous = \(synchronous)")
        try run(
            """
            CREATE TABLE job (id TEXT PRIMARY KEY NOT NULL, type_name TEXT NOT NULL, chain_id TEXT NOT NULL, input TEXT,
                output TEXT, created_at INTEGER, scheduled_at INTEGER, completed_at INTEGER, leased_until INTEGER,
                attempt INTEGER DEFAULT 0, trace TEXT) STRICT;
            CREATE INDEX claimable ON job (type_name, scheduled_at, id)
                WHERE completed_at IS NULL AND leased_until IS NULL;
            CREATE INDEX leased ON job (leased_until) WHERE leased_until IS NOT NULL;
            CREATE INDEX place ON job (chain_id);
            """)
    }

    private func run(_ sql: String) throws {
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
            throw Failure(message: String(cString: sqlite3_errmsg(database)))
        }
    }

    private func prepare(_ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
            throw Failure(message: String(cString: sqlite3_errmsg(database)))
        }
        return statement
    }

    /// Rows inserted a second.
    func insertRate(_ count: Int, perCommit: Int) throws -> Double {
        let input = String(repeating: "x", count: 200)
        let insert = try prepare(
            "INSERT INTO job (id, type_name, chain_id, input, created_at, scheduled_at) VALUES (?1, 'nothing', ?1, ?2, ?3, ?3)"
        )
        defer { sqlite3_finalize(insert) }
        let duration = try ContinuousClock().measure {
            for number in 0..<count {
                if number % perCommit == 0 { try run("BEGIN IMMEDIATE") }
                csqlite_bind_text(insert, 1, "0190a0a0-0000-7000-8000-\(1_000_000_000_000 + number)", -1)
                csqlite_bind_text(insert, 2, input, -1)
                sqlite3_bind_int64(insert, 3, sqlite3_int64(number))
                sqlite3_step(insert)
                sqlite3_reset(insert)
                if number % perCommit == perCommit - 1 { try run("COMMIT") }
            }
        }
        if sqlite3_get_autocommit(database) == 0 { try run("COMMIT") }
        return Double(count) / (duration / .seconds(1))
    }

    /// Jobs claimed in one transaction and completed in another a second; single jobs are claimed and completed in one.
    func claimAndCompleteRate(_ count: Int, perCommit: Int) throws -> Double {
        _ = try insertRate(count, perCommit: 1000)
        let claim = try prepare(
            """
            UPDATE job SET leased_until = 1, attempt = attempt + 1 WHERE id IN (SELECT id FROM job
                WHERE type_name = 'nothing' AND completed_at IS NULL AND leased_until IS NULL
                ORDER BY scheduled_at, id LIMIT \(perCommit)) RETURNING id, input
            """)
        let complete = try prepare(
            "UPDATE job SET output = '1', completed_at = 1, leased_until = NULL WHERE id = ?1 AND leased_until = 1")
        defer {
            sqlite3_finalize(claim)
            sqlite3_finalize(complete)
        }
        let duration = try ContinuousClock().measure {
            var ids: [String] = []
            repeat {
                ids.removeAll(keepingCapacity: true)
                try run("BEGIN IMMEDIATE")
                while sqlite3_step(claim) == SQLITE_ROW { ids.append(String(cString: sqlite3_column_text(claim, 0))) }
                sqlite3_reset(claim)
                if perCommit > 1 {
                    try run("COMMIT")
                    try run("BEGIN IMMEDIATE")
                }
                for id in ids {
                    csqlite_bind_text(complete, 1, id, -1)
                    sqlite3_step(complete)
                    sqlite3_reset(complete)
                }
                try run("COMMIT")
            } while !ids.isEmpty
        }
        return Double(count) / (duration / .seconds(1))
    }
}
