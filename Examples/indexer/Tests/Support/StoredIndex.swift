import Foundation
import QueuertSQLite

@testable import TextIndex

/// What the indexer has stored, read while it runs or after.
struct StoredIndex {
    private let pool: SQLitePool

    init(_ folder: TemporaryFolder) async throws { pool = try await SQLitePool(path: folder.database) }

    func close() async { await pool.close() }

    /// The terms of the files in the index, by path.
    func terms() async throws -> [String: [String: Int]] {
        var terms: [String: [String: Int]] = [:]
        for row in try await query("SELECT path FROM documents WHERE outcome = 'indexed'") {
            terms[row.text("path") ?? ""] = [:]
        }
        for row in try await query("SELECT path, term, count FROM terms JOIN documents ON id = document_id") {
            terms[row.text("path") ?? "", default: [:]][row.text("term") ?? ""] = row.int("count")
        }
        return terms
    }

    /// The files that are not in the index, and why, by path.
    func skipped() async throws -> [String: String] {
        let rows = try await query("SELECT path, reason FROM documents WHERE outcome = 'skipped'")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.text("path") ?? "", $0.text("reason") ?? "") })
    }

    /// How many rows the files have: one each, whatever happened.
    func documentCount() async throws -> Int { try await number("SELECT count(*) AS n FROM documents") }

    /// How many files' texts wait for their next job.
    func textCount() async throws -> Int { try await number("SELECT count(*) AS n FROM texts") }

    func report() async throws -> [RankedTerm] { try await pool.read { db in try Ranking.read(on: db) } }

    /// How many jobs have ended; none as long as there are no tables.
    func completedJobCount() async throws -> Int {
        try await number("SELECT count(*) AS n FROM queuert_job WHERE completed_at IS NOT NULL")
    }

    /// How many jobs have not ended.
    func openJobCount() async throws -> Int {
        try await number("SELECT count(*) AS n FROM queuert_job WHERE completed_at IS NULL")
    }

    /// How many jobs a worker has.
    func runningJobCount() async throws -> Int {
        try await number("SELECT count(*) AS n FROM queuert_job WHERE leased_until IS NOT NULL")
    }

    /// Whether there are jobs, and so many of them have ended.
    func hasBegun(andCompleted count: Int) async throws -> Bool {
        let open = try await openJobCount()
        let completed = try await completedJobCount()
        return open > 0 && completed >= count
    }

    /// Whether so many jobs have ended and one runs.
    func isRunningOneJob(afterCompleted count: Int) async throws -> Bool {
        let completed = try await completedJobCount()
        let running = try await runningJobCount()
        return completed == count && running == 1
    }

    /// How many attempts ended in a way.
    func attemptCount(_ outcome: String) async throws -> Int {
        try await number("SELECT count(*) AS n FROM queuert_job_attempt WHERE outcome = ?", outcome)
    }

    /// The chain of a file, if the folder has been scanned.
    func chain(of path: String) async throws -> String? {
        try await query("SELECT chain_id FROM documents WHERE path = ?", path).first?.text("chain_id")
    }

    private func number(_ sql: String, _ parameters: String...) async throws -> Int {
        try await query(sql, parameters).first?.int("n") ?? 0
    }

    private func query(_ sql: String, _ parameters: String...) async throws -> [SQLiteRow] {
        try await query(sql, parameters)
    }

    private func query(_ sql: String, _ parameters: [String]) async throws -> [SQLiteRow] {
        try await pool.read { db in
            // The program makes its tables only when it has begun.
            let tables = try db.query("SELECT 1 FROM sqlite_schema WHERE name = 'report'")
            return tables.isEmpty ? [] : try db.query(sql, parameters)
        }
    }
}
