internal import QueuertSQLite

extension SpanStore {
    /// Stores log records in one transaction; one that is there to the byte is not stored twice.
    ///
    /// - Parameter batch: The request.
    /// - Returns: How many were new.
    /// - Throws: `StoreError` if the database can't be written; then nothing was stored.
    @discardableResult
    package func insert(_ batch: LogBatch) async throws(StoreError) -> InsertionResult {
        let now = clock()
        let limits = segmentLimits
        return try await write { database in
            let segment = try SegmentTable.current(database, at: now, limits)
            let (origins, services) = try OriginTable.ids(database, batch.origins, in: batch.bytes, segment: segment)
            var result = InsertionResult()
            let first = try SegmentTable.nextNumber(database, in: .log, segment)
            try database.execute(LogSQL.insert, forEach: batch.records.indices) { index, parameters in
                let record = batch.records[index]
                var hasher = SearchTerm.TermHasher(.origin)
                hasher.add(batch.bytes.span, record.message)
                hasher.add(String(origins[record.origin]))
                parameters.add(first + Int64(index))
                parameters.add(Int64(clamping: record.time))
                parameters.add(hasher.hash)
                parameters.add(origins[record.origin])
                parameters.add(services[record.origin])
                parameters.add(record.severity)
                parameters.add(record.trace?.text)
                parameters.add(record.spanID == 0 ? nil : Int64(bitPattern: record.spanID))
                parameters.add(record.text)
                parameters.add(blob: batch.bytes[record.message])
            } didExecute: { _, changes in
                if changes > 0 { result.added += 1 } else { result.repeated += 1 }
            }
            if result.added > 0 { try SegmentTable.grow(database, segment, by: result.added, at: now) }
            return result
        }
    }
}

/// The statements that the store runs for log records.
enum LogSQL {
    static let insert = """
        INSERT INTO log (id, time, digest, origin, service, severity, trace_id, span_id, text, document)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """
    /// ?1 a trace or null, ?2 a span or null, ?3 a service or null, ?4 the lowest severity or null, ?5 a pattern or null, ?6
    /// and ?7 where the page begins, ?8 how many.
    static let page = """
        SELECT id, time, origin, document FROM log
        WHERE (time, id) < (?6, ?7)
          AND (?3 IS NULL OR service = ?3) AND (?4 IS NULL OR severity >= ?4)
          AND (?5 IS NULL OR text LIKE ?5 ESCAPE '\\')
          AND ?1 IS NULL AND ?2 IS NULL
        ORDER BY time DESC, id DESC LIMIT ?8
        """
    /// The same for one trace, from the index of traces.
    static let pageOfTrace = """
        SELECT id, time, origin, document FROM log INDEXED BY log_by_trace
        WHERE trace_id = ?1 AND (?2 IS NULL OR span_id = ?2) AND (time, id) < (?6, ?7)
          AND (?3 IS NULL OR service = ?3) AND (?4 IS NULL OR severity >= ?4)
          AND (?5 IS NULL OR text LIKE ?5 ESCAPE '\\')
        ORDER BY time DESC, id DESC LIMIT ?8
        """
}
