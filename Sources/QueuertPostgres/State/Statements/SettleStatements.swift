/// The statements that end attempts.
package struct SettleStatements: Sendable {
    package let complete: PostgresQuery
    let end, continueWith, jobToSettle, attempt: PostgresQuery

    init(_ tables: PostgresTables) {
        complete = PostgresQuery("SELECT * FROM \(tables.function("complete"))($1, $2, $3, $4, $5, $6, $7)")
        let ten = (1...10).map { "$\($0)" }.joined(separator: ", ")
        end = PostgresQuery("SELECT * FROM \(tables.function("end"))(\(ten))")
        let all = (1...22).map { "$\($0)" }.joined(separator: ", ")
        continueWith = PostgresQuery("SELECT * FROM \(tables.function("continue"))(\(all))")
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
