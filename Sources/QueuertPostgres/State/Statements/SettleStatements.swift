/// The statements that end attempts.
package struct SettleStatements: Sendable {
    package let complete: PostgresQuery
    /// The same, which fails with ``leaseLost`` instead of returning no row.
    let completeOrRefuse: PostgresQuery
    let end, continueWith, jobToSettle, attempt: PostgresQuery
    /// The same as `end`, if the lease is over.
    let endIfLapsed: PostgresQuery
    /// Locks a job's row, if nobody else has, and tells what came of its completion, in the form of `complete`.
    let lock, outcome: PostgresQuery

    /// The state of the error that stops a commit.
    static let leaseLost = "QU002"

    init(_ tables: PostgresTables) {
        let now = tables.ifReadCommitted("$1")
        complete = PostgresQuery("SELECT * FROM \(tables.function("complete"))(\(now), $2, $3, $4, $5, $6, $7)")
        completeOrRefuse = PostgresQuery(
            """
            SELECT c.*, CASE WHEN c.at IS NULL THEN \(tables.function("refuse"))() END
            FROM (SELECT) one LEFT JOIN \(tables.function("complete"))(\(now), $2, $3, $4, $5, $6, $7) c ON true
            """)
        lock = PostgresQuery(
            "SELECT FROM \(tables.job) j WHERE j.id = $1 FOR NO KEY UPDATE SKIP LOCKED", isPrepared: false)
        outcome = PostgresQuery(Self.outcome(tables), isPrepared: false)
        let nine = (2...10).map { "$\($0)" }.joined(separator: ", ")
        end = PostgresQuery("SELECT * FROM \(tables.function("end"))(\(now), \(nine))")
        endIfLapsed = PostgresQuery(
            """
            SELECT e.* FROM (SELECT FROM \(tables.job) j WHERE j.id = $2 AND j.lease_token = $3
                AND j.leased_until < coalesce($1::timestamptz, clock_timestamp()) FOR NO KEY UPDATE) lapsed
            CROSS JOIN LATERAL \(tables.function("end"))(\(now), \(nine)) e
            """)
        let others = (2...22).map { "$\($0)" }.joined(separator: ", ")
        continueWith = PostgresQuery("SELECT * FROM \(tables.function("continue"))(\(now), \(others))")
        jobToSettle = PostgresQuery(
            """
            WITH locked AS MATERIALIZED (
                SELECT j.* FROM \(tables.job) j
                WHERE j.id = $1 AND j.lease_token = $2 AND \(PostgresTables.isUnended("j")) FOR NO KEY UPDATE
            )
            SELECT \(PostgresTables.columns(of: "j")), \(tables.attemptColumns(of: "j"))
            FROM locked j \(tables.blockerOutputs(of: "j"))
            """)
        attempt = PostgresQuery(
            """
            INSERT INTO \(tables.attempt) (job_id, lease_token, attempt, worker, started_at, ended_at, outcome, error,
                attempt_trace_context)
            SELECT j.id, j.lease_token, j.attempt, j.leased_by, j.last_attempt_at,
                coalesce($1::timestamptz, clock_timestamp()), $3, NULL, j.attempt_trace_context
            FROM \(tables.job) j WHERE j.id = $2
            """)
    }

    /// What a completion has led to, as the rows tell; of one that was not done, only whether the attempt still has the job.
    private static func outcome(_ tables: PostgresTables) -> String {
        let id = tables.idParameter
        return """
            SELECT 1 AS number,
                CASE WHEN j.lease_token = $2 AND j.completed_by = $3 AND j.successor_id IS NULL THEN j.completed_at END AS at,
                NULL::bigint AS transaction, f.created_at, f.job_trace_context, j.chain_id, NULL::\(id), NULL::text,
                NULL::\(id), NULL::text, NULL::text, NULL::integer, NULL::timestamptz,
                j.lease_token = $2 AND j.leased_by IS NOT NULL, NULL::timestamptz
            FROM \(tables.all) j CROSS JOIN LATERAL (\(tables.first(ofChain: "j.chain_id", columns: "f.*"))) f
            WHERE j.id = $1
            UNION ALL
            SELECT NULL, b.resolved_at, NULL, NULL, NULL, b.blocked_by_chain_id, d.id, d.type_name, d.chain_id,
                d.job_trace_context, b.trace_context, b.ordinal, b.blocked_at,
                d.ready_at = b.resolved_at AND row_number() OVER (PARTITION BY d.id ORDER BY b.ordinal DESC) = 1,
                d.scheduled_at
            FROM \(tables.all) j JOIN \(tables.blocker) b ON b.blocked_by_chain_id = j.chain_id AND b.resolved_at = j.completed_at
            JOIN \(tables.job) d ON d.id = b.job_id
            WHERE j.id = $1 AND j.lease_token = $2 AND j.completed_by = $3 AND j.successor_id IS NULL
            ORDER BY number NULLS LAST
            """
    }
}
