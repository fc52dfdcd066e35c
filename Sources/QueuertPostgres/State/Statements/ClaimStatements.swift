/// The statements with which workers take jobs and keep them.
package struct ClaimStatements: Sendable {
    package let claim: PostgresQuery
    let nextDue, renew, expired: PostgresQuery

    init(_ tables: PostgresTables) {
        claim = PostgresQuery(
            "SELECT * FROM \(tables.function("claim", version: 2))($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        nextDue = PostgresQuery("SELECT * FROM \(tables.function("next_due"))($1, $2)")
        renew = PostgresQuery("SELECT * FROM \(tables.function("renew"))($1, $2, $3, $4)")
        // A job whose row is locked is just being settled.
        expired = PostgresQuery(
            """
            WITH expired AS MATERIALIZED (
                SELECT j.* FROM \(tables.job) j
                WHERE j.leased_by IS NOT NULL AND j.type_name = ANY ($2)
                    AND j.leased_until < coalesce($1::timestamptz, clock_timestamp())
                ORDER BY j.leased_until, j.id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
            )
            SELECT \(PostgresTables.columns(of: "j")), \(tables.attemptColumns(of: "j"))
            FROM expired j \(tables.blockerOutputs(of: "j")) ORDER BY j.leased_until, j.id
            """)
    }
}
