import Queuert
import QueuertSQLite

/// The statements on files and their terms.
enum Documents {
    static func insertSkipped(_ file: FolderScan.Skipped, on db: isolated SQLiteConnection) throws {
        try db.execute(
            "INSERT INTO documents (path, outcome, reason) VALUES (?, 'skipped', ?)", [file.path, file.reason.rawValue])
    }

    /// Writes a file that waits for its chain, and returns its number.
    static func insertWaiting(_ path: String, failures: Int, on db: isolated SQLiteConnection) throws -> Int64 {
        let rows = try db.query(
            "INSERT INTO documents (path, outcome, failures) VALUES (?, 'waiting', ?) RETURNING id", [path, failures])
        guard let id = rows.first?.int64("id") else { throw MissingRowError(table: "documents") }
        return id
    }

    static func setChain(_ chain: JobID, of document: Int64, on db: isolated SQLiteConnection) throws {
        try db.execute("UPDATE documents SET chain_id = ? WHERE id = ?", [chain.rawValue, document])
    }

    static func path(of document: Int64, on db: isolated SQLiteConnection) throws -> (folder: String, file: String) {
        let rows = try db.query("SELECT folder, path FROM documents, run WHERE documents.id = ?", [document])
        guard let folder = rows.first?.text("folder"), let file = rows.first?.text("path") else {
            throw MissingRowError(table: "documents")
        }
        return (folder, file)
    }

    static func setSkipped(_ document: Int64, _ reason: SkipReason, on db: isolated SQLiteConnection) throws {
        try db.execute(
            "UPDATE documents SET outcome = 'skipped', reason = ? WHERE id = ?", [reason.rawValue, document])
    }

    static func storeText(_ text: String, of document: Int64, on db: isolated SQLiteConnection) throws {
        try db.execute("INSERT INTO texts (document_id, text) VALUES (?, ?)", [document, text])
    }

    static func text(of document: Int64, on db: isolated SQLiteConnection) throws -> String {
        let rows = try db.query("SELECT text FROM texts WHERE document_id = ?", [document])
        guard let text = rows.first?.text("text") else { throw MissingRowError(table: "texts") }
        return text
    }

    /// Writes a file's terms and drops its text.
    static func storeTerms(_ counts: [String: Int], of document: Int64, on db: isolated SQLiteConnection) throws {
        // In the order of the key, in which SQLite's pages fill up fastest.
        for (term, count) in counts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            try db.execute("INSERT INTO terms (document_id, term, count) VALUES (?, ?, ?)", [document, term, count])
        }
        try db.execute("UPDATE documents SET outcome = 'indexed' WHERE id = ?", [document])
        try db.execute("DELETE FROM texts WHERE document_id = ?", [document])
    }
}

/// A row that a job expects and that is not there: somebody else changed the tables.
struct MissingRowError: Error, CustomStringConvertible {
    let table: String

    var description: String {
        "A row of \(table) is missing. Delete the database and index the folder again, and let nothing else write to it."
    }
}
