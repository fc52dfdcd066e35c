/// The statements with which workers take jobs and keep them.
package struct ClaimStatements: Sendable {
    /// The types, of some, with jobs that became due, marked 1, and all that are paused, marked 0: what a claim begins with.
    package let dueAndPausedTypes: SQLiteQuery
    package let readyJobs, lease: SQLiteQuery
    let dueJobs, makeReady, readyHeads, readyJob: SQLiteQuery
    let nextDue, blockers, previousContext, renew, expired: SQLiteQuery

    /// The columns of a ready job that are not known beforehand, in the order in which a claim decodes them.
    private static let readyColumns = """
        rowid, id, chain_index, chain_id, chain_type_name, input, created_at, scheduled_at, priority, ready_at, attempt, \
        last_attempt_error, lease_token, chain_trace_context, job_trace_context, attempt_trace_context, trace_carrier, \
        trace_segment
        """

    init(_ tables: SQLiteTables) {
        let job = tables.job
        dueAndPausedTypes = SQLiteQuery(
            """
            SELECT t.value, 1 FROM json_each(?1) t
            WHERE EXISTS (SELECT 1 FROM \(tables.waitingJob)
                    WHERE type_name = t.value AND scheduled_at <= ?2 AND \(SQLiteTables.isScheduled))
            UNION ALL SELECT type_name, 0 FROM \(tables.pausedType)
            """)
        dueJobs = SQLiteQuery(
            """
            SELECT rowid FROM \(tables.waitingJob)
            WHERE type_name = ?1 AND scheduled_at <= ?2 AND \(SQLiteTables.isScheduled) ORDER BY scheduled_at LIMIT ?3
            """)
        makeReady = SQLiteQuery("UPDATE \(job) SET rank = \(SQLiteTables.rank) WHERE rowid = ?1")
        readyJobs = SQLiteQuery(
            """
            SELECT \(Self.readyColumns) FROM \(tables.readyJob)
            WHERE type_name = ?1 AND rank IS NOT NULL ORDER BY rank, id
            """)
        readyHeads = SQLiteQuery(
            """
            SELECT rank, id, rowid FROM \(tables.readyJob)
            WHERE type_name = ?1 AND rank IS NOT NULL ORDER BY rank, id
            """)
        readyJob = SQLiteQuery("SELECT \(Self.readyColumns) FROM \(job) WHERE rowid = ?1")
        lease = SQLiteQuery(
            """
            UPDATE \(job) SET rank = NULL, attempt = ?2, last_attempt_at = ?3, leased_by = ?4, lease_token = ?5,
                leased_until = ?6, attempt_trace_context = NULL
            WHERE rowid = ?1
            """)
        nextDue = SQLiteQuery(
            """
            SELECT min(CASE WHEN EXISTS (SELECT 1 FROM \(tables.readyJob)
                    WHERE type_name = t.value AND rank IS NOT NULL) THEN 0
                ELSE (SELECT scheduled_at FROM \(tables.waitingJob)
                    WHERE type_name = t.value AND \(SQLiteTables.isScheduled) ORDER BY scheduled_at LIMIT 1) END)
            FROM json_each(?1) t
            WHERE NOT EXISTS (SELECT 1 FROM \(tables.pausedType) p WHERE p.type_name = t.value)
            """)
        blockers = SQLiteQuery(
            """
            SELECT b.blocked_by_chain_id, first.type_name, last.output, first.job_trace_context
            FROM \(tables.blocker) b
            JOIN \(job) first ON first.id = b.blocked_by_chain_id
            JOIN \(job) last ON last.rowid = \(tables.lastRow(ofChain: "b.blocked_by_chain_id"))
            WHERE b.job_id = ?1 AND last.output IS NOT NULL ORDER BY b.ordinal
            """)
        previousContext = SQLiteQuery(
            """
            SELECT attempt_trace_context FROM \(tables.attempt) WHERE job_id = ?1 ORDER BY lease_token DESC LIMIT 1
            """)
        // The plus keeps SQLite from looking at all jobs that are leased, by their index.
        renew = SQLiteQuery(
            """
            UPDATE \(job) SET leased_until = ?2 FROM json_each(?1) lease
            WHERE \(job).id = json_extract(lease.value, '$[0]') AND lease_token = json_extract(lease.value, '$[1]')
                AND +leased_until IS NOT NULL
            RETURNING id, lease_token
            """)
        expired = SQLiteQuery(
            """
            SELECT \(SQLiteTables.columns) FROM \(tables.leasedJob)
            WHERE leased_until IS NOT NULL AND leased_until < ?1 AND type_name IN \(SQLiteTables.list("?2"))
            ORDER BY leased_until, id LIMIT ?3
            """)
    }
}
