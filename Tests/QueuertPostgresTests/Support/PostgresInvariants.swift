import QueuertPostgres
import Testing

/// What must hold of the queue's tables whenever no transaction is open, whatever was done.
///
/// - Parameters:
///   - pool: The database.
///   - schema: The schema of the tables.
///   - prefix: What the names of the tables begin with.
///   - hasHistory: Whether chains that have ended go to a table of their own.
/// - Throws: ``QueuertPostgres/PostgresError``.
func expectInvariants(
    _ pool: PostgresPool, schema: String, prefix: String = "queuert_", hasHistory: Bool = false
) async throws {
    let job = "\"\(schema)\".\"\(prefix)\(hasHistory ? "all_jobs" : "job")\""
    let blocker = "\"\(schema)\".\"\(prefix)job_blocker\""
    var rules = [
        "each job's chain and successor are there": """
        SELECT count(*) FROM \(job) j WHERE NOT EXISTS (SELECT FROM \(job) c WHERE c.id = j.chain_id AND c.chain_index = 0)
            OR j.successor_id IS NOT NULL AND NOT EXISTS (SELECT FROM \(job) s WHERE s.id = j.successor_id
                AND s.chain_id = j.chain_id AND s.chain_index = j.chain_index + 1)
        """,
        "a job in line is ready": """
        SELECT count(*) FROM \(job) WHERE rank IS NOT NULL AND (leased_by IS NOT NULL OR is_blocked
            OR completed_at IS NOT NULL OR failed_at IS NOT NULL OR cancelled_at IS NOT NULL)
        """,
        "a job in line has the place that its priority gives it":
            "SELECT count(*) FROM \(job) WHERE rank <> scheduled_at - priority * interval '1 minute'",
        "a lease has a worker, and a worker a lease":
            "SELECT count(*) FROM \(job) WHERE (leased_until IS NULL) <> (leased_by IS NULL)",
        "what has ended has no lease": """
        SELECT count(*) FROM \(job) WHERE leased_by IS NOT NULL
            AND (completed_at IS NOT NULL OR failed_at IS NOT NULL OR cancelled_at IS NOT NULL)
        """,
        "a chain has one job without a successor, its last": """
        SELECT count(*) FROM (SELECT count(*) FILTER (WHERE successor_id IS NULL) AS ends,
                max(chain_index) FILTER (WHERE successor_id IS NULL) AS place, max(chain_index) AS last,
                count(*) AS jobs FROM \(job) GROUP BY chain_id) c
            WHERE ends <> 1 OR place <> last OR jobs <> last + 1
        """,
        "a job is blocked exactly while a wait of it is open": """
        SELECT count(*) FROM \(job) j WHERE j.completed_at IS NULL AND j.cancelled_at IS NULL
            AND j.is_blocked <> EXISTS (SELECT FROM \(blocker) b WHERE b.job_id = j.id AND b.resolved_at IS NULL)
        """,
    ]
    if hasHistory {
        let (open, history) = ("\"\(schema)\".\"\(prefix)job\"", "\"\(schema)\".\"\(prefix)job_history\"")
        rules["an identifier is one job's"] = "SELECT count(*) - count(DISTINCT id) FROM \(job)"
        rules["a chain is in one table"] = """
            SELECT count(*) FROM \(history) h WHERE EXISTS (SELECT FROM \(open) j WHERE j.chain_id = h.chain_id)
            """
        rules["the history holds what has ended"] = """
            SELECT count(*) FROM \(history) WHERE completed_at IS NULL AND cancelled_at IS NULL OR rank IS NOT NULL
            """
        // The database checks these where all jobs are in one table.
        for (table, column) in [
            ("job_blocker", "job_id"), ("job_blocker", "blocked_by_chain_id"),
            ("job_attempt", "job_id"), ("deduplication", "chain_id"),
        ] {
            rules["what a \(table) names as its \(column) is there"] = """
                SELECT count(*) FROM "\(schema)"."\(prefix)\(table)" r
                WHERE NOT EXISTS (SELECT FROM \(job) j WHERE j.id = r.\(column))
                """
        }
    }
    let names = rules.keys.sorted()
    // In one round trip, since each case ends with it.
    let sql = "SELECT " + names.map { "(\(rules[$0] ?? ""))" }.joined(separator: ", ")
    let counts = try await pool.read { db in try db.query(sql)[0].values }
    for (name, count) in zip(names, counts) { #expect(count == "0", "\(name)") }
}
