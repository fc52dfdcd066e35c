import CSQLite
import QueuertSQLite

/// A bare loop over libsqlite3 on one connection, with the state adapter's own tables and statements: what the machine can do
/// without any of our code.
final class SQLiteFloor {
    private let database: OpaquePointer
    private var inserted = 0
    private let statements = SQLiteStatements.shared(prefix: "queuert_")

    struct Failure: Error { let message: String }

    init(path: String, synchronous: String) throws {
        var opened: OpaquePointer?
        // As the pool opens it, so that what a setting gains is no merit of the queue's.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK, let opened else {
            throw Failure(message: "can't open \(path)")
        }
        database = opened
        csqlite_set_lookaside(opened, 1200, 500)
        try run("PRAGMA cache_size = -16000")
        try run("PRAGMA journal_mode = WAL")
        try run("PRAGMA synchronous = \(synchronous)")
        try run("PRAGMA foreign_keys = ON")
        try run(SQLiteMigrations.script(prefix: "queuert_"))
    }

    deinit { sqlite3_close_v2(database) }

    private func run(_ sql: String) throws {
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
            throw Failure(message: String(cString: sqlite3_errmsg(database)))
        }
    }

    private func prepare(_ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
            let statement
        else { throw Failure(message: String(cString: sqlite3_errmsg(database))) }
        return statement
    }

    /// Runs a statement that returns nothing.
    private func finish(_ statement: OpaquePointer) throws {
        guard sqlite3_step(statement) == SQLITE_DONE else {
            throw Failure(message: String(cString: sqlite3_errmsg(database)))
        }
        sqlite3_reset(statement)
    }

    /// Rows inserted a second.
    func insertRate(_ count: Int, perCommit: Int) throws -> Double {
        let input = String(repeating: "x", count: 200)
        let insert = try prepare(statements.insert.job.text)
        defer { sqlite3_finalize(insert) }
        let duration = try ContinuousClock().measure {
            for number in 0..<count {
                if number % perCommit == 0 { try run("BEGIN IMMEDIATE") }
                inserted += 1
                let id = "0190a0a0-0000-7000-8000-\(100_000_000_000 + inserted)"
                for column in [1, 3] as [Int32] { csqlite_bind_text(insert, column, id, -1) }
                for column in [2, 4] as [Int32] { csqlite_bind_text(insert, column, "nothing", -1) }
                for column in [5, 9, 12] as [Int32] { sqlite3_bind_int64(insert, column, 0) }
                csqlite_bind_text(insert, 6, input, -1)
                for column in [7, 8, 10, 11] as [Int32] { sqlite3_bind_int64(insert, column, sqlite3_int64(number)) }
                try finish(insert)
                if number % perCommit == perCommit - 1 { try run("COMMIT") }
            }
        }
        if sqlite3_get_autocommit(database) == 0 { try run("COMMIT") }
        return Double(count) / (duration / .seconds(1))
    }

    /// Jobs claimed in one transaction and completed in another a second; single jobs are claimed and completed in one.
    func claimAndCompleteRate(_ count: Int, perCommit: Int) throws -> Double {
        _ = try insertRate(count, perCommit: 1000)
        let due = try prepare(statements.claim.dueAndPausedTypes.text)
        let ready = try prepare(statements.claim.readyJobs.text)
        let lease = try prepare(statements.claim.lease.text)
        let leased = try prepare(statements.settle.leased.text)
        let complete = try prepare(statements.settle.complete.text)
        defer { for statement in [due, ready, lease, leased, complete] { sqlite3_finalize(statement) } }
        let duration = try ContinuousClock().measure {
            var ids: [String] = []
            var rows: [sqlite3_int64] = []
            repeat {
                ids.removeAll(keepingCapacity: true)
                rows.removeAll(keepingCapacity: true)
                try run("BEGIN IMMEDIATE")
                csqlite_bind_text(due, 1, "[\"nothing\"]", -1)
                sqlite3_bind_int64(due, 2, 1)
                try finish(due)
                csqlite_bind_text(ready, 1, "nothing", -1)
                while rows.count < perCommit, sqlite3_step(ready) == SQLITE_ROW {
                    rows.append(sqlite3_column_int64(ready, 0))
                    ids.append(String(cString: sqlite3_column_text(ready, 1)))
                }
                sqlite3_reset(ready)
                for row in rows {
                    sqlite3_bind_int64(lease, 1, row)
                    for column in [2, 3, 5, 6] as [Int32] { sqlite3_bind_int64(lease, column, 1) }
                    csqlite_bind_text(lease, 4, "a worker", -1)
                    try finish(lease)
                }
                if perCommit > 1 {
                    try run("COMMIT")
                    try run("BEGIN IMMEDIATE")
                }
                for id in ids {
                    csqlite_bind_text(leased, 1, id, -1)
                    sqlite3_bind_int64(leased, 2, 1)
                    guard sqlite3_step(leased) == SQLITE_ROW else { throw Failure(message: "the lease is lost") }
                    let row = sqlite3_column_int64(leased, 0)
                    sqlite3_reset(leased)
                    sqlite3_bind_int64(complete, 1, row)
                    csqlite_bind_text(complete, 2, "1", -1)
                    sqlite3_bind_int64(complete, 3, 2)
                    csqlite_bind_text(complete, 4, "a worker", -1)
                    try finish(complete)
                }
                try run("COMMIT")
            } while !ids.isEmpty
        }
        return Double(count) / (duration / .seconds(1))
    }
}
