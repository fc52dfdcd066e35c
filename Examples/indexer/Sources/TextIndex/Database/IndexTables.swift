package import QueuertSQLite

/// The example's own tables, in the same database as the queue's, so that a job's writes and its end commit together.
package enum IndexTables {
    static let schema = """
        -- What this database is the index of, and the chains that make it. One row.
        CREATE TABLE IF NOT EXISTS run (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            folder TEXT NOT NULL,
            scan_chain_id TEXT NOT NULL,
            report_chain_id TEXT
        ) STRICT;
        CREATE TABLE IF NOT EXISTS documents (
            id INTEGER PRIMARY KEY,
            path TEXT NOT NULL UNIQUE,
            chain_id TEXT,
            outcome TEXT NOT NULL CHECK (outcome IN ('waiting', 'indexed', 'skipped')),
            reason TEXT,
            failures INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        -- Text on its way from one job to the next; gone when the terms are stored.
        CREATE TABLE IF NOT EXISTS texts (
            document_id INTEGER PRIMARY KEY REFERENCES documents (id),
            text TEXT NOT NULL
        ) STRICT;
        CREATE TABLE IF NOT EXISTS terms (
            document_id INTEGER NOT NULL REFERENCES documents (id),
            term TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (document_id, term)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS report (
            rank INTEGER PRIMARY KEY,
            term TEXT NOT NULL,
            total INTEGER NOT NULL,
            documents INTEGER NOT NULL
        ) STRICT;
        """

    /// Makes the tables, if they aren't there.
    ///
    /// - Parameter pool: The database.
    /// - Throws: `SQLiteError` if the database can't be written.
    package static func create(in pool: SQLitePool) async throws {
        try await pool.write { db in try db.executeScript(schema) }
    }
}
