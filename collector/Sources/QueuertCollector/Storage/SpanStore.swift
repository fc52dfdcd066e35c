internal import Foundation
internal import QueuertSQLite

/// The database of received spans; the only type that speaks SQL.
package final class SpanStore: Sendable {
    /// How many spans one answer holds at most.
    package static let spanLimit = 20_000
    /// How many traces an answer about linked traces holds at most.
    package static let linkedTraceLimit = 50
    /// How many spans an answer about linked traces holds at most.
    package static let linkedSpanLimit = 20_000

    /// The database's path.
    package let path: String
    let pool: SQLitePool
    let segmentLimits: SegmentLimits
    /// How many bytes of spans, log records or points an answer holds, about.
    let answerBytes: Int
    /// The time, in nanoseconds since 1970.
    let clock: @Sendable () -> Int64

    /// Opens a database, and makes it and its folder if they don't exist.
    ///
    /// - Parameters:
    ///   - path: The database's path.
    ///   - busyTimeout: How long to wait for another process that holds the database.
    /// - Throws: `StoreError` if that can't be done.
    package convenience init(path: String, busyTimeout: Duration = .seconds(5)) async throws {
        try await self.init(path: path, busyTimeout: busyTimeout, segmentLimits: .init(), clock: Self.now)
    }

    init(
        path: String, busyTimeout: Duration = .seconds(5), segmentLimits: SegmentLimits,
        answerBytes: Int = AnswerRoom.bytes, clock: @escaping @Sendable () -> Int64
    ) async throws {
        self.path = path
        self.segmentLimits = segmentLimits
        self.answerBytes = answerBytes
        self.clock = clock
        do {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw StoreError(code: .cannotOpen, path: path, detail: "its folder can't be made")
        }
        do {
            // What is acknowledged must survive the end of this process, not that of the machine.
            pool = try await SQLitePool(
                path: path, configuration: .init(synchronous: .normal, busyTimeout: busyTimeout))
            try await Self.migrate(pool, path: path)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private static func migrate(_ pool: SQLitePool, path: String) async throws {
        try await pool.write { database in
            let version = try database.query("PRAGMA user_version").first?.int("user_version") ?? 0
            guard version <= SpanStoreSchema.version else {
                throw StoreError(code: .newerSchema, path: path, detail: "version \(version)")
            }
            try Self.checkTables(database, version: version, path: path)
            guard version < SpanStoreSchema.version else { return }
            if version >= 2 {
                for former in version..<SpanStoreSchema.version {
                    if let upgrade = SpanStoreSchema.upgrades[former] { try Self.run(upgrade, on: database) }
                }
            } else {
                for table in SpanStoreSchema.formerTables { try database.execute("DROP TABLE IF EXISTS \(table)") }
                for statement in SpanStoreSchema.statements { try database.execute(statement) }
            }
            try database.execute("PRAGMA user_version = \(SpanStoreSchema.version)")
        }
    }

    /// Makes sure that what a database holds is the collector's, before any of it is dropped.
    private static func checkTables(_ database: isolated SQLiteConnection, version: Int, path: String) throws {
        let tables = Set(try database.query("SELECT name FROM sqlite_master").compactMap { $0.text("name") })
        let isOurs =
            switch version {
            // What nobody has numbered is new, or another program's.
            case 0: tables.isEmpty
            case 1: tables.isSuperset(of: SpanStoreSchema.formerTables)
            default: tables.contains("segment")
            }
        guard isOurs else { throw StoreError(code: .otherTables, path: path, detail: "") }
    }

    private static func run(_ upgrade: SpanStoreSchema.Upgrade, on database: isolated SQLiteConnection) throws {
        if let column = upgrade.column {
            let (table, name) = (column.table, column.name)
            // Version 3, which runs on when its database is upgraded, writes its own number again when it is asked whether
            // it is ready.
            if try database.query("SELECT name FROM pragma_table_info(?) WHERE name = ?", [table, name]).isEmpty {
                try database.execute("ALTER TABLE \(table) ADD COLUMN \(name) INTEGER NOT NULL DEFAULT 0")
            }
        }
        if let statement = upgrade.statement { try database.execute(statement) }
    }

    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000_000) }

    /// Closes the database.
    package func close() async { await pool.close() }

    /// Reads in one transaction, with errors of our own.
    func read<Value: Sendable>(
        _ body: @Sendable (isolated SQLiteConnection) async throws -> Value
    ) async throws(StoreError) -> Value {
        do { return try await pool.read(body) } catch { throw StoreError(error, path: path) }
    }

    /// Writes in one transaction, with errors of our own.
    func write<Value: Sendable>(
        _ body: @Sendable (isolated SQLiteConnection) async throws -> Value
    ) async throws(StoreError) -> Value {
        do { return try await pool.write(body) } catch { throw StoreError(error, path: path) }
    }

    /// Deletes all traces.
    ///
    /// - Throws: `StoreError` if the database can't be written.
    package func removeAll() async throws(StoreError) {
        try await write { database in
            for table in SpanStoreSchema.tables { try database.execute("DELETE FROM \(table)") }
        }
    }
}

extension StoreError {
    /// Translates what a database operation threw.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - path: The database's path.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as SQLiteError:
            let code: Code =
                switch error.code {
                case .diskFull: .full
                case .busy: .locked
                case .readOnly: .readOnly
                case .cannotOpen: .cannotOpen
                case .notADatabase, .corrupt: .notADatabase
                // SQLITE_IOERR, of which there are many kinds.
                case _ where error.resultCode & 0xff == 10: .inputOutput
                default: .other
                }
            self.init(code: code, path: path, detail: code == .other ? error.reason : "")
        default: self.init(code: .other, path: path, detail: "\(error)")
        }
    }
}
