internal import Queuert

/// Looks at the server and the queue's tables through one connection, whose read is open.
struct PostgresExamination: Sendable {
    let tables: PostgresTables
    let patience: Duration
    /// So many transactions may pass while a standby keeps the dead rows of all of them; it does not say for how long.
    var feedbackLimit = 100_000
    var diagnosis = Diagnosis()

    mutating func examineServer(_ db: isolated PostgresConnection) throws {
        let version = try db.query("SELECT current_setting('server_version') AS version, current_database() AS name")[0]
        diagnosis.facts += [
            DiagnosisFact("serverVersion", .text(version.text("version") ?? "")),
            DiagnosisFact("database", .text(version.text("name") ?? "")),
        ]
    }

    mutating func examineTables(_ db: isolated PostgresConnection) throws {
        let status = try PostgresMigrations.status(of: tables, db)
        diagnosis.facts.append(DiagnosisFact("migrations", .count(status.applied.count)))
        diagnosis.findings += DiagnosisFinding.ofMigrations(
            status, tables: "the prefix “\(tables.prefix)” in the schema “\(tables.schema)”")
        if status.isEmpty { return }
        // What a newer version has made of the tables can't be known here.
        if status.unknown.isEmpty { try examineSchema(status.applied, db) }
        try examineIndexes(db)
        try examineVacuum(db)
    }

    private mutating func examineSchema(_ applied: [String], _ db: isolated PostgresConnection) throws {
        let migrations = PostgresMigrations.all.filter { applied.contains($0.name) }
        let expected = PostgresSchemaObjects(made: migrations.map { $0.script(tables) })
        let rows = try db.query(
            """
            SELECT CASE WHEN c.relkind IN ('i', 'I') THEN 'index ' ELSE 'table ' END || c.relname AS name,
                CASE WHEN c.relkind IN ('i', 'I') AND starts_with(c.relname, $2) THEN pg_get_indexdef(c.oid) END AS made_by
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'i', 'I')
            UNION
            SELECT 'function ' || p.proname, NULL FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = $1
            """, [tables.schema, tables.prefix])
        var actual: Set<String> = []
        var changed: [String] = []
        for row in rows {
            guard let name = row.text("name") else { continue }
            actual.insert(name)
            if let index = expected.indexes[name], let made = row.text("made_by"),
                PostgresSchemaObjects.normalized(made) != index
            {
                changed.append(name)
            }
        }
        diagnosis.findings += DiagnosisFinding.ofMissing(expected.names.subtracting(actual).sorted())
        diagnosis.findings += DiagnosisFinding.ofChanged(changed.sorted())
    }

    private mutating func examineIndexes(_ db: isolated PostgresConnection) throws {
        let rows = try db.query(
            """
            SELECT i.indexrelid::regclass::text AS name
            FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
            WHERE \(Self.isOwn("t.oid", "n.nspname", "t.relname")) AND NOT (i.indisvalid AND i.indisready) ORDER BY 1
            """, ownTables)
        diagnosis.findings += rows.compactMap { $0.text("name") }.map { name in
            DiagnosisFinding(
                .problem, .invalidIndex, "The index \(name) is invalid and not used.",
                hint: "Making it was interrupted: REINDEX INDEX CONCURRENTLY \(name);")
        }
    }

    /// Whether a table is one of the queue's, or a partition of one: others' tables may have names that begin as these
    /// do.
    private static func isOwn(_ table: String, _ schema: String, _ name: String) -> String {
        """
        (\(schema) = $1 AND \(name) = ANY ($2::text[])
            OR \(table) IN (SELECT p.inhrelid FROM pg_inherits p WHERE p.inhparent = to_regclass($3)))
        """
    }

    /// The parameters of ``isOwn(_:_:_:)``: the tables that migrations make, and the one that has partitions.
    private var ownTables: [(any PostgresBindable)?] {
        let objects = PostgresSchemaObjects(made: PostgresMigrations.all.map { $0.script(tables) })
        var names = objects.names.compactMap { $0.hasPrefix("table ") ? String($0.dropFirst("table ".count)) : nil }
        names.append("\(tables.prefix)migration")
        return [tables.schema, names, tables.isPartitioned ? tables.history : nil]
    }

    // MARK: Autovacuum

    private mutating func examineVacuum(_ db: isolated PostgresConnection) throws {
        func option(_ name: String) -> String {
            "(SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = 'autovacuum_\(name)')"
        }
        func setting(_ name: String) -> String {
            "coalesce(\(option(name)), current_setting('autovacuum_\(name)'))::float8"
        }
        let rows = try db.query(
            """
            SELECT s.relid::regclass::text AS name, s.n_live_tup AS live, s.n_dead_tup AS dead,
                pg_total_relation_size(c.oid) AS bytes,
                (\(setting("vacuum_threshold")) + \(setting("vacuum_scale_factor")) * greatest(c.reltuples, 0))::bigint
                    AS threshold,
                coalesce(\(option("enabled")), 'true')::boolean AND current_setting('autovacuum')::boolean AS is_on
            FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
            WHERE \(Self.isOwn("s.relid", "s.schemaname", "s.relname")) ORDER BY s.relname
            """, ownTables)
        diagnosis.facts += [
            DiagnosisFact("tablesBytes", .bytes(rows.reduce(0) { $0 + ($1.int("bytes") ?? 0) })),
            DiagnosisFact("deadRows", .count(rows.reduce(0) { $0 + ($1.int("dead") ?? 0) })),
        ]
        for row in rows { diagnosis.findings += Self.findings(ofVacuum: row) }
    }

    private static func findings(ofVacuum row: PostgresRow) -> [DiagnosisFinding] {
        let name = row.text("name") ?? ""
        var findings: [DiagnosisFinding] = []
        if row.bool("is_on") == false {
            findings.append(
                DiagnosisFinding(
                    .warning, .autovacuumOff, "Autovacuum does not look after the table \(name).",
                    hint: """
                        Turn it on, in the server's settings or with ALTER TABLE … RESET (autovacuum_enabled): each job \
                        leaves dead rows, which claims have to step over.
                        """))
        }
        let dead = row.int("dead") ?? 0
        let threshold = row.int("threshold") ?? 0
        if dead > 2 * threshold, dead >= 1_000 {
            findings.append(
                DiagnosisFinding(
                    .warning, .deadRows,
                    "The table \(name) has \(dead) dead rows; autovacuum should begin at \(threshold).",
                    hint: """
                        Look for transactions that have been open for long, which keep dead rows, and whether autovacuum \
                        has too few workers. This helps at once: VACUUM \(name);
                        """))
        }
        return findings
    }
}
