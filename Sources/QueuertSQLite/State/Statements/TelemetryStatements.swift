/// The statements of the telemetry outbox.
struct TelemetryStatements: Sendable {
    let keep, lead, resign, oldest, remove, dropOld, dropBeyond, total: SQLiteQuery

    init(_ tables: SQLiteTables) {
        let outbox = tables.telemetryOutbox
        keep = SQLiteQuery(
            """
            INSERT INTO \(outbox) (signal, encoding, item_count, kept_at, message) VALUES (?1, ?2, ?3, ?4, ?5)
            """)
        // A lease that goes beyond one that begins now is from before the clock was set back.
        lead = SQLiteQuery(
            """
            INSERT INTO \(tables.telemetryLeader) (id, name, leads_until) VALUES (1, ?1, ?3)
            ON CONFLICT (id) DO UPDATE SET name = ?1, leads_until = ?3
            WHERE name = ?1 OR leads_until <= ?2 OR leads_until > ?3
            """)
        resign = SQLiteQuery("DELETE FROM \(tables.telemetryLeader) WHERE name = ?1")
        oldest = SQLiteQuery(
            "SELECT id, encoding, item_count, message FROM \(outbox) WHERE signal = ?1 ORDER BY id LIMIT ?2")
        remove = SQLiteQuery("DELETE FROM \(outbox) WHERE id = ?1")
        dropOld = SQLiteQuery("DELETE FROM \(outbox) WHERE signal = ?1 AND kept_at < ?2 RETURNING item_count")
        dropBeyond = SQLiteQuery(
            """
            DELETE FROM \(outbox) WHERE id <= (
                SELECT max(id) FROM (
                    SELECT id, sum(length(message)) OVER (ORDER BY id DESC) AS bytes FROM \(outbox))
                WHERE bytes > ?1)
            RETURNING item_count
            """)
        total = SQLiteQuery(
            "SELECT coalesce(sum(item_count), 0), coalesce(sum(length(message)), 0) FROM \(outbox)")
    }
}
