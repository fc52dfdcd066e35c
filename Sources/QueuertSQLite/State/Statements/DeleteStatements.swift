/// The statements that delete chains; each takes a list of them.
struct DeleteStatements: Sendable {
    let existing, existingWithBlockers, needs, firstJobs, lastJobs: SQLiteQuery
    /// What removes the chains, in order.
    let removals: [SQLiteQuery]

    init(_ tables: SQLiteTables) {
        let job = tables.job
        let blocker = tables.blocker
        let chains = SQLiteTables.list("?1")
        existing = SQLiteQuery("SELECT id FROM \(job) WHERE id IN \(chains) AND chain_index = 0")
        existingWithBlockers = SQLiteQuery(
            """
            WITH RECURSIVE found (chain_id) AS (
                SELECT id FROM \(job) WHERE id IN \(chains) AND chain_index = 0
                UNION
                SELECT b.blocked_by_chain_id FROM found
                    CROSS JOIN \(job) j ON j.chain_id = found.chain_id
                    CROSS JOIN \(blocker) b ON b.job_id = j.id
            )
            SELECT chain_id FROM found
            """)
        needs = SQLiteQuery(
            """
            SELECT b.blocked_by_chain_id, j.id, j.chain_id
            FROM json_each(?1) c
            CROSS JOIN \(blocker) b ON b.blocked_by_chain_id = c.value
            CROSS JOIN \(job) j ON j.id = b.job_id
            WHERE j.completed_at IS NULL AND j.cancelled_at IS NULL AND j.chain_id <> b.blocked_by_chain_id
            ORDER BY c.key, j.rowid, b.ordinal
            """)
        firstJobs = SQLiteQuery("SELECT \(SQLiteTables.columns) FROM \(job) WHERE id IN \(chains) ORDER BY rowid")
        lastJobs = SQLiteQuery(
            """
            SELECT \(SQLiteTables.columns(of: "last")) FROM json_each(?1) c
            CROSS JOIN \(job) last ON last.rowid = \(tables.lastRow(ofChain: "c.value")) WHERE last.chain_index > 0
            """)
        let jobs = "(SELECT id FROM \(job) WHERE chain_id IN \(chains))"
        removals = [
            SQLiteQuery("DELETE FROM \(tables.deduplication) WHERE chain_id IN \(chains)"),
            SQLiteQuery("DELETE FROM \(blocker) WHERE blocked_by_chain_id IN \(chains)"),
            SQLiteQuery("DELETE FROM \(blocker) WHERE job_id IN \(jobs)"),
            SQLiteQuery("DELETE FROM \(tables.attempt) WHERE job_id IN \(jobs)"),
            SQLiteQuery("DELETE FROM \(job) WHERE chain_id IN \(chains)"),
        ]
    }
}
