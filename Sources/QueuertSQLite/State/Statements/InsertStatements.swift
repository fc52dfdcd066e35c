/// The statements that write jobs.
package struct InsertStatements: Sendable {
    package let job: SQLiteQuery
    let blocker, last, jobExists, chainOfKey, key: SQLiteQuery

    init(_ tables: SQLiteTables) {
        job = SQLiteQuery(
            """
            INSERT INTO \(tables.job) (id, type_name, chain_id, chain_type_name, chain_index, input, created_at,
                scheduled_at, priority, rank, ready_at, is_blocked, chain_trace_context, job_trace_context, trace_carrier,
                trace_segment)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
            """)
        blocker = SQLiteQuery(
            """
            INSERT INTO \(tables.blocker) (job_id, ordinal, blocked_by_chain_id, blocked_at, resolved_at, trace_context)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """)
        last = SQLiteQuery(
            """
            SELECT completed_at IS NOT NULL, cancelled_at IS NOT NULL, chain_type_name FROM \(tables.job)
            WHERE chain_id = ?1 ORDER BY chain_index DESC LIMIT 1
            """)
        jobExists = SQLiteQuery("SELECT 1 FROM \(tables.job) WHERE id = ?1")
        chainOfKey = SQLiteQuery(
            "SELECT chain_id FROM \(tables.deduplication) WHERE chain_type_name = ?1 AND key = ?2")
        key = SQLiteQuery(
            """
            INSERT INTO \(tables.deduplication) (chain_type_name, key, chain_id) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET chain_id = ?3
            """)
    }
}
