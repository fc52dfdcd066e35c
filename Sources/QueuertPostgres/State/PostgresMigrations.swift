internal import Queuert

/// The steps that make the queue's tables, from any version.
package enum PostgresMigrations {
    /// A step: its name and its script never change once it was released.
    struct Migration: Sendable {
        let name: String
        let script: @Sendable (PostgresTables) -> String
    }

    /// All steps, in order.
    static let all = [
        Migration(name: "0001-jobs") {
            jobs($0) + history($0) + claimFunctions($0) + startFunctions($0) + settleFunctions($0)
        },
        Migration(name: "0002-telemetry-outbox", script: telemetry),
        Migration(name: "0003-refusal", script: refusal),
        Migration(name: "0004-safeguards", script: safeguards),
        Migration(name: "0005-claim-from-bound", script: claimFromBound),
        Migration(name: "0006-place-in-line", script: placeInLine),
    ]

    /// The tables and functions as they are after all steps.
    static func script(_ tables: PostgresTables) -> String {
        all.map { $0.script(tables) }.joined(separator: "\n")
    }

    /// Applies the steps that are missing, in the connection's transaction, under a lock against a second migrator.
    static func apply(
        _ migrations: [Migration] = all, of tables: PostgresTables, to db: isolated PostgresConnection
    ) throws -> [String] {
        guard tables.idType == .uuid || !tables.isPartitioned else {
            throw PostgresError(
                code: .unsupported, reason: "a history in partitions needs identifiers that are UUIDs",
                hint: "Make the adapter with `idType: .uuid`, or without `history:`.")
        }
        let handle = try db.session.handle
        guard handle.serverVersion >= 140_000 else {
            throw PostgresError(
                code: .unsupported, reason: "the server's version is \(handle.serverVersion / 10_000)",
                hint: "Use PostgreSQL 14 or later.")
        }
        if let encoding = handle.reportedSetting("server_encoding"), encoding != "UTF8" {
            throw PostgresError(
                code: .unsupported, reason: "the database's encoding is \(encoding)",
                hint: "Create the database with ENCODING 'UTF8'.")
        }
        // The lock is the transaction's, so that it also works where connections are shared by transaction.
        _ = try db.query(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 4711))", ["queuert \(tables.schema).\(tables.prefix)"])
        let hasSchema = try !db.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [tables.schema]).isEmpty
        if !hasSchema { try db.execute("CREATE SCHEMA \"\(tables.schema)\"") }
        if try db.query("SELECT to_regclass($1) AS found", [tables.migration])[0]["found"] == nil {
            try db.execute(
                """
                CREATE TABLE \(tables.migration) (
                    name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())
                """)
        }
        let known = try names(of: tables, db)
        var applied: [String] = []
        for migration in migrations where !known.contains(migration.name) {
            try db.executeScript(migration.script(tables))
            try db.execute("INSERT INTO \(tables.migration) (name) VALUES ($1)", [migration.name])
            applied.append(migration.name)
        }
        try checkIDType(tables, db)
        try checkHistory(tables, db)
        return applied
    }

    /// Compares what the database has seen with the steps.
    static func status(of tables: PostgresTables, _ db: isolated PostgresConnection) throws -> MigrationStatus {
        let exists = try db.query("SELECT to_regclass($1) AS found", [tables.migration])[0]["found"] != nil
        return MigrationStatus(all: all.map(\.name), seen: exists ? try names(of: tables, db) : [])
    }

    private static func names(of tables: PostgresTables, _ db: isolated PostgresConnection) throws -> Set<String> {
        Set(try db.query("SELECT name FROM \(tables.migration)").compactMap { $0.text("name") })
    }

    /// Finds out how identifiers are stored; `nil` if there are no tables.
    static func idType(of tables: PostgresTables, _ db: isolated PostgresConnection) throws -> String? {
        try db.query(
            """
            SELECT format_type(atttypid, NULL) AS type FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attname = 'id'
            """, [tables.job]
        ).first?.text("type")
    }

    /// Tables that were made for identifiers of one type can't hold the other's.
    private static func checkIDType(_ tables: PostgresTables, _ db: isolated PostgresConnection) throws {
        guard let actual = try idType(of: tables, db), actual != tables.idType.rawValue else { return }
        throw PostgresError(
            code: .unsupported, reason: "the queue's tables hold identifiers as \(actual)",
            hint: "Make the adapter with `idType: .\(actual)`, or use another table prefix.")
    }

    static func hasHistory(_ tables: PostgresTables, _ db: isolated PostgresConnection) throws -> Bool {
        try db.query("SELECT to_regclass($1) AS found", [tables.history])[0]["found"] != nil
    }

    /// Whoever looks in one table for all jobs would not find those that have ended.
    private static func checkHistory(_ tables: PostgresTables, _ db: isolated PostgresConnection) throws {
        let hasHistory = try hasHistory(tables, db)
        guard hasHistory != tables.isPartitioned else { return }
        throw PostgresError(
            code: .unsupported,
            reason: hasHistory
                ? "the queue's tables keep chains that have ended in partitions"
                : "the queue's tables were made without partitions",
            hint: """
                Make the adapter with `history: \(hasHistory ? ".partitioned()" : ".amongJobs")`, or use another table prefix.
                """)
    }
}
