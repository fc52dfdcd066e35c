internal import QueuertSQLite

/// How much is stored.
struct StoreSizes: Sendable {
    /// How large the database is, without the pages that are free and the write-ahead log.
    var bytes = 0
    var traces = 0
    var spans = 0
    var logs = 0
    var series = 0
    var points = 0
    /// When the oldest of it was received, in nanoseconds since 1970.
    var oldest: Int64?
}

extension SpanStore {
    /// Finds out how much is stored.
    ///
    /// - Returns: The sizes.
    /// - Throws: `StoreError` if the database can't be read.
    func sizes() async throws(StoreError) -> StoreSizes {
        let bytes = try await usedBytes()
        return try await read { database in
            guard let row = try database.query(Self.sizesSQL).first else { return StoreSizes(bytes: bytes) }
            return StoreSizes(
                bytes: bytes, traces: row.int("traces") ?? 0, spans: row.int("spans") ?? 0, logs: row.int("logs") ?? 0,
                series: row.int("series") ?? 0, points: row.int("points") ?? 0, oldest: row.int64("oldest"))
        }
    }

    private static let sizesSQL = """
        SELECT (SELECT count(*) FROM trace) AS traces, (SELECT coalesce(sum(span_count), 0) FROM trace) AS spans,
               (SELECT count(*) FROM log) AS logs, (SELECT count(*) FROM series) AS series,
               (SELECT count(*) FROM point) AS points,
               (SELECT min(first_received) FROM segment WHERE is_pruned = 0) AS oldest
        """

    /// Finds out whether the database can be written.
    ///
    /// - Throws: `StoreError` if it can't.
    func checkWritable() async throws(StoreError) {
        // Writes what is there already: a transaction that writes nothing would not find out. It is read first, since a newer
        // collector may have upgraded the database.
        try await write { database in
            let version = try database.query("PRAGMA user_version").first?.int("user_version") ?? 0
            try database.execute("PRAGMA user_version = \(version)")
        }
    }
}
