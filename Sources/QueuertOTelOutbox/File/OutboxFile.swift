internal import QueuertOTel
internal import QueuertSQLite

/// The outbox's tables in a SQLite file.
///
/// Not thread-safe: it belongs to one ``OutboxFileAccess``, which is locked during each call.
final class OutboxFile: OutboxTable {
    /// Which file this is, for the case that another takes its place.
    let identity: FileIdentity?
    private let handle: SQLiteHandle
    private let maximumBytes: Int
    private let maximumAge: Int64
    private let clock: @Sendable () -> Int64
    /// The last request of each signal that was settled: it may still be there if a full disk kept it from being deleted.
    private var settled: [OTLPSignal: Int64] = [:]

    private static let busyTimeout: Duration = .seconds(5)
    /// How many pages the write-ahead log may have.
    private static let walPages = 1000

    init(
        path: String, configuration: TelemetryOutbox.Configuration, clock: @escaping @Sendable () -> Int64
    ) throws {
        self.clock = clock
        maximumAge = configuration.maximumAge.components.seconds
        FileIdentity.makePrivateFile(path: path)
        handle = try SQLiteHandle(path: path, readOnly: false, busyTimeout: Self.busyTimeout)
        identity = FileIdentity(path: path)
        maximumBytes = configuration.maximumBytes
        try handle.configureWriter(
            SQLitePool.Configuration(
                synchronous: configuration.survivesPowerLoss ? .full : .normal, busyTimeout: Self.busyTimeout),
            isTemporary: false)
        try write { try handle.run(script: Self.schema) }
    }

    /// The identifiers of an outbox are never used twice, so that what is settled is never mistaken for something new.
    private static let schema = """
        CREATE TABLE IF NOT EXISTS queuert_outbox_request (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            signal TEXT NOT NULL,
            encoding TEXT NOT NULL,
            item_count INTEGER NOT NULL,
            kept_at INTEGER NOT NULL,
            message BLOB NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS queuert_outbox_request_signal ON queuert_outbox_request (signal, id);
        CREATE TABLE IF NOT EXISTS queuert_outbox_total (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            items INTEGER NOT NULL,
            bytes INTEGER NOT NULL
        ) STRICT;
        INSERT OR IGNORE INTO queuert_outbox_total VALUES (1, 0, 0);
        CREATE TRIGGER IF NOT EXISTS queuert_outbox_request_kept AFTER INSERT ON queuert_outbox_request BEGIN
            UPDATE queuert_outbox_total SET items = items + new.item_count, bytes = bytes + length(new.message);
        END;
        CREATE TRIGGER IF NOT EXISTS queuert_outbox_request_gone AFTER DELETE ON queuert_outbox_request BEGIN
            UPDATE queuert_outbox_total SET items = items - old.item_count, bytes = bytes - length(old.message);
        END;
        """

    /// How many items and bytes are kept.
    func total() throws -> OutboxTotal {
        let statement = try handle.statement("SELECT items, bytes FROM queuert_outbox_total")
        return try statement.use {
            guard try statement.step() else { return OutboxTotal() }
            return OutboxTotal(items: Int(statement.int64(0)), bytes: Int(statement.int64(1)))
        }
    }

    /// Keeps a request, and drops the oldest ones that are over the limit.
    ///
    /// - Returns: How many items were dropped.
    func keep(_ request: OTLPRequest) throws -> Int {
        defer { shortenLog() }
        return try write {
            let insert = try handle.statement(
                """
                INSERT INTO queuert_outbox_request (signal, encoding, item_count, kept_at, message)
                VALUES (?1, ?2, ?3, ?4, ?5)
                """)
            _ = try insert.use {
                insert.bind(text: request.signal.rawValue, at: 1)
                insert.bind(text: request.encoding.stored, at: 2)
                insert.bind(Int64(request.itemCount), at: 3)
                insert.bind(clock(), at: 4)
                insert.bind(.blob(request.message), at: 5)
                return try insert.step()
            }
            var dropped = 0
            while try total().bytes > maximumBytes {
                let oldest = try delete("id = (SELECT min(id) FROM queuert_outbox_request)") { _ in }
                if oldest.requests == 0 { break }
                dropped += oldest.items
            }
            return dropped
        }
    }

    /// The oldest request of a signal that was not settled, as its exporter made it.
    func oldest(_ signal: OTLPSignal, within limit: RequestLimit) throws -> KeptRequest? {
        let statement = try handle.statement(
            """
            SELECT id, encoding, item_count, message FROM queuert_outbox_request
            WHERE signal = ?1 AND id > ?2 ORDER BY id LIMIT 1
            """)
        return try statement.use {
            statement.bind(text: signal.rawValue, at: 1)
            statement.bind(settled[signal] ?? 0, at: 2)
            guard try statement.step() else { return nil }
            guard case .blob(let message) = statement.value(3) else { return nil }
            return KeptRequest(
                ids: [statement.int64(0)],
                request: OTLPRequest(
                    signal: signal, encoding: OTLPConfiguration.Encoding(stored: statement.text(1)), message: message,
                    itemCount: Int(statement.int64(2))))
        }
    }

    /// Forgets a request that was sent or refused, and those before it that could not be deleted.
    func settle(_ kept: KeptRequest) throws {
        let signal = kept.request.signal
        guard let id = kept.ids.last else { return }
        settled[signal] = id
        defer { shortenLog() }
        _ = try write {
            try delete("signal = ?1 AND id <= ?2") { statement in
                statement.bind(text: signal.rawValue, at: 1)
                statement.bind(id, at: 2)
            }
        }
    }

    /// Drops what is too old.
    ///
    /// - Returns: How many items were dropped.
    func dropTooOld(_ signal: OTLPSignal) throws -> Int {
        defer { shortenLog() }
        return try write {
            try delete("signal = ?1 AND kept_at < ?2") { statement in
                statement.bind(text: signal.rawValue, at: 1)
                statement.bind(clock() - maximumAge, at: 2)
            }.items
        }
    }

    /// There is nothing over the limit: what is kept makes room for itself.
    func dropForRoom() throws -> Int { 0 }

    /// Deletes requests, and counts them and their items.
    private func delete(
        _ condition: String, bind: (SQLiteStatement) -> Void
    ) throws -> (requests: Int, items: Int) {
        let statement = try handle.statement(
            "DELETE FROM queuert_outbox_request WHERE \(condition) RETURNING item_count")
        return try statement.use {
            bind(statement)
            var deleted = (requests: 0, items: 0)
            while try statement.step() {
                deleted.requests += 1
                deleted.items += Int(statement.int64(0))
            }
            return deleted
        }
    }

    private func write<R>(_ body: () throws -> R) throws -> R {
        try handle.begin(.writing, busyTimeout: Self.busyTimeout)
        do {
            let result = try body()
            try handle.commit(busyTimeout: Self.busyTimeout)
            return result
        } catch {
            handle.rollback()
            throw error
        }
    }

    /// Copies the write-ahead log into the file when it is long.
    ///
    /// If that fails the log stays as it is, and the next write tries again.
    private func shortenLog() {
        if handle.walPages > Self.walPages { _ = try? handle.checkpoint(.copy) }
    }
}

extension OTLPConfiguration.Encoding {
    /// The word for it in the file.
    fileprivate var stored: String { self == .json ? "json" : "protobuf" }

    fileprivate init(stored: String) { self = stored == "json" ? .json : .protobuf }
}
