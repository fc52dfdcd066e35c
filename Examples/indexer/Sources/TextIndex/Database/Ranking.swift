import QueuertSQLite

/// A term's place in the report.
package struct RankedTerm: Sendable, Hashable {
    package let term: String
    /// How often it occurs in all files.
    package let total: Int
    /// In how many files it occurs.
    package let documents: Int
}

/// The statements of the report.
enum Ranking {
    /// Ranks by occurrences, then by files, then by the term's bytes, so that the same files give the same list.
    static func write(length: Int, on db: isolated SQLiteConnection) throws -> IndexSummary {
        try db.execute("DELETE FROM report")
        try db.execute(
            """
            INSERT INTO report (rank, term, total, documents)
            SELECT row_number() OVER (ORDER BY sum(count) DESC, count(*) DESC, term), term, sum(count), count(*)
            FROM terms GROUP BY term ORDER BY 1 LIMIT ?
            """, [length])
        return IndexSummary(
            indexedFiles: try number("SELECT count(*) AS n FROM documents WHERE outcome = 'indexed'", on: db),
            skippedFiles: try number("SELECT count(*) AS n FROM documents WHERE outcome = 'skipped'", on: db),
            distinctTerms: try number("SELECT count(DISTINCT term) AS n FROM terms", on: db))
    }

    static func read(on db: isolated SQLiteConnection) throws -> [RankedTerm] {
        try db.query("SELECT term, total, documents FROM report ORDER BY rank").map { row in
            RankedTerm(term: row.text("term") ?? "", total: row.int("total") ?? 0, documents: row.int("documents") ?? 0)
        }
    }

    private static func number(_ sql: String, on db: isolated SQLiteConnection) throws -> Int {
        try db.query(sql).first?.int("n") ?? 0
    }
}
