internal import QueuertSQLite

extension SpanStore {
    /// Reads a trace.
    ///
    /// - Parameter traceID: The trace.
    /// - Returns: The trace, or `nil` if no span of it is stored.
    /// - Throws: `StoreError` if the database can't be read.
    package func trace(_ traceID: String) async throws(StoreError) -> StoredTrace? {
        try await read { [answerBytes] database in
            var room = AnswerRoom(answerBytes)
            return try Self.trace(traceID, spanLimit: Self.spanLimit, &room, database)
        }
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
        try await read { [answerBytes] database in
            var linked = LinkedTraces(traces: [], isTruncated: false)
            var room = AnswerRoom(answerBytes)
            var queue = [traceID]
            var seen: Set = [traceID]
            var spansLeft = spanLimit
            while !queue.isEmpty {
                guard linked.traces.count < Self.linkedTraceLimit, spansLeft > 0, room.isLeft else {
                    linked.isTruncated = true
                    break
                }
                let next = queue.removeFirst()
                // A link may lead to a trace that hasn't arrived, or never will.
                guard let trace = try Self.trace(next, spanLimit: spansLeft, &room, database) else { continue }
                linked.traces.append(trace)
                spansLeft -= trace.documents.count
                if trace.isTruncated { linked.isTruncated = true }
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
        try await read { [answerBytes] database in
            var reader = SpanReader()
            var room = AnswerRoom(answerBytes)
            var traceIDs: [String] = []
            var seen: Set<String> = []
            let (documents, isTruncated) = try reader.documents(
                SpanStoreSQL.spansOfChain, [SearchTerm.chain(chainID).hash, chainID, Self.spanLimit + 1],
                limit: Self.spanLimit, &room, database
            ) { row in
                guard let traceID = row.text("trace_id"), seen.insert(traceID).inserted else { return }
                traceIDs.append(traceID)
            }
            guard !documents.isEmpty else { return nil }
            return StoredChain(documents: documents, traceIDs: traceIDs, isTruncated: isTruncated)
        }
    }

    private static func trace(
        _ traceID: String, spanLimit: Int, _ room: inout AnswerRoom, _ database: isolated SQLiteConnection
    ) throws -> StoredTrace? {
        guard let row = try database.query(SpanStoreSQL.summary, [traceID]).first else { return nil }
        var reader = SpanReader()
        var conflicts: [String] = []
        // One more than asked for tells whether there are more.
        let (documents, isTruncated) = try reader.documents(
            SpanStoreSQL.spansOfTrace, [traceID, spanLimit + 1], limit: spanLimit, &room, database
        ) { row in
            guard row.int("conflict_count") != 0, let id = row.int64("span_id") else { return }
            conflicts.append(HexadecimalID.text(ofSpan: id))
        }
        return StoredTrace(
            summary: summary(row), documents: documents, isTruncated: isTruncated, conflictingSpanIDs: conflicts)
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
