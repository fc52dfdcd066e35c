internal import QueuertSQLite

extension SpanStore {
    /// Of how many spans a report tells at most.
    private static let reportLimit = 10_000

    /// Reports what was done lately.
    ///
    /// - Returns: How often, how often it failed and how long it took, by name, and what led to what.
    /// - Throws: `StoreError` if the database can't be read.
    package func operations() async throws(StoreError) -> OperationReport {
        try await read { database in
            OperationReport(
                try database.query(SpanStoreSQL.latest, [Self.reportLimit]).map { row in
                    OperationReport.Row(
                        trace: row.int64("trace") ?? 0, spanID: row.int64("span_id") ?? 0,
                        parentSpanID: row.int64("parent_span_id"), service: row.text("service") ?? "",
                        name: row.text("name") ?? "", kind: row.int("kind") ?? 0,
                        startTime: row.int64("start_time") ?? 0,
                        duration: row.int64("duration") ?? 0, isError: row.int("status_code") == 2,
                        chainID: row.text("chain_id"))
                })
        }
    }

    /// Reads the spans that arrived last.
    ///
    /// - Parameter limit: How many to read at most.
    /// - Returns: The spans, newest first, each in the coded form of a `ReceivedSpan`, and whether an answer holds no more of
    ///   those that were asked for.
    /// - Throws: `StoreError` if the database can't be read.
    package func latestDocuments(
        limit: Int
    ) async throws(StoreError) -> (documents: [String], isTruncated: Bool) {
        try await read { [answerBytes] database in
            var reader = SpanReader()
            var room = AnswerRoom(answerBytes)
            return try reader.documents(SpanStoreSQL.latestDocuments, [limit], limit: limit, &room, database)
        }
    }
}
