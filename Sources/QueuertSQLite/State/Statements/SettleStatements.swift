/// The statements that end attempts, and what follows from the end of a chain.
package struct SettleStatements: Sendable {
    package let leased, complete: SQLiteQuery
    let leasedJob, unendedJob, continueWith, leaveQueue, retry, fail, release, attempt: SQLiteQuery
    let chainStart, dependants, resolve, unblock: SQLiteQuery

    init(_ tables: SQLiteTables) {
        let job = tables.job
        let blocker = tables.blocker
        let isLeased = "id = ?1 AND lease_token = ?2 AND leased_until IS NOT NULL"
        leased = SQLiteQuery(
            """
            SELECT rowid, chain_index, created_at, job_trace_context, EXISTS (SELECT 1 FROM \(blocker) b
                WHERE b.blocked_by_chain_id = chain_id AND b.resolved_at IS NULL)
            FROM \(job) WHERE \(isLeased)
            """)
        leasedJob = SQLiteQuery("SELECT rowid, \(SQLiteTables.columns) FROM \(job) WHERE \(isLeased)")
        unendedJob = SQLiteQuery(
            """
            SELECT rowid, \(SQLiteTables.columns) FROM \(job)
            WHERE id = ?1 AND lease_token = ?2 AND \(SQLiteTables.isUnended)
            """)

        let end = """
            completed_at = ?3, completed_by = ?4, leased_by = NULL, leased_until = NULL, last_attempt_error = NULL,
                attempt_trace_context = ?5
            """
        complete = SQLiteQuery("UPDATE \(job) SET output = ?2, \(end) WHERE rowid = ?1")
        continueWith = SQLiteQuery("UPDATE \(job) SET successor_id = ?2, \(end) WHERE rowid = ?1")
        leaveQueue = SQLiteQuery("UPDATE \(job) SET rank = NULL, failed_at = NULL WHERE rowid = ?1")
        let giveBack = "rank = ?2, leased_by = NULL, leased_until = NULL, attempt_trace_context = ?3"
        retry = SQLiteQuery(
            """
            UPDATE \(job) SET \(giveBack), ready_at = ?4, scheduled_at = ?5, last_attempt_error = ?6 WHERE rowid = ?1
            """)
        fail = SQLiteQuery(
            "UPDATE \(job) SET \(giveBack), failed_at = ?4, last_attempt_error = ?5 WHERE rowid = ?1")
        release = SQLiteQuery(
            "UPDATE \(job) SET \(giveBack), ready_at = ?4, attempt = attempt - 1 WHERE rowid = ?1")
        attempt = SQLiteQuery(
            """
            INSERT INTO \(tables.attempt) (job_id, lease_token, attempt, worker, started_at, ended_at, outcome, error,
                attempt_trace_context)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)

        chainStart = SQLiteQuery("SELECT created_at, job_trace_context FROM \(job) WHERE id = ?1")
        dependants = SQLiteQuery(
            """
            SELECT j.id, j.type_name, j.chain_id, j.job_trace_context, b.trace_context, b.ordinal, b.blocked_at,
                NOT EXISTS (SELECT 1 FROM \(blocker) o WHERE o.job_id = j.id AND o.resolved_at IS NULL
                    AND (o.blocked_by_chain_id <> ?1 OR o.ordinal > b.ordinal)),
                j.scheduled_at
            FROM \(blocker) b JOIN \(job) j ON j.id = b.job_id
            WHERE b.blocked_by_chain_id = ?1 AND b.resolved_at IS NULL
                AND j.completed_at IS NULL AND j.cancelled_at IS NULL
            ORDER BY j.rowid, b.ordinal
            """)
        resolve = SQLiteQuery(
            "UPDATE \(blocker) SET resolved_at = ?2 WHERE blocked_by_chain_id = ?1 AND resolved_at IS NULL")
        unblock = SQLiteQuery(
            """
            UPDATE \(job) SET \(SQLiteTables.unblocking(at: "?2"))
            WHERE id IN (SELECT b.job_id FROM \(blocker) b WHERE b.blocked_by_chain_id = ?1 AND b.resolved_at = ?2)
                AND is_blocked = 1 AND \(SQLiteTables.isUnended)
                AND NOT EXISTS (SELECT 1 FROM \(blocker) o WHERE o.job_id = id AND o.resolved_at IS NULL)
            """)
    }
}
