/// What must hold of the queue's tables whenever no transaction is open, whatever was done.
///
/// - Parameter prefix: What the names of the tables begin with.
/// - Returns: By rule, a query for how often it is broken, as `n`.
package func queueInvariants(prefix: String = "queuert_") -> [String: String] {
    let job = "\(prefix)job"
    return [
        "each reference is to something that is there": "SELECT count(*) AS n FROM pragma_foreign_key_check",
        "the indexes hold what the tables hold":
            "SELECT count(*) AS n FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        "a job in line is ready": """
        SELECT count(*) AS n FROM \(job) WHERE rank IS NOT NULL AND (leased_until IS NOT NULL OR is_blocked
            OR completed_at IS NOT NULL OR failed_at IS NOT NULL OR cancelled_at IS NOT NULL)
        """,
        "a job in line has the place that its priority gives it":
            "SELECT count(*) AS n FROM \(job) WHERE rank <> scheduled_at - priority * 60000000",
        "a lease has a worker, and a worker a lease":
            "SELECT count(*) AS n FROM \(job) WHERE (leased_until IS NULL) <> (leased_by IS NULL)",
        "what has ended has no lease": """
        SELECT count(*) AS n FROM \(job) WHERE leased_until IS NOT NULL
            AND (completed_at IS NOT NULL OR failed_at IS NOT NULL OR cancelled_at IS NOT NULL)
        """,
        "a chain has one job without a successor, its last": """
        SELECT count(*) AS n FROM (SELECT count(*) FILTER (WHERE successor_id IS NULL) AS ends,
                max(chain_index) FILTER (WHERE successor_id IS NULL) AS place, max(chain_index) AS last,
                count(*) AS jobs FROM \(job) GROUP BY chain_id)
            WHERE ends <> 1 OR place <> last OR jobs <> last + 1
        """,
        "a job is blocked exactly while a wait of it is open": """
        SELECT count(*) AS n FROM \(job) j WHERE j.completed_at IS NULL AND j.cancelled_at IS NULL
            AND j.is_blocked <> EXISTS (SELECT 1 FROM \(prefix)job_blocker b
                WHERE b.job_id = j.id AND b.resolved_at IS NULL)
        """,
    ]
}
