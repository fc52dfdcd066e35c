import Foundation
import Queuert

/// Looks at a database through one connection, whose read is open.
struct SQLiteExamination {
    private let prefix: String
    private let walSizeLimit: Int
    private let handle: SQLiteHandle
    private let connection: SQLiteStatementRunner

    init(db: isolated SQLiteConnection, prefix: String, walSizeLimit: Int) throws {
        self.prefix = prefix
        self.walSizeLimit = walSizeLimit
        handle = try db.handle
        connection = db.statementRunner
    }

    func diagnosis(_ options: DiagnosisOptions) throws -> Diagnosis {
        var diagnosis = Diagnosis()
        examineLibrary(&diagnosis)
        try examineFile(&diagnosis)
        let status = try SQLiteMigrations.status(prefix: prefix, on: connection)
        diagnosis.facts.append(DiagnosisFact("migrations", .count(status.applied.count)))
        diagnosis.findings += DiagnosisFinding.ofMigrations(status, tables: "the prefix “\(prefix)”")
        if !status.isEmpty {
            // What a newer version has made of the tables can't be known here.
            if status.unknown.isEmpty { try examineSchema(status.applied, &diagnosis) }
            if options.checksIntegrity { try examineReferences(&diagnosis) }
        }
        try examineIntegrity(options, &diagnosis)
        return diagnosis
    }

    private func examineLibrary(_ diagnosis: inout Diagnosis) {
        let version = SQLitePool.libraryVersion
        diagnosis.facts.append(DiagnosisFact("sqliteVersion", .text(version)))
        guard let fault = SQLiteKnownFaults.fault(ofVersion: version) else { return }
        diagnosis.findings.append(
            DiagnosisFinding(
                .warning, .knownFault, fault, hint: "This program runs SQLite \(version); link 3.51.3 or later."))
    }

    private func examineFile(_ diagnosis: inout Diagnosis) throws {
        let journal = try text("PRAGMA journal_mode")
        let size = try number("PRAGMA page_count") * number("PRAGMA page_size")
        let log = walSize
        diagnosis.facts += [
            DiagnosisFact("journalMode", .text(journal)), DiagnosisFact("databaseBytes", .bytes(size)),
            DiagnosisFact("walBytes", .bytes(log)),
        ]
        if journal != "wal", journal != "memory" {
            diagnosis.findings.append(
                DiagnosisFinding(
                    .warning, .journalMode,
                    "The database's journal is “\(journal)”: readers and the writer wait for each other.",
                    hint: "A pool of Queuert turns the write-ahead log on; leave `PRAGMA journal_mode` at WAL."))
        }
        // What the file doesn't tell: the limit is that of the pool that looks.
        let limit = max(walSizeLimit, 1 << 20)
        if log / 2 > limit {
            diagnosis.findings.append(
                DiagnosisFinding(
                    .warning, .largeWAL,
                    "The write-ahead log has \(log >> 20) MiB; its limit is taken to be \(limit >> 20) MiB.",
                    hint: """
                        A read that never ends keeps it from being emptied: look for one in the programs that have the \
                        file open, or end and start them. If the service has another `walSizeLimit`, give it to \
                        `queuert doctor --wal-size-limit`.
                        """))
        }
    }

    private var walSize: Int {
        guard let path = handle.walPath else { return 0 }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    // MARK: The tables

    /// Compares the schema with one that the same migrations make in memory.
    private func examineSchema(_ applied: [String], _ diagnosis: inout Diagnosis) throws {
        let memory = try SQLiteHandle(path: ":memory:", readOnly: false, busyTimeout: .zero)
        let runner = SQLiteStatementRunner(.success(memory))
        let migrations = SQLiteMigrations.all.filter { applied.contains($0.name) }
        _ = try SQLiteMigrations.apply(migrations, prefix: prefix, on: runner, at: Timestamp(microseconds: 0))
        let expected = try Self.schema(on: runner)
        let actual = try Self.schema(on: connection)
        let names = expected.keys.sorted()
        diagnosis.findings += DiagnosisFinding.ofMissing(names.filter { actual[$0] == nil })
        diagnosis.findings += DiagnosisFinding.ofChanged(
            names.filter { $0.hasPrefix("index ") && actual[$0] != nil && actual[$0] != expected[$0] })
    }

    /// Tables and indexes by kind and name, with the statement that makes them.
    private static func schema(on connection: SQLiteStatementRunner) throws -> [String: String] {
        var schema: [String: String] = [:]
        let sql = "SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        try connection.each(sql: sql, []) { row in schema["\(row.text(0)) \(row.text(1))"] = row.text(2) }
        return schema
    }

    private func examineReferences(_ diagnosis: inout Diagnosis) throws {
        let tables = SQLiteTables(prefix: prefix)
        // Some are not there before the migration that makes them.
        let schema = try Self.schema(on: connection)
        for table in [tables.job, tables.blocker, tables.attempt, tables.deduplication]
        where schema["table \(table)"] != nil {
            var count = 0
            try connection.each(sql: "PRAGMA foreign_key_check(\(table))", []) { _ in count += 1 }
            guard count > 0 else { continue }
            diagnosis.findings.append(
                DiagnosisFinding(
                    .problem, .brokenReference, "References of the table \(table) lead nowhere: \(count).",
                    hint: """
                        Rows were deleted by a program without `PRAGMA foreign_keys = ON`. Restore a backup, or delete the \
                        rows that `PRAGMA foreign_key_check(\(table))` lists.
                        """))
        }
    }

    // MARK: The pages

    private func examineIntegrity(_ options: DiagnosisOptions, _ diagnosis: inout Diagnosis) throws {
        guard options.checksIntegrity else {
            diagnosis.facts.append(DiagnosisFact("integrity", .text("not checked")))
            return
        }
        var complaints: [String] = []
        try connection.each(sql: "PRAGMA quick_check(100)", []) { row in
            if row.text(0) != "ok" { complaints.append(row.text(0)) }
        }
        diagnosis.facts.append(DiagnosisFact("integrity", .text(complaints.isEmpty ? "ok" : "damaged")))
        guard let first = complaints.first else { return }
        let more = complaints.count == 1 ? "" : " (and \(complaints.count - 1) more)"
        diagnosis.findings.append(
            DiagnosisFinding(
                .problem, .corruption, "SQLite finds the file damaged: \(first)\(more)",
                hint: "Stop all writers and copy the file; then restore a backup, or try `sqlite3 FILE .recover`."))
    }

    private func text(_ sql: String) throws -> String {
        var text = ""
        try connection.each(sql: sql, []) { text = $0.text(0) }
        return text
    }

    private func number(_ sql: String) throws -> Int {
        var number: Int64 = 0
        try connection.each(sql: sql, []) { number = $0.int64(0) }
        return Int(number)
    }
}
