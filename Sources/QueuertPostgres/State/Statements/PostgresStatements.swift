/// The SQL of the state adapter, made once for a schema, a table prefix and a type of identifiers.
package struct PostgresStatements: Sendable {
    let tables: PostgresTables
    package let claim: ClaimStatements
    package let start: StartStatements
    package let settle: SettleStatements
    let read: ReadStatements
    let change: ChangeStatements
    let delete: DeleteStatements

    package init(_ tables: PostgresTables) {
        self.tables = tables
        claim = ClaimStatements(tables)
        start = StartStatements(tables)
        settle = SettleStatements(tables)
        read = ReadStatements(tables)
        change = ChangeStatements(tables)
        delete = DeleteStatements(tables)
    }
}

/// The statements with which workers take jobs and keep them.
package struct ClaimStatements: Sendable {
    package let claim: PostgresQuery
    let nextDue, renew, expired: PostgresQuery

    init(_ tables: PostgresTables) {
        claim = PostgresQuery(
            "SELECT * FROM \(tables.function("claim"))($1, $2, $3, $4, $5, $6, $7, $8)")
        nextDue = PostgresQuery("SELECT * FROM \(tables.function("next_due"))($1, $2)")
        renew = PostgresQuery("SELECT * FROM \(tables.function("renew"))($1, $2, $3, $4)")
        // A job whose row is locked is just being settled.
        expired = PostgresQuery(
            """
            WITH expired AS MATERIALIZED (
                SELECT j.* FROM \(tables.job) j
                WHERE j.leased_by IS NOT NULL AND j.type_name = ANY ($2)
                    AND j.leased_until < coalesce($1::timestamptz, clock_timestamp())
                ORDER BY j.leased_until, j.id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
            )
            SELECT \(PostgresTables.columns(of: "j")), \(tables.attemptColumns(of: "j"))
            FROM expired j \(tables.blockerOutputs(of: "j")) ORDER BY j.leased_until, j.id
            """)
    }
}

/// The statements that write jobs.
package struct StartStatements: Sendable {
    package let one, many, copy: PostgresQuery
    let general, now: PostgresQuery

    init(_ tables: PostgresTables) {
        let columns = """
            id, type_name, chain_id, chain_type_name, chain_index, input, created_at, scheduled_at, priority, rank, ready_at, \
            chain_trace_context, job_trace_context, trace_carrier, trace_segment
            """
        one = PostgresQuery(
            """
            INSERT INTO \(tables.job) (\(columns))
            SELECT $2, $3, $4, $5, $6, $7, at, due, $10, CASE WHEN due <= at THEN due - $10::integer * interval '1 minute' END, at,
                $11, $12, $13, $14
            FROM (SELECT at, greatest(at, coalesce($9::timestamptz, at + $8::bigint * interval '1 microsecond')) AS due
                FROM (SELECT coalesce($1::timestamptz, clock_timestamp()) AS at OFFSET 0) t OFFSET 0) n
            ON CONFLICT (id) DO NOTHING
            RETURNING created_at, pg_current_xact_id()::text::bigint
            """)
        let places = (1...14).map { "$\($0)" }.joined(separator: ", ")
        many = PostgresQuery("SELECT * FROM \(tables.function("insert"))(\(places))")
        let more = (15...24).map { "$\($0)" }.joined(separator: ", ")
        general = PostgresQuery("SELECT * FROM \(tables.function("start"))(\(places), \(more))")
        copy = PostgresQuery("COPY \(tables.job) (\(columns)) FROM STDIN (FORMAT binary)", isPrepared: false)
        now = PostgresQuery(
            """
            SELECT coalesce($1::timestamptz, clock_timestamp()), pg_current_xact_id()::text::bigint,
                (SELECT j.id FROM unnest($2::\(tables.idParameter)[]) WITH ORDINALITY n (id, number)
                    JOIN \(tables.job) j ON j.id = n.id ORDER BY n.number LIMIT 1)
            """)
    }
}

