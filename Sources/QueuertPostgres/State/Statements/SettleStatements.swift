/// The statements that end attempts.
package struct SettleStatements: Sendable {
    package let complete: PostgresQuery
    /// The same, which fails with ``leaseLost`` instead of returning no row.
    let completeOrRefuse: PostgresQuery
    let end, continueWith, jobToSettle, attempt: PostgresQuery
    /// The same as `end`, if the lease is over.
    let endIfLapsed: PostgresQuery

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
}
