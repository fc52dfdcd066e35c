/// The statements that find out what came of an attempt's end that nobody answered.
struct OutcomeStatements: Sendable {
    /// Locks jobs' rows, as far as nobody else has, and tells which by their places among those that are named.
    let lock: PostgresQuery
    /// What completions have led to, in the form of ``SettleStatements/complete``; of those that were not done, only
    /// whether the attempt still has the job.
    let completions: PostgresQuery
    /// When an attempt ended otherwise, whether it still has the job, and when that is due again.
    let end: PostgresQuery
    /// When a chain was continued, whether the attempt still has the job, and whether the one that follows was blocked.
    let continuation: PostgresQuery

    init(_ tables: PostgresTables) {
        let id = tables.idParameter
        lock = PostgresQuery(
            """
            SELECT n.number::integer FROM unnest($1::\(id)[]) WITH ORDINALITY n (id, number)
            JOIN \(tables.job) j ON j.id = n.id FOR NO KEY UPDATE OF j SKIP LOCKED
            """, isPrepared: false)
        completions = PostgresQuery(Self.completions(tables), isPrepared: false)
        let isTaken = "j.lease_token = $2 AND j.leased_by IS NOT NULL"
        end = PostgresQuery(
            """
            SELECT a.ended_at, \(isTaken), CASE WHEN j.lease_token = $2 THEN j.scheduled_at ELSE a.ended_at END
            FROM \(tables.all) j
            LEFT JOIN \(tables.attempt) a ON a.job_id = j.id AND a.lease_token = $2 AND a.outcome = $4
            WHERE j.chain_id = $3 AND j.id = $1
            """, isPrepared: false)
        continuation = PostgresQuery(
            """
            SELECT CASE WHEN j.lease_token = $2 AND j.completed_by = $5 AND j.successor_id = $4 THEN j.completed_at END,
                \(isTaken), EXISTS (SELECT FROM \(tables.blocker) b
                    WHERE b.job_id = $4 AND (b.resolved_at IS NULL OR b.resolved_at > b.blocked_at))
            FROM \(tables.all) j WHERE j.chain_id = $3 AND j.id = $1
            """, isPrepared: false)
    }

    private static func completions(_ tables: PostgresTables) -> String {
        let id = tables.idParameter
        let named = """
            unnest($1::\(id)[], $2::bigint[], $3::\(id)[]) WITH ORDINALITY n (id, token, chain, number)
            CROSS JOIN LATERAL (SELECT a.* FROM \(tables.all) a WHERE a.chain_id = n.chain AND a.id = n.id) j
            """
        let isDone = "j.lease_token = n.token AND j.completed_by = $4 AND j.successor_id IS NULL"
        return """
            SELECT n.number::integer AS number, CASE WHEN \(isDone) THEN j.completed_at END AS at,
                NULL::bigint AS transaction, f.created_at, f.job_trace_context, j.chain_id, NULL::\(id), NULL::text,
                NULL::\(id), NULL::text, NULL::text, NULL::integer, NULL::timestamptz,
                j.lease_token = n.token AND j.leased_by IS NOT NULL, NULL::timestamptz
            FROM \(named)
            CROSS JOIN LATERAL (\(tables.first(ofChain: "j.chain_id", columns: "f.*"))) f
            UNION ALL
            SELECT NULL, b.resolved_at, NULL, NULL, NULL, b.blocked_by_chain_id, d.id, d.type_name, d.chain_id,
                d.job_trace_context, b.trace_context, b.ordinal, b.blocked_at,
                d.ready_at = b.resolved_at
                    AND row_number() OVER (PARTITION BY d.id ORDER BY n.number DESC, b.ordinal DESC) = 1,
                d.scheduled_at
            FROM \(named)
            JOIN \(tables.blocker) b ON b.blocked_by_chain_id = j.chain_id AND b.resolved_at = j.completed_at
            JOIN \(tables.job) d ON d.id = b.job_id
            WHERE \(isDone)
            ORDER BY number NULLS LAST
            """
    }
}