/// The statements that end attempts.
package struct SettleStatements: Sendable {
    package let complete: PostgresQuery
    let end, continueWith, jobToSettle, attempt, lockChain, lastJob: PostgresQuery

    init(_ tables: PostgresTables) {
        complete = PostgresQuery("SELECT * FROM \(tables.function("complete"))($1, $2, $3, $4, $5, $6, $7)")
        let ten = (1...10).map { "$\($0)" }.joined(separator: ", ")
        end = PostgresQuery("SELECT * FROM \(tables.function("end"))(\(ten))")
        let all = (1...22).map { "$\($0)" }.joined(separator: ", ")
        continueWith = PostgresQuery("SELECT * FROM \(tables.function("continue"))(\(all))")
        jobToSettle = PostgresQuery(
            """
            WITH locked AS MATERIALIZED (
                SELECT j.* FROM \(tables.job) j
                WHERE j.id = $1 AND j.lease_token = $2 AND \(PostgresTables.isUnended("j")) FOR NO KEY UPDATE
            )
            SELECT \(PostgresTables.columns(of: "j")), \(tables.attemptColumns(of: "j"))
            FROM locked j \(tables.blockerOutputs(of: "j"))
            """)
        attempt = PostgresQuery(
            """
            INSERT INTO \(tables.attempt) (job_id, lease_token, attempt, worker, started_at, ended_at, outcome, error,
                attempt_trace_context)
            SELECT j.id, j.lease_token, j.attempt, j.leased_by, j.last_attempt_at,
                coalesce($1::timestamptz, clock_timestamp()), $3, NULL, j.attempt_trace_context
            FROM \(tables.job) j WHERE j.id = $2
            """)
        lockChain = PostgresQuery(
            "SELECT FROM \(tables.job) j WHERE j.id = $1 AND j.chain_index = 0 FOR UPDATE")
        lastJob = PostgresQuery(
            """
            WITH locked AS MATERIALIZED (
                SELECT j.* FROM \(tables.job) j WHERE j.id = (
                    \(tables.last(ofChain: "$1", columns: "l.id"))) FOR NO KEY UPDATE
            )
            SELECT \(PostgresTables.columns(of: "j")), \(tables.attemptColumns(of: "j"))
            FROM locked j \(tables.blockerOutputs(of: "j"))
            """)
    }
}

/// The statements that look at single jobs and chains, and count.
struct ReadStatements: Sendable {
    let job, chainEnds, chainJobs, failedAttempts, blockers, counts: PostgresQuery

    init(_ tables: PostgresTables) {
        let columns = PostgresTables.columns(of: "j")
        job = PostgresQuery("SELECT \(columns) FROM \(tables.job) j WHERE j.id = $1")
        chainEnds = PostgresQuery(
            """
            SELECT \(columns), \(PostgresTables.columns(of: "last")) FROM \(tables.job) j
            CROSS JOIN LATERAL (\(tables.last(ofChain: "j.id", columns: "l.*"))) last
            WHERE j.id = $1 AND j.chain_index = 0
            """)
        chainJobs = PostgresQuery(
            "SELECT \(columns) FROM \(tables.job) j WHERE j.chain_id = $1 ORDER BY j.chain_index")
        failedAttempts = PostgresQuery(
            """
            SELECT a.attempt, a.worker, a.started_at, a.ended_at, a.outcome, a.error, a.attempt_trace_context
            FROM \(tables.attempt) a WHERE a.job_id = $1 ORDER BY a.lease_token
            """)
        blockers = PostgresQuery(
            """
            SELECT b.blocked_at, b.resolved_at, \(columns), \(PostgresTables.columns(of: "last"))
            FROM \(tables.blocker) b JOIN \(tables.job) j ON j.id = b.blocked_by_chain_id
            CROSS JOIN LATERAL (\(tables.last(ofChain: "j.id", columns: "l.*"))) last
            WHERE b.job_id = $1 ORDER BY b.ordinal
            """)
        // Each part is read from an index that holds nothing else.
        counts = PostgresQuery(
            """
            SELECT type_name::text, 'ready', count(*), min(rank + priority * interval '1 minute') FROM \(tables.job)
            WHERE rank IS NOT NULL GROUP BY type_name
            UNION ALL
            SELECT j.type_name::text,
                CASE WHEN j.scheduled_at <= coalesce($1::timestamptz, clock_timestamp()) THEN 'ready' ELSE 'scheduled' END,
                count(*), min(j.scheduled_at)
            FROM \(tables.job) j WHERE \(PostgresTables.isScheduled("j")) GROUP BY j.type_name, 2
            UNION ALL
            SELECT j.type_name::text, 'blocked', count(*), NULL FROM \(tables.job) j
            WHERE \(PostgresTables.isBlocked("j")) AND j.failed_at IS NULL GROUP BY j.type_name
            UNION ALL
            SELECT j.type_name::text, 'failed', count(*), NULL FROM \(tables.job) j
            WHERE j.failed_at IS NOT NULL AND \(PostgresTables.isUnended("j")) GROUP BY j.type_name
            UNION ALL
            SELECT type_name::text, 'running', count(*), NULL FROM \(tables.job)
            WHERE leased_by IS NOT NULL GROUP BY type_name
            """)
    }
}

