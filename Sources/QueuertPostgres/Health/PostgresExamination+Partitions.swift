internal import Queuert

extension PostgresExamination {
    /// Looks whether the history has partitions for chains to come, and loses those that are over.
    mutating func examinePartitions(_ db: isolated PostgresConnection, at now: Timestamp) throws {
        guard tables.isPartitioned,
            try db.query("SELECT to_regclass($1) AS found", [tables.partition])[0]["found"] != nil
        else { return }
        let now = PostgresTime.text(microseconds: now.microseconds)
        try examineComingPartitions(db, at: now)
        try examineRetiredPartitions(db, at: now)
        try countPartitions(db)
    }

    private mutating func examineComingPartitions(_ db: isolated PostgresConnection, at now: String) throws {
        // They are made two widths ahead, once an hour: less than one is no delay.
        let last = try db.query(
            """
            SELECT to_char(ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
                ends_at - (closes_at - ends_at) > $1::timestamptz AS is_enough
            FROM \(tables.partition) ORDER BY ends_at DESC LIMIT 1
            """, [now]
        ).first
        if last?.bool("is_enough") == true { return }
        diagnosis.findings.append(
            DiagnosisFinding(
                .warning, .missingPartitions,
                last?.text("day").map { "The last partition of the history is for chains that start before \($0)." }
                    ?? "The history has no partitions.",
                hint: """
                    Chains that find none stay in the table of jobs. Processes of the service make them once an hour, if \
                    their user owns the tables and may create some in the schema; `queuert migrate` does so at once.
                    """))
    }

    private mutating func examineRetiredPartitions(_ db: isolated PostgresConnection, at now: String) throws {
        // One that somebody is about to drop is left to them.
        let rows = try db.query(
            """
            SELECT p.name, (extract(epoch FROM $1::timestamptz - p.retired_at) * 1000000)::bigint AS age,
                coalesce(i.inhdetachpending, false) AS is_pending
            FROM \(tables.partition) p LEFT JOIN pg_inherits i ON i.inhrelid = to_regclass(p.name)
            WHERE (p.retired_at IS NOT NULL OR i.inhdetachpending)
                AND (p.dropping_until IS NULL OR p.dropping_until < clock_timestamp())
            ORDER BY p.lower LIMIT 10
            """, [now])
        for row in rows {
            let name = row.text("name") ?? ""
            let age = Self.age(row)
            if row.bool("is_pending") == true {
                diagnosis.findings.append(
                    DiagnosisFinding(
                        .warning, .undroppedPartition,
                        "The partition \(name) is taken out of the history by half: that was interrupted.",
                        hint: row["age"] == nil
                            ? "Finish it: ALTER TABLE \(tables.history) DETACH PARTITION \(name) FINALIZE;"
                            : Self.droppingHint))
            } else if age > patience {
                diagnosis.findings.append(
                    DiagnosisFinding(
                        .warning, .undroppedPartition,
                        "The partition \(name) was to be dropped \(age.components.seconds) s ago, and is still there.",
                        hint: Self.droppingHint))
            }
        }
    }

    private static var droppingHint: String {
        """
        The next `cleanUpHistory(olderThan:)` drops it, if its user owns the tables and no transaction stays open that may \
        look into it.
        """
    }

    private mutating func countPartitions(_ db: isolated PostgresConnection) throws {
        let count = try db.query("SELECT count(*) AS count FROM \(tables.partition)")[0].int("count") ?? 0
        guard count > 100 else { return }
        diagnosis.findings.append(
            DiagnosisFinding(
                .warning, .manyPartitions,
                "The history has \(count) partitions, and some reads look into all of them.",
                hint: """
                    Call `cleanUpHistory(olderThan:)` each day: `cleanUp` deletes chains and drops no partitions. Or make \
                    those to come wider: `.partitioned(days:)`.
                    """))
    }
}
