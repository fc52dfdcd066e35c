package import Queuert

/// The steps that make the queue's tables, from any version.
package enum SQLiteMigrations {
    /// A step: its name and its script never change once it was released.
    struct Migration: Sendable {
        let name: String
        let script: @Sendable (_ prefix: String) -> String
    }

    /// All steps, in order.
    static let all = [
        Migration(name: "0001-jobs", script: jobs),
        Migration(name: "0002-core", script: core),
        Migration(name: "0003-telemetry-outbox", script: telemetry),
    ]

    /// The tables as they are after all steps.
    ///
    /// - Parameter prefix: What the names of the tables begin with.
    /// - Returns: The statements that make them.
    package static func script(prefix: String) -> String {
        all.map { $0.script(prefix) }.joined(separator: "\n")
    }

    /// Applies the steps that are missing, in the connection's transaction, which is the lock against a second migrator.
    package static func apply(
        prefix: String, on connection: SQLiteStatementRunner, at now: Timestamp
    ) throws -> [String] {
        try apply(all, prefix: prefix, on: connection, at: now)
    }

    static func apply(
        _ migrations: [Migration], prefix: String, on connection: SQLiteStatementRunner, at now: Timestamp
    ) throws -> [String] {
        let table = "\(prefix)migration"
        try connection.run(
            script:
                "CREATE TABLE IF NOT EXISTS \(table) (name TEXT PRIMARY KEY NOT NULL, applied_at INTEGER NOT NULL) STRICT"
        )
        let known = try names(in: table, on: connection)
        var applied: [String] = []
        for migration in migrations where !known.contains(migration.name) {
            try connection.run(script: migration.script(prefix))
            let values = [SQLiteValue.text(migration.name), SQLiteValue(now)]
            try connection.each(sql: "INSERT INTO \(table) (name, applied_at) VALUES (?, ?)", values) { _ in }
            applied.append(migration.name)
        }
        return applied
    }

    /// Compares what the database has seen with the steps.
    static func status(prefix: String, on connection: SQLiteStatementRunner) throws -> MigrationStatus {
        let table = "\(prefix)migration"
        var exists = false
        try connection.each(sql: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [.text(table)]) { _ in
            exists = true
        }
        return MigrationStatus(all: all.map(\.name), seen: exists ? try names(in: table, on: connection) : [])
    }

    private static func names(in table: String, on connection: SQLiteStatementRunner) throws -> Set<String> {
        var names: Set<String> = []
        try connection.each(sql: "SELECT name FROM \(table)", []) { names.insert($0.text(0)) }
        return names
    }
}