/// The statements with which jobs are triggered, redriven, cancelled and paused.
struct ChangeStatements: Sendable {
    let jobs, trigger, redrive, lockChains, lastJobs, waiting, cancel: PostgresQuery
    let pause, resume, pausedTypes, stranded, resolve, unblock, now: PostgresQuery

    init(_ tables: PostgresTables) {
        let columns = PostgresTables.columns(of: "j")
        let id = tables.idParameter
        now = PostgresQuery("SELECT coalesce($1::timestamptz, clock_timestamp())")
        jobs = PostgresQuery(
            "SELECT \(columns) FROM \(tables.job) j WHERE j.id = ANY ($1) ORDER BY j.id FOR NO KEY UPDATE")
        trigger = PostgresQuery(
            """
            UPDATE \(tables.job) j SET scheduled_at = least(j.scheduled_at, $1::timestamptz),
                rank = least(j.scheduled_at, $1::timestamptz) - j.priority * interval '1 minute'
            WHERE j.id = ANY ($2)
            """)
        redrive = PostgresQuery(
            """
            UPDATE \(tables.job) j SET failed_at = NULL, attempt = 0, scheduled_at = $1, ready_at = $1,
                rank = $1::timestamptz - j.priority * interval '1 minute'
            WHERE j.id = ANY ($2)
            """)
        lockChains = PostgresQuery(
            """
            SELECT j.id FROM \(tables.job) j WHERE j.id = ANY ($1) AND j.chain_index = 0 ORDER BY j.id FOR UPDATE
            """)
        lastJobs = PostgresQuery(
            """
            WITH locked AS MATERIALIZED (
                SELECT j.* FROM unnest($1::\(id)[]) WITH ORDINALITY c (id, number)
                CROSS JOIN LATERAL (
                    \(tables.last(ofChain: "c.id", columns: "l.id"))) last
                JOIN \(tables.job) j ON j.id = last.id ORDER BY j.id FOR NO KEY UPDATE OF j
            )
            SELECT \(columns), \(tables.attemptColumns(of: "j")) FROM locked j \(tables.blockerOutputs(of: "j"))
            """)
        waiting = PostgresQuery(
            """
            SELECT b.blocked_by_chain_id, j.id, j.chain_id FROM \(tables.blocker) b JOIN \(tables.job) j ON j.id = b.job_id
            WHERE b.blocked_by_chain_id = ANY ($1) AND b.resolved_at IS NULL AND \(PostgresTables.isUnended("j"))
            ORDER BY array_position($1, b.blocked_by_chain_id), j.sequence, b.ordinal
            """)
        cancel = PostgresQuery(
            """
            UPDATE \(tables.job) SET cancelled_at = $1, rank = NULL, leased_by = NULL, leased_until = NULL WHERE id = ANY ($2)
            """)

        pause = PostgresQuery(
            """
            INSERT INTO \(tables.pausedType) (type_name, paused_at)
            SELECT type, coalesce($1::timestamptz, clock_timestamp()) FROM unnest($2::text[]) type ON CONFLICT DO NOTHING
            """)
        resume = PostgresQuery("DELETE FROM \(tables.pausedType) WHERE type_name = ANY ($1)")
        pausedTypes = PostgresQuery("SELECT type_name::text, paused_at FROM \(tables.pausedType)")

        stranded = PostgresQuery(
            """
            SELECT j.id FROM \(tables.job) j WHERE \(PostgresTables.isBlocked("j")) AND NOT EXISTS (
                SELECT FROM \(tables.blocker) b
                CROSS JOIN LATERAL (\(tables.last(ofChain: "b.blocked_by_chain_id", columns: "l.completed_at"))) last
                WHERE b.job_id = j.id AND last.completed_at IS NULL)
            ORDER BY j.sequence FOR NO KEY UPDATE
            """)
        resolve = PostgresQuery(
            "UPDATE \(tables.blocker) SET resolved_at = $1 WHERE resolved_at IS NULL AND job_id = ANY ($2)")
        unblock = PostgresQuery(
            """
            UPDATE \(tables.job) j SET is_blocked = false, ready_at = $1,
                rank = CASE WHEN j.scheduled_at <= $1 THEN \(PostgresTables.rank("j")) END
            WHERE j.id = ANY ($2) AND j.is_blocked
            """)
    }
}

