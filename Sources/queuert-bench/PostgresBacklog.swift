import Queuert
import QueuertPostgres

extension PostgresQueue {
    /// Writes jobs of 50 types as they are after a while, which the server makes up itself: that takes minutes.
    func insertBacklog(
        waiting: Int, blocked: Int, scheduled: Int, finished: Int, _ client: Client<PostgresStateAdapter>
    ) async throws {
        let (job, blocker) = ("\(schema).queuert_job", "\(schema).queuert_job_blocker")
        let columns = "id, type_name, chain_id, chain_type_name, chain_index, input, created_at, scheduled_at"
        let values = "i.id, 'type-' || n % 50, i.id, 'type-' || n % 50, 0, repeat('x', 200), at"
        let now = "timestamptz '2026-01-01 00:00:00+00'"
        /// So many rows, whose identifiers begin with their times, ten in a millisecond.
        func rows(_ first: Int, _ count: Int) -> String {
            """
            FROM generate_series(\(first), \(first + count - 1)) n
            CROSS JOIN LATERAL (SELECT \(Self.id("n")) AS id, \(now) + n * interval '0.1 millisecond' AS at) i
            """
        }
        var first = 0
        func next(_ count: Int) -> String {
            defer { first += count }
            return rows(first, count)
        }
        let statements = [
            """
            INSERT INTO \(job) (\(columns), ready_at, output, completed_at, completed_by, attempt, last_attempt_at, lease_token)
            SELECT \(values), at, at, '1', at, 'a worker', 1, at, 1 \(next(finished))
            """,
            "INSERT INTO \(job) (\(columns), ready_at, rank) SELECT \(values), at, at, at \(next(waiting))",
            """
            INSERT INTO \(job) (\(columns), ready_at)
            SELECT \(values), now() + interval '1 day' + n * interval '1 second', at \(next(scheduled))
            """,
            "INSERT INTO \(job) (\(columns), is_blocked) SELECT \(values), at, true \(next(blocked))",
            // Each waits for a chain that waits itself.
            """
            INSERT INTO \(blocker) (job_id, ordinal, blocked_by_chain_id, blocked_at)
            SELECT i.id, 0, \(Self.id("(n - \(scheduled + waiting))")), at \(rows(first - blocked, blocked))
            """,
        ]
        for statement in statements { try await client.adapter.pool.write { db in _ = try db.execute(statement) } }
        // As autovacuum would, which must not begin while claims are measured.
        try await client.adapter.withOperation(.work) { db in _ = try db.execute("VACUUM (ANALYZE) \(job)") }
    }

    /// The identifier of a numbered row.
    private static func id(_ number: String) -> String {
        """
        (lpad(to_hex(1767225600000 + \(number) / 10), 12, '0') || '7' || lpad(to_hex(\(number) % 4096), 3, '0') || '8' \
        || left(md5((\(number))::text), 15))::uuid
        """
    }
}
