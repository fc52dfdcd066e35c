/// The statements with which jobs are triggered, redriven, cancelled and paused.
struct ChangeStatements: Sendable {
    /// Fails in a transaction that does not see the latest state.
    let readCommitted: PostgresQuery
    let jobs, trigger, redrive, lockChains, lastJobs, waiting, cancel: PostgresQuery
    /// Moves chains that were cancelled to the history, if there is one.
    let file: PostgresQuery?
    let pause, resume, pausedTypes, hasStranded, stranded, resolve, unblock, now: PostgresQuery

    init(_ tables: PostgresTables) {
        let columns = PostgresTables.columns(of: "j")
        let id = tables.idParameter
        now = PostgresQuery("SELECT coalesce($1::timestamptz, clock_timestamp())")
        jobs = PostgresQuery(
            "SELECT \(columns) FROM \(tables.job) j WHERE j.id = ANY ($1) ORDER BY j.id FOR NO KEY UPDATE")
        trigger = PostgresQuery(
            """
            UPDATE \(tables.job) j SET scheduled_at = least(j.scheduled_at, $1::timestamptz),
                rank = least(j.scheduled_at, $1::timestamptz) - j.priority * interval '1 minute'
            WHERE j.id = ANY ($2)
            """)
        redrive = PostgresQuery(
            """
            UPDATE \(tables.job) j SET failed_at = NULL, attempt = 0, scheduled_at = $1, ready_at = $1,
                rank = $1::timestamptz - j.priority * interval '1 minute'
            WHERE j.id = ANY ($2)
            """)
        readCommitted = PostgresQuery("SELECT \(tables.ifReadCommitted("NULL"))")
        let lock =
            "SELECT j.id FROM \(tables.job) j WHERE j.id = ANY ($1) AND j.chain_index = 0 ORDER BY j.id FOR UPDATE"
        lockChains = PostgresQuery(
            tables.isPartitioned ? "SELECT * FROM \(tables.function("lock"))($1)" : lock)
        // What is in the history does not change, and its chain is locked.
        let filed = """
            SELECT h.* FROM unnest($1::\(id)[]) c (id) CROSS JOIN LATERAL (
                SELECT l.* FROM \(tables.history) l WHERE l.chain_id = c.id ORDER BY l.chain_index DESC LIMIT 1) h
            """
        lastJobs = PostgresQuery(
            """
            WITH locked AS MATERIALIZED (
                SELECT j.* FROM unnest($1::\(id)[]) WITH ORDINALITY c (id, number)
                CROSS JOIN LATERAL (
                    \(tables.last(ofChain: "c.id", columns: "l.id"))) last
                JOIN \(tables.job) j ON j.id = last.id ORDER BY j.id FOR NO KEY UPDATE OF j
            )\(tables.isPartitioned ? ", found AS (SELECT * FROM locked UNION ALL \(filed))" : "")
            SELECT \(columns), \(tables.attemptColumns(of: "j"))
            FROM \(tables.isPartitioned ? "found" : "locked") j \(tables.blockerOutputs(of: "j"))
            """)
        waiting = PostgresQuery(
            """
            SELECT b.blocked_by_chain_id, j.id, j.chain_id FROM \(tables.blocker) b JOIN \(tables.job) j ON j.id = b.job_id
            WHERE b.blocked_by_chain_id = ANY ($1) AND b.resolved_at IS NULL AND \(PostgresTables.isUnended("j"))
            ORDER BY array_position($1, b.blocked_by_chain_id), j.sequence, b.ordinal
            """)
        cancel = PostgresQuery(
            """
            UPDATE \(tables.job) SET cancelled_at = $1, rank = NULL, leased_by = NULL, leased_until = NULL WHERE id = ANY ($2)
            """)
        file = tables.isPartitioned ? PostgresQuery("SELECT \(tables.function("file"))($1, $2)") : nil

        pause = PostgresQuery(
            """
            INSERT INTO \(tables.pausedType) (type_name, paused_at)
            SELECT type, coalesce($1::timestamptz, clock_timestamp()) FROM unnest($2::text[]) type ON CONFLICT DO NOTHING
            """)
        resume = PostgresQuery("DELETE FROM \(tables.pausedType) WHERE type_name = ANY ($1)")
        pausedTypes = PostgresQuery("SELECT type_name::text, paused_at FROM \(tables.pausedType)")

        let isStranded = """
            \(PostgresTables.isBlocked("j")) AND NOT EXISTS (
                SELECT FROM \(tables.blocker) b
                CROSS JOIN LATERAL (\(tables.last(ofChain: "b.blocked_by_chain_id", columns: "l.completed_at"))) last
                WHERE b.job_id = j.id AND last.completed_at IS NULL)
            """
        hasStranded = PostgresQuery("SELECT EXISTS (SELECT FROM \(tables.job) j WHERE \(isStranded))")
        stranded = PostgresQuery(
            "SELECT j.id FROM \(tables.job) j WHERE \(isStranded) ORDER BY j.sequence FOR NO KEY UPDATE")
        resolve = PostgresQuery(
            "UPDATE \(tables.blocker) SET resolved_at = $1 WHERE resolved_at IS NULL AND job_id = ANY ($2)")
        unblock = PostgresQuery(
            """
            UPDATE \(tables.job) j SET \(PostgresTables.unblocking("j", at: "$1::timestamptz"))
            WHERE j.id = ANY ($2) AND j.is_blocked
            """)
    }
}
