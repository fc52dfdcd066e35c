/// The statements with which jobs are triggered, redriven, cancelled and paused.
struct ChangeStatements: Sendable {
    let job, last, trigger, redrive, cancel, waiting: SQLiteQuery
    let pause, resume, pausedTypes: SQLiteQuery
    let hasStranded, resolveStranded, stranded, unblockStranded: SQLiteQuery

    init(_ tables: SQLiteTables) {
        let job = tables.job
        let blocker = tables.blocker
        self.job = SQLiteQuery("SELECT rowid, \(SQLiteTables.columns) FROM \(job) WHERE id = ?1")
        last = SQLiteQuery(
            """
            SELECT rowid, \(SQLiteTables.columns) FROM \(job) WHERE chain_id = ?1 ORDER BY chain_index DESC LIMIT 1
            """)
        trigger = SQLiteQuery("UPDATE \(job) SET scheduled_at = ?2, rank = ?3 WHERE rowid = ?1")
        redrive = SQLiteQuery(
            """
            UPDATE \(job) SET failed_at = NULL, attempt = 0, scheduled_at = ?2, ready_at = ?2, rank = ?3 WHERE rowid = ?1
            """)
        cancel = SQLiteQuery(
            "UPDATE \(job) SET cancelled_at = ?2, rank = NULL, leased_by = NULL, leased_until = NULL WHERE rowid = ?1")
        waiting = SQLiteQuery(
            """
            SELECT j.id, j.chain_id FROM \(blocker) b JOIN \(job) j ON j.id = b.job_id
            WHERE b.blocked_by_chain_id = ?1 AND b.resolved_at IS NULL
                AND j.completed_at IS NULL AND j.cancelled_at IS NULL
            ORDER BY j.rowid, b.ordinal
            """)

        pause = SQLiteQuery(
            "INSERT INTO \(tables.pausedType) (type_name, paused_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        resume = SQLiteQuery("DELETE FROM \(tables.pausedType) WHERE type_name = ?1")
        pausedTypes = SQLiteQuery("SELECT type_name, paused_at FROM \(tables.pausedType)")

        let isBlocked = "cancelled_at IS NULL AND is_blocked = 1 AND \(SQLiteTables.isWaiting)"
        let isStranded = """
            \(isBlocked) AND NOT EXISTS (SELECT 1 FROM \(blocker) o WHERE o.job_id = id AND o.resolved_at IS NULL)
            """
        hasStranded = SQLiteQuery(
            """
            SELECT EXISTS (SELECT 1 FROM \(tables.waitingJob) WHERE \(isBlocked) AND NOT EXISTS (
                SELECT 1 FROM \(blocker) o WHERE o.job_id = id AND o.resolved_at IS NULL
                    AND coalesce((SELECT last.completed_at IS NULL FROM \(job) last
                        WHERE last.rowid = \(tables.lastRow(ofChain: "o.blocked_by_chain_id"))), 1)))
            """)
        resolveStranded = SQLiteQuery(
            """
            UPDATE \(blocker) SET resolved_at = ?1
            WHERE resolved_at IS NULL AND job_id IN (SELECT id FROM \(tables.waitingJob) WHERE \(isBlocked))
                AND (SELECT last.completed_at IS NOT NULL FROM \(job) last
                    WHERE last.rowid = \(tables.lastRow(ofChain: "blocked_by_chain_id")))
            """)
        stranded = SQLiteQuery("SELECT rowid, id FROM \(tables.waitingJob) WHERE \(isStranded) ORDER BY rowid")
        unblockStranded = SQLiteQuery(
            """
            UPDATE \(tables.waitingJob) SET \(SQLiteTables.unblocking(at: "?1"))
            WHERE \(isStranded)
            """)
    }
}
