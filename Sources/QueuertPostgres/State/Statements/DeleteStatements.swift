/// The statements that delete chains; each takes a list of them.
struct DeleteStatements: Sendable {
    let existingWithBlockers, needs, ends: PostgresQuery
    /// What removes the chains, in order.
    let removals: [PostgresQuery]

    init(_ tables: PostgresTables) {
        existingWithBlockers = PostgresQuery(
            """
            WITH RECURSIVE found (chain_id) AS (
                SELECT first.chain_id FROM unnest($1::\(tables.idParameter)[]) c (id)
                    CROSS JOIN LATERAL (\(tables.first(ofChain: "c.id", columns: "f.chain_id"))) first
                UNION
                SELECT b.blocked_by_chain_id FROM found
                    JOIN \(tables.all) j ON j.chain_id = found.chain_id JOIN \(tables.blocker) b ON b.job_id = j.id
            )
            SELECT chain_id FROM found
            """)
        needs = PostgresQuery(
            """
            SELECT b.blocked_by_chain_id, j.id, j.chain_id FROM \(tables.blocker) b JOIN \(tables.job) j ON j.id = b.job_id
            WHERE b.blocked_by_chain_id = ANY ($1) AND \(PostgresTables.isUnended("j"))
                AND j.chain_id <> b.blocked_by_chain_id
            ORDER BY array_position($1, b.blocked_by_chain_id), j.sequence, b.ordinal
            """)
        ends = PostgresQuery(
            """
            SELECT \(PostgresTables.columns(of: "j")), \(tables.attemptColumns(of: "j")),
                \(PostgresTables.columns(of: "first"))
            FROM unnest($1::\(tables.idParameter)[]) c (id)
            CROSS JOIN LATERAL (\(tables.first(ofChain: "c.id", columns: "f.*"))) first
            CROSS JOIN LATERAL (\(tables.last(ofChain: "c.id", columns: "l.*"))) j
            \(tables.blockerOutputs(of: "j", if: "j.leased_by IS NOT NULL"))
            ORDER BY first.sequence
            """)
        let jobs = """
            (SELECT j.id FROM unnest($1::\(tables.idParameter)[]) c (id) JOIN \(tables.all) j ON j.chain_id = c.id)
            """
        let filed = """
            DELETE FROM \(tables.history) h USING unnest($1::\(tables.idParameter)[]) c (id) WHERE h.chain_id = c.id
            """
        var removals = [
            "DELETE FROM \(tables.deduplication) WHERE chain_id = ANY ($1)",
            "DELETE FROM \(tables.blocker) WHERE blocked_by_chain_id = ANY ($1)",
            "DELETE FROM \(tables.blocker) WHERE job_id IN \(jobs)",
            "DELETE FROM \(tables.attempt) WHERE job_id IN \(jobs)",
            "DELETE FROM \(tables.job) WHERE chain_id = ANY ($1)",
        ]
        if tables.isPartitioned { removals.append(filed) }
        self.removals = removals.map { PostgresQuery($0) }
    }
}
