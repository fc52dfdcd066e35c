/// The statements of the telemetry outbox.
struct TelemetryStatements: Sendable {
    let keep, lead, resign, oldest, remove, dropOld, dropBeyond, total: PostgresQuery

    init(_ tables: PostgresTables) {
        let outbox = tables.telemetryOutbox
        let now = "coalesce($1::timestamptz, clock_timestamp())"
        keep = PostgresQuery(
            """
            INSERT INTO \(outbox) (kept_at, signal, encoding, item_count, message) VALUES (\(now), $2, $3, $4, $5)
            """)
        // A lease that goes beyond one that begins now is from before the clock was set back. The clock is read again
        // for that: while this one waited for the row, another may have prolonged its own.
        lead = PostgresQuery(
            """
            INSERT INTO \(tables.telemetryLeader) AS l (id, name, leads_until)
            VALUES (1, $2, \(now) + $3::bigint * interval '1 microsecond')
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, leads_until = excluded.leads_until
            WHERE l.name = excluded.name OR l.leads_until <= \(now)
                OR l.leads_until > \(now) + $3::bigint * interval '1 microsecond'
            RETURNING true
            """)
        resign = PostgresQuery("DELETE FROM \(tables.telemetryLeader) WHERE name = $1")
        oldest = PostgresQuery(
            """
            SELECT id, encoding::text, item_count, message FROM \(outbox) WHERE signal = $1 ORDER BY id LIMIT $2
            """)
        remove = PostgresQuery("DELETE FROM \(outbox) WHERE id = ANY ($1)")
        dropOld = PostgresQuery(
            """
            DELETE FROM \(outbox) WHERE signal = $2 AND kept_at < \(now) - $3::bigint * interval '1 microsecond'
            RETURNING item_count
            """)
        dropBeyond = PostgresQuery(
            """
            DELETE FROM \(outbox) WHERE id <= (
                SELECT max(s.id) FROM (
                    SELECT id, sum(octet_length(message)) OVER (ORDER BY id DESC) AS bytes FROM \(outbox)) s
                WHERE s.bytes > $1)
            RETURNING item_count
            """)
        total = PostgresQuery(
            """
            SELECT coalesce(sum(item_count), 0)::bigint, coalesce(sum(octet_length(message)), 0)::bigint FROM \(outbox)
            """)
    }
}
