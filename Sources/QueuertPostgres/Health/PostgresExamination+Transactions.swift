internal import Queuert

extension PostgresExamination {
    /// Looks for what keeps dead rows from being removed: the oldest transactions, of whatever program.
    mutating func examineTransactions(_ db: isolated PostgresConnection) throws {
        try examineActivity(db)
        try examinePrepared(db)
        try examineSlots(db)
        try examineStandbys(db)
    }

    private mutating func examineActivity(_ db: isolated PostgresConnection) throws {
        // Autovacuum's own transactions keep nothing.
        let rows = try db.query(
            """
            SELECT pid, coalesce(state, '') AS state, coalesce(application_name, '') AS program,
                coalesce(usename, '') AS "user",
                (extract(epoch FROM clock_timestamp() - xact_start) * 1000000)::bigint AS age
            FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
                AND backend_type <> 'autovacuum worker'
            ORDER BY xact_start LIMIT 100
            """)
        if let oldest = rows.first {
            diagnosis.facts.append(DiagnosisFact("oldestTransactionSeconds", .duration(Self.age(oldest))))
        }
        diagnosis.findings += rows.filter { Self.age($0) > patience }.map(Self.finding)
        let hidden = try db.query(
            """
            SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state IS NULL
                AND query = '<insufficient privilege>') + (SELECT count(*) FROM pg_stat_replication WHERE state IS NULL)
                AS count
            """)[0].int("count")
        guard let hidden, hidden > 0 else { return }
        diagnosis.findings.append(
            DiagnosisFinding(
                .unknown, .hiddenActivity, "This user may not see what others' connections do (\(hidden)).",
                hint: "GRANT pg_read_all_stats to it, or ask as another user."))
    }

    static func age(_ row: PostgresRow) -> Duration { .microseconds(row.int64("age") ?? 0) }

    private static func finding(_ row: PostgresRow) -> DiagnosisFinding {
        let process = row.int("pid") ?? 0
        let who = "\(row.text("program") ?? "") (process \(process), user \(row.text("user") ?? ""))"
        let age = "\(age(row).components.seconds) s"
        if row.text("state")?.hasPrefix("idle") == true {
            return DiagnosisFinding(
                .warning, .idleTransaction, "A transaction of \(who) has been open for \(age) and does nothing.",
                hint: """
                    It keeps dead rows from being removed and may hold locks. Have its program end it, or do so yourself: \
                    SELECT pg_terminate_backend(\(process)); and set idle_in_transaction_session_timeout.
                    """)
        }
        return DiagnosisFinding(
            .warning, .longTransaction, "A transaction of \(who) has been open for \(age).",
            hint: """
                It keeps dead rows from being removed. If it is a job's, make the job staged or detached; to end it: \
                SELECT pg_cancel_backend(\(process));
                """)
    }

    private mutating func examinePrepared(_ db: isolated PostgresConnection) throws {
        let rows = try db.query(
            """
            SELECT gid, (extract(epoch FROM clock_timestamp() - prepared) * 1000000)::bigint AS age
            FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared LIMIT 10
            """)
        for row in rows where Self.age(row) > patience {
            let name = row.text("gid") ?? ""
            diagnosis.findings.append(
                DiagnosisFinding(
                    .warning, .preparedTransaction,
                    "The transaction “\(name)” was prepared \(Self.age(row).components.seconds) s ago and is still open.",
                    hint: "It keeps dead rows and locks until its program says COMMIT PREPARED or ROLLBACK PREPARED."))
        }
    }

    private mutating func examineSlots(_ db: isolated PostgresConnection) throws {
        let rows = try db.query(
            """
            SELECT slot_name AS name, age(xmin) AS age FROM pg_replication_slots
            WHERE xmin IS NOT NULL AND NOT active ORDER BY 1
            """)
        for row in rows {
            diagnosis.findings.append(
                DiagnosisFinding(
                    .warning, .idleReplicationSlot,
                    """
                    Nobody reads the replication slot \(row.text("name") ?? ""), which keeps the dead rows of \
                    \(row.int("age") ?? 0) transactions.
                    """, hint: "Start its standby, or drop it: SELECT pg_drop_replication_slot('…');"))
        }
    }

    /// Looks at what standbys ask to be kept for the queries that run on them: through a slot, or else by their connection.
    private mutating func examineStandbys(_ db: isolated PostgresConnection) throws {
        let rows = try db.query(
            """
            SELECT coalesce(application_name, '') || ' (process ' || pid || ')' AS name, age(backend_xmin) AS age
            FROM pg_stat_activity
            WHERE backend_type = 'walsender' AND datname IS NULL AND backend_xmin IS NOT NULL
            UNION ALL
            SELECT 'of the replication slot ' || slot_name, age(xmin) FROM pg_replication_slots
            WHERE xmin IS NOT NULL AND active ORDER BY 1
            """)
        for row in rows {
            guard let count = row.int("age"), count > feedbackLimit else { continue }
            diagnosis.findings.append(
                DiagnosisFinding(
                    .warning, .standbyFeedback,
                    "The standby \(row.text("name") ?? "") keeps the dead rows of \(count) transactions.",
                    hint: """
                        A query has been running there for long, and its `hot_standby_feedback` is on. End the query there, \
                        or have `statement_timeout` and `idle_in_transaction_session_timeout` do so.
                        """))
        }
    }
}
