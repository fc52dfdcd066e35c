/// The statements that write jobs.
package struct StartStatements: Sendable {
    package let one, many, copy: PostgresQuery
    let general, now: PostgresQuery
    /// Finds an identifier that a chain in the history has, if there is one.
    let filed: PostgresQuery?

    init(_ tables: PostgresTables) {
        let columns = """
            id, type_name, chain_id, chain_type_name, chain_index, input, created_at, scheduled_at, priority, rank, ready_at, \
            chain_trace_context, job_trace_context, trace_carrier, trace_segment
            """
        let places = (1...14).map { "$\($0)" }.joined(separator: ", ")
        let insert = """
            INSERT INTO \(tables.job) (\(columns))
            SELECT $2, $3, $4, $5, $6, $7, at, due, $10, CASE WHEN due <= at THEN due - $10::integer * interval '1 minute' END, at,
                $11, $12, $13, $14
            FROM (SELECT at, greatest(at, coalesce($9::timestamptz, at + $8::bigint * interval '1 microsecond')) AS due
                FROM (SELECT coalesce($1::timestamptz, clock_timestamp()) AS at OFFSET 0) t OFFSET 0) n
            ON CONFLICT (id) DO NOTHING
            RETURNING created_at, pg_current_xact_id()::text::bigint
            """
        // One statement alone would not see what moves to a history meanwhile. What has moved since the transaction's
        // snapshot the index does not refuse, and the history does not show, but the table does.
        let insertOne = """
            SELECT s.* FROM \(tables.function("insert_one"))(\(places)) s
            WHERE \(PostgresTables.isReadCommitted) OR NOT EXISTS (SELECT FROM \(tables.job) j WHERE j.id = $2)
            """
        one = PostgresQuery(tables.isPartitioned ? insertOne : insert)
        many = PostgresQuery("SELECT * FROM \(tables.function("insert"))(\(places))")
        // Only what waits for chains, `$22`, needs to see their ends.
        let time = tables.ifReadCommitted("$1", or: "cardinality($22) = 0")
        let others = (2...24).map { "$\($0)" }.joined(separator: ", ")
        // A chain that has a key is read along: what is committed by itself can't be followed by a statement that may fail.
        general = PostgresQuery(
            """
            SELECT s.*, \(PostgresTables.columns(of: "j")) FROM \(tables.function("start"))(\(time), \(others)) s
            LEFT JOIN LATERAL \(tables.function("first"))(s.existing) j ON true ORDER BY s.number
            """)
        copy = PostgresQuery("COPY \(tables.job) (\(columns)) FROM STDIN (FORMAT binary)", isPrepared: false)
        let taken = """
            SELECT j.id FROM unnest($2::\(tables.idParameter)[]) WITH ORDINALITY n (id, number)
            JOIN \(tables.job) j ON j.id = n.id ORDER BY n.number LIMIT 1
            """
        // What is taken the index refuses, but where a job has moved to a history after the transaction's snapshot.
        now = PostgresQuery(
            "SELECT coalesce($1::timestamptz, clock_timestamp()), pg_current_xact_id()::text::bigint"
                + (tables.isPartitioned ? ", (\(taken))" : ""))
        filed = tables.isPartitioned ? PostgresQuery("SELECT \(tables.function("filed"))($1)") : nil
    }
}
