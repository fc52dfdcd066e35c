/// The statements that look at single jobs and chains, and count.
struct ReadStatements: Sendable {
    let job, last, chainJobs, failedAttempts, lastFailedAttempts, failures, blockers: SQLiteQuery
    let readyCounts, waitingCounts, runningCounts: SQLiteQuery

    init(_ tables: SQLiteTables) {
        let job = tables.job
        let columns = SQLiteTables.columns
        self.job = SQLiteQuery("SELECT \(columns) FROM \(job) WHERE id = ?1")
        last = SQLiteQuery("SELECT \(columns) FROM \(job) WHERE chain_id = ?1 ORDER BY chain_index DESC LIMIT 1")
        chainJobs = SQLiteQuery("SELECT \(columns) FROM \(job) WHERE chain_id = ?1 ORDER BY chain_index")
        let attempts = """
            SELECT job_id, attempt, worker, started_at, ended_at, outcome, error, attempt_trace_context
            FROM \(tables.attempt) WHERE job_id = ?1 ORDER BY lease_token
            """
        failedAttempts = SQLiteQuery(attempts)
        lastFailedAttempts = SQLiteQuery("\(attempts) DESC LIMIT ?2")
        failures = SQLiteQuery(
            """
            SELECT count(*) FROM (
                SELECT min(outcome IN ('failed', 'lost')) OVER (ORDER BY lease_token DESC) AS is_in_row FROM (
                    SELECT outcome, lease_token FROM \(tables.attempt) WHERE job_id = ?1 AND outcome <> 'released'
                    ORDER BY lease_token DESC LIMIT ?2))
            WHERE is_in_row
            """)
        blockers = SQLiteQuery(
            "SELECT blocked_by_chain_id, blocked_at, resolved_at FROM \(tables.blocker) WHERE job_id = ?1 ORDER BY ordinal"
        )
        readyCounts = SQLiteQuery(
            """
            SELECT type_name, count(*), min(rank + priority * 60000000) FROM \(tables.readyJob)
            WHERE rank IS NOT NULL GROUP BY type_name
            """)
        waitingCounts = SQLiteQuery(
            """
            SELECT type_name, is_blocked, failed_at IS NOT NULL, scheduled_at <= ?1, count(*), min(scheduled_at)
            FROM \(tables.waitingJob)
            WHERE cancelled_at IS NULL AND \(SQLiteTables.isWaiting) GROUP BY 1, 2, 3, 4
            """)
        runningCounts = SQLiteQuery(
            """
            SELECT type_name, count(*), sum(leased_until < ?1) FROM \(tables.leasedJob)
            WHERE leased_until IS NOT NULL GROUP BY type_name
            """)
    }
}