/// The statements that delete chains; each takes a list of them.
struct DeleteStatements: Sendable {
    let existingWithBlockers, needs, ends: PostgresQuery
    /// What removes the chains, in order.
    let removals: [PostgresQuery]

    init(_ tables: PostgresTables) {
        existingWithBlockers = PostgresQuery(
            """
            WITH RECURSIVE found (chain_id) AS (
                SELECT id FROM \(tables.job) WHERE id = ANY ($1) AND chain_index = 0
                UNION
                SELECT b.blocked_by_chain_id FROM found
                    JOIN \(tables.job) j ON j.chain_id = found.chain_id JOIN \(tables.blocker) b ON b.job_id = j.id
            )
            SELECT chain_id FROM found
            """)
        needs = PostgresQuery(
            """
            SELECT b.blocked_by_chain_id, j.id, j.chain_id FROM \(tables.blocker) b JOIN \(tables.job) j ON j.id = b.job_id
            WHERE b.blocked_by_chain_id = ANY ($1) AND \(PostgresTables.isUnended("j"))
                AND j.chain_id <> b.blocked_by_chain_id
            ORDER BY array_position($1, b.blocked_by_chain_id), j.sequence, b.ordinal
            """)
        ends = PostgresQuery(
            """
            SELECT \(PostgresTables.columns(of: "j")), \(tables.attemptColumns(of: "j")),
                \(PostgresTables.columns(of: "first"))
            FROM \(tables.job) first
            CROSS JOIN LATERAL (\(tables.last(ofChain: "first.id", columns: "l.*"))) j
            \(tables.blockerOutputs(of: "j", if: "j.leased_by IS NOT NULL"))
            WHERE first.id = ANY ($1) ORDER BY first.sequence
            """)
        let jobs = "(SELECT id FROM \(tables.job) WHERE chain_id = ANY ($1))"
        removals = [
            "DELETE FROM \(tables.deduplication) WHERE chain_id = ANY ($1)",
            "DELETE FROM \(tables.blocker) WHERE blocked_by_chain_id = ANY ($1)",
            "DELETE FROM \(tables.blocker) WHERE job_id IN \(jobs)",
            "DELETE FROM \(tables.attempt) WHERE job_id IN \(jobs)",
            "DELETE FROM \(tables.job) WHERE chain_id = ANY ($1)",
        ].map { PostgresQuery($0) }
    }
}
