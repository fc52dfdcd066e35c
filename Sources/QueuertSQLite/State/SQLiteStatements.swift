/// The SQL of the state adapter, made once for a table prefix.
struct SQLiteStatements: Sendable {
    let prefix: String
    let insertJob, insertBlocker, chainIsCompleted: String
    let claimable, lease, claimedBlockers: String
    let renew, expired, leasedJob: String
    let complete, handOver, retry, release, insertAttempt: String
    let dependants, resolveBlockers, unblock, chainStart: String
    let chainEnds, chainJobs, failedAttempts, waitingCounts: String

    /// The columns of a job in the order in which ``SQLiteStateOperations`` decodes them.
    static let jobColumns = """
        id, type_name, chain_id, chain_type_name, chain_index, successor_id, input, output, created_at, scheduled_at, \
        ready_at, completed_at, completed_by, attempt, last_attempt_at, last_attempt_error, leased_by, lease_token, \
        leased_until, has_open_blockers, chain_trace_context, job_trace_context, attempt_trace_context, trace_carrier, \
        trace_segment
        """
    static let jobColumnCount: Int32 = 25

    init(prefix: String) {
        self.prefix = prefix
        let job = "\(prefix)job"
        let blocker = "\(prefix)job_blocker"
        let attempt = "\(prefix)job_attempt"
        let columns = Self.jobColumns

        insertJob = """
            INSERT INTO \(job) (id, type_name, chain_id, chain_type_name, chain_index, input, created_at, scheduled_at,
                ready_at, has_open_blockers, chain_trace_context, job_trace_context, trace_carrier, trace_segment)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            """
        insertBlocker = """
            INSERT INTO \(blocker) (job_id, ordinal, blocked_by_chain_id, blocked_at, resolved_at, trace_context)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """
        chainIsCompleted = """
            SELECT completed_at IS NOT NULL, chain_type_name FROM \(job) WHERE chain_id = ?1 AND successor_id IS NULL
            """

        // The conditions are those of the index job_claimable, word for word, or SQLite would not use it.
        claimable = """
            SELECT id, scheduled_at, attempt_trace_context FROM \(job)
            WHERE type_name = ?1 AND completed_at IS NULL AND leased_until IS NULL AND has_open_blockers = 0
            ORDER BY scheduled_at, id LIMIT ?2
            """
        lease = """
            UPDATE \(job) SET attempt = attempt + 1, last_attempt_at = ?2, leased_by = ?3, lease_token = lease_token + 1,
                leased_until = ?4, attempt_trace_context = ?5
            WHERE id = ?1 RETURNING \(columns)
            """
        claimedBlockers = """
            SELECT b.blocked_by_chain_id, first.type_name, last.output, first.job_trace_context
            FROM \(blocker) b
            JOIN \(job) first ON first.id = b.blocked_by_chain_id
            JOIN \(job) last ON last.chain_id = b.blocked_by_chain_id AND last.successor_id IS NULL
            WHERE b.job_id = ?1 ORDER BY b.ordinal
            """
        renew = "UPDATE \(job) SET leased_until = ?3 WHERE id = ?1 AND lease_token = ?2 AND leased_until IS NOT NULL"
        expired = """
            SELECT \(columns), (SELECT a.attempt_trace_context FROM \(attempt) a WHERE a.job_id = \(job).id
                ORDER BY a.lease_token DESC LIMIT 1)
            FROM \(job) WHERE leased_until IS NOT NULL AND leased_until < ?1
                AND type_name IN (SELECT value FROM json_each(?2))
            ORDER BY leased_until, id LIMIT ?3
            """
        leasedJob = "SELECT \(columns) FROM \(job) WHERE id = ?1 AND lease_token = ?2 AND leased_until IS NOT NULL"

        complete = """
            UPDATE \(job) SET output = ?3, completed_at = ?4, completed_by = ?5, leased_by = NULL, leased_until = NULL,
                last_attempt_error = NULL, attempt_trace_context = ?6
            WHERE id = ?1 AND lease_token = ?2 AND leased_until IS NOT NULL
            """
        handOver = """
            UPDATE \(job) SET successor_id = ?3, completed_at = ?4, completed_by = ?5, leased_by = NULL,
                leased_until = NULL, last_attempt_error = NULL, attempt_trace_context = ?6
            WHERE id = ?1 AND lease_token = ?2 AND leased_until IS NOT NULL
            """
        retry = """
            UPDATE \(job) SET scheduled_at = ?3, ready_at = ?4, last_attempt_error = ?5, leased_by = NULL,
                leased_until = NULL, attempt_trace_context = ?6
            WHERE id = ?1 AND lease_token = ?2
            """
        release = """
            UPDATE \(job) SET attempt = attempt - 1, ready_at = ?3, leased_by = NULL, leased_until = NULL,
                attempt_trace_context = ?4
            WHERE id = ?1 AND lease_token = ?2
            """
        insertAttempt = """
            INSERT INTO \(attempt) (job_id, lease_token, attempt, worker, started_at, ended_at, outcome, error,
                attempt_trace_context)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """

        dependants = """
            SELECT j.id, j.type_name, j.chain_id, j.job_trace_context, b.trace_context, b.ordinal, b.blocked_at,
                NOT EXISTS (SELECT 1 FROM \(blocker) o WHERE o.job_id = j.id AND o.resolved_at IS NULL
                    AND (o.blocked_by_chain_id <> ?1 OR o.ordinal > b.ordinal)),
                j.scheduled_at
            FROM \(blocker) b JOIN \(job) j ON j.id = b.job_id
            WHERE b.blocked_by_chain_id = ?1 AND b.resolved_at IS NULL ORDER BY b.job_id, b.ordinal
            """
        resolveBlockers =
            "UPDATE \(blocker) SET resolved_at = ?2 WHERE blocked_by_chain_id = ?1 AND resolved_at IS NULL"
        unblock = "UPDATE \(job) SET has_open_blockers = 0, ready_at = ?2 WHERE id = ?1"
        chainStart = "SELECT created_at, job_trace_context FROM \(job) WHERE id = ?1"

        chainEnds = """
            SELECT \(columns) FROM \(job) WHERE chain_id = ?1 AND (chain_index = 0 OR successor_id IS NULL)
            ORDER BY chain_index
            """
        chainJobs = "SELECT \(columns) FROM \(job) WHERE chain_id = ?1 ORDER BY chain_index"
        failedAttempts = """
            SELECT job_id, attempt, worker, started_at, ended_at, outcome, error, attempt_trace_context
            FROM \(attempt) WHERE job_id = ?1 ORDER BY lease_token
            """
        waitingCounts = """
            SELECT type_name, count(*) FROM \(job) WHERE completed_at IS NULL AND leased_until IS NULL GROUP BY type_name
            """
    }
}
