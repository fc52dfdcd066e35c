/// The statements that look at single jobs and chains, and count.
struct ReadStatements: Sendable {
    let job, chainEnds, chainJobs, failedAttempts, lastFailedAttempts, failures, blockers, counts: PostgresQuery

    init(_ tables: PostgresTables) {
        let columns = PostgresTables.columns(of: "j")
        job = PostgresQuery("SELECT \(columns) FROM \(tables.all) j WHERE j.id = $1")
        chainEnds = PostgresQuery(
            """
            SELECT \(columns), \(PostgresTables.columns(of: "last")) FROM \(tables.all) j
            CROSS JOIN LATERAL (\(tables.last(ofChain: "$1", columns: "l.*"))) last
            WHERE j.chain_id = $1 AND j.chain_index = 0
            """)
        chainJobs = PostgresQuery(
            "SELECT \(columns) FROM \(tables.all) j WHERE j.chain_id = $1 ORDER BY j.chain_index")
        let attempts = """
            SELECT a.attempt, a.worker, a.started_at, a.ended_at, a.outcome, a.error, a.attempt_trace_context
            FROM \(tables.attempt) a WHERE a.job_id = $1 ORDER BY a.lease_token
            """
        failedAttempts = PostgresQuery(attempts)
        lastFailedAttempts = PostgresQuery("\(attempts) DESC LIMIT $2")
        failures = PostgresQuery(
            """
            SELECT n.id, count(*) FROM unnest($1::\(tables.idParameter)[], $2::integer[]) n (id, attempts)
            CROSS JOIN LATERAL (
                SELECT bool_and(last.outcome IN ('failed', 'lost')) OVER (ORDER BY last.lease_token DESC) AS is_in_row
                FROM (
                    SELECT a.outcome, a.lease_token FROM \(tables.attempt) a
                    WHERE a.job_id = n.id AND a.outcome <> 'released'
                    ORDER BY a.lease_token DESC LIMIT n.attempts) last) counted
            WHERE counted.is_in_row GROUP BY n.id
            """)
        blockers = PostgresQuery(
            """
            SELECT b.blocked_at, b.resolved_at, \(columns), \(PostgresTables.columns(of: "last"))
            FROM \(tables.blocker) b
            CROSS JOIN LATERAL (\(tables.first(ofChain: "b.blocked_by_chain_id", columns: "f.*"))) j
            CROSS JOIN LATERAL (\(tables.last(ofChain: "b.blocked_by_chain_id", columns: "l.*"))) last
            WHERE b.job_id = $1 ORDER BY b.ordinal
            """)
        // Each part is read from an index that holds nothing else.
        counts = PostgresQuery(
            """
            SELECT type_name::text, 'ready', count(*), min(rank + priority * interval '1 minute'), 0 FROM \(tables.job)
            WHERE rank IS NOT NULL GROUP BY type_name
            UNION ALL
            SELECT j.type_name::text,
                CASE WHEN j.scheduled_at <= coalesce($1::timestamptz, clock_timestamp()) THEN 'ready' ELSE 'scheduled' END,
                count(*), min(j.scheduled_at), 0
            FROM \(tables.job) j WHERE \(PostgresTables.isScheduled("j")) GROUP BY j.type_name, 2
            UNION ALL
            SELECT j.type_name::text, 'blocked', count(*), NULL, 0 FROM \(tables.job) j
            WHERE \(PostgresTables.isBlocked("j")) AND j.failed_at IS NULL GROUP BY j.type_name
            UNION ALL
            SELECT j.type_name::text, 'failed', count(*), NULL, 0 FROM \(tables.job) j
            WHERE j.failed_at IS NOT NULL AND \(PostgresTables.isUnended("j")) GROUP BY j.type_name
            UNION ALL
            SELECT type_name::text, 'running', count(*), NULL,
                count(*) FILTER (WHERE leased_until < coalesce($1::timestamptz, clock_timestamp()))
            FROM \(tables.job)
            WHERE leased_by IS NOT NULL GROUP BY type_name
            """)
    }
}
