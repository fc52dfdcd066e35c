internal import QueuertSQLite

extension SpanStore {
    /// Reads a trace.
    ///
    /// - Parameter traceID: The trace.
    /// - Returns: The trace, or `nil` if no span of it is stored.
    /// - Throws: `StoreError` if the database can't be read.
    package func trace(_ traceID: String) async throws(StoreError) -> StoredTrace? {
        try await read { try Self.trace(traceID, spanLimit: Self.spanLimit, $0) }
    }

    /// Reads a trace and all that links connect with it, directly or through others, within limits.
    ///
    /// - Parameters:
    ///   - traceID: The trace.
    ///   - spanLimit: How many spans to read at most.
    /// - Returns: The traces, or `nil` if no span of the one asked for is stored.
    /// - Throws: `StoreError` if the database can't be read.
    package func linkedTraces(
        _ traceID: String, spanLimit: Int = SpanStore.linkedSpanLimit
    ) async throws(StoreError) -> LinkedTraces? {
        try await read { database in
            var linked = LinkedTraces(traces: [], isTruncated: false)
            var queue = [traceID]
            var seen: Set = [traceID]
            var spansLeft = spanLimit
            while !queue.isEmpty {
                guard linked.traces.count < Self.linkedTraceLimit, spansLeft > 0 else {
                    linked.isTruncated = true
                    break
                }
                let next = queue.removeFirst()
                // A link may lead to a trace that hasn't arrived, or never will.
                guard let trace = try Self.trace(next, spanLimit: spansLeft, database) else { continue }
                linked.traces.append(trace)
                spansLeft -= trace.documents.count
                if trace.documents.count < trace.summary.spanCount { linked.isTruncated = true }
                let neighbours = try database.query(SpanStoreSQL.neighbours, [next, spanLimit])
                for neighbour in neighbours.compactMap({ $0.text("trace_id") }) where seen.insert(neighbour).inserted {
                    queue.append(neighbour)
                }
            }
            return linked.traces.isEmpty ? nil : linked
        }
    }

    /// Reads the spans of a chain, in whatever traces they are.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: Its spans, or `nil` if there are none.
    /// - Throws: `StoreError` if the database can't be read.
    package func chain(_ chainID: String) async throws(StoreError) -> StoredChain? {
        try await read { database in
            let term = SearchTerm.chain(chainID)
            let rows = try database.query(SpanStoreSQL.spansOfChain, [term.hash, chainID, Self.spanLimit + 1])
            guard !rows.isEmpty else { return nil }
            var traceIDs: [String] = []
            for traceID in rows.compactMap({ $0.text("trace_id") }) where !traceIDs.contains(traceID) {
                traceIDs.append(traceID)
            }
            var reader = SpanReader()
            return StoredChain(
                documents: try rows.prefix(Self.spanLimit).map { try reader.document($0, database) },
                traceIDs: traceIDs,
                isTruncated: rows.count > Self.spanLimit)
        }
    }

    private static func trace(
        _ traceID: String, spanLimit: Int, _ database: isolated SQLiteConnection
    ) throws -> StoredTrace? {
        guard let row = try database.query(SpanStoreSQL.summary, [traceID]).first else { return nil }
        let rows = try database.query(SpanStoreSQL.spansOfTrace, [traceID, spanLimit])
        var reader = SpanReader()
        return StoredTrace(
            summary: summary(row),
            documents: try rows.map { try reader.document($0, database) },
            conflictingSpanIDs: rows.filter { $0.int("conflict_count") != 0 }.compactMap { row in
                row.int64("span_id").map(HexadecimalID.text(ofSpan:))
            })
    }

    static func summary(_ row: SQLiteRow) -> TraceSummary {
        TraceSummary(
            traceID: row.text("trace_id") ?? "", rootName: row.text("root_name") ?? "",
            rootService: row.text("root_service") ?? "", services: TraceRow.services(row.text("services") ?? ""),
            startTime: UInt64(clamping: row.int64("start_time") ?? 0),
            endTime: UInt64(clamping: row.int64("end_time") ?? 0), spanCount: row.int("span_count") ?? 0,
            errorCount: row.int("error_count") ?? 0, linkedTraceCount: row.int("linked_trace_count") ?? 0)
    }

    /// Takes the special meaning from characters that have one in patterns of SQLite's `LIKE`.
    static func escapedPattern(_ text: String) -> String {
        var pattern = ""
        for character in text {
            if "%_\\".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
        return pattern
    }
}
