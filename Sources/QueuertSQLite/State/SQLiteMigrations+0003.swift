extension SQLiteMigrations {
    /// The outbox of telemetry, and who sends what is in it.
    @Sendable static func telemetry(_ prefix: String) -> String {
        """
        -- Identifiers are never used twice, so that what was sent is never mistaken for something new.
        CREATE TABLE \(prefix)telemetry_outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            signal TEXT NOT NULL,
            encoding TEXT NOT NULL,
            item_count INTEGER NOT NULL,
            kept_at INTEGER NOT NULL,
            message BLOB NOT NULL
        ) STRICT;
        CREATE INDEX \(prefix)telemetry_signal ON \(prefix)telemetry_outbox (signal, id);

        CREATE TABLE \(prefix)telemetry_leader (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            name TEXT NOT NULL,
            leads_until INTEGER NOT NULL
        ) STRICT;
        """
    }
}
