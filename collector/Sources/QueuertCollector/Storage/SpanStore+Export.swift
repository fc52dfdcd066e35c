internal import QueuertSQLite

extension SpanStore {
    /// Makes requests of what is stored of a trace, as a sender would have sent it.
    ///
    /// - Parameter traceID: The trace.
    /// - Returns: A request with its spans and one with its log records, those that hold anything, in protobuf.
    /// - Throws: `StoreError` if the database can't be read.
    package func requests(ofTrace traceID: String) async throws(StoreError) -> [(signal: Signal, bytes: [UInt8])] {
        try await read { database in
            var requests: [(Signal, [UInt8])] = []
            for (signal, sql) in [(Signal.traces, ExportSQL.spans), (.logs, ExportSQL.logs)] {
                let rows = try database.query(sql, [traceID])
                if !rows.isEmpty { requests.append((signal, Self.request(rows))) }
            }
            return requests
        }
    }

    /// Lists traces in the order in which they arrived.
    ///
    /// - Parameters:
    ///   - number: The number of the last trace of the page before; zero for the first page.
    ///   - limit: How many.
    /// - Returns: The numbers and ids.
    /// - Throws: `StoreError` if the database can't be read.
    func traceIDs(after number: Int64, limit: Int) async throws(StoreError) -> [(number: Int64, traceID: String)] {
        try await read { database in
            try database.query(ExportSQL.traces, [number, limit]).map {
                ($0.int64("id") ?? 0, $0.text("trace_id") ?? "")
            }
        }
    }

    /// A request of any signal: the groups have the same numbers in all of them.
    private static func request(_ rows: [SQLiteRow]) -> [UInt8] {
        var writer = ProtobufWriter()
        var rest = rows[...]
        while let first = rest.first {
            let group = rest.prefix { $0.int64("origin") == first.int64("origin") }
            rest = rest.dropFirst(group.count)
            writer.message(1) { writer in
                writer.field(1, content: first.blob("resource") ?? [])
                writer.message(2) { writer in
                    writer.field(1, content: first.blob("scope") ?? [])
                    for row in group { writer.field(2, content: row.blob("document") ?? []) }
                }
            }
        }
        return writer.bytes
    }
}

private enum ExportSQL {
    static let spans = """
        SELECT span.origin, span.document, origin.resource, origin.scope
        FROM trace JOIN span ON span.trace = trace.id JOIN origin ON origin.id = span.origin
        WHERE trace.trace_id = ? ORDER BY span.origin, span.start_time, span.id
        """
    static let logs = """
        SELECT log.origin, log.document, origin.resource, origin.scope
        FROM log JOIN origin ON origin.id = log.origin
        WHERE log.trace_id = ? ORDER BY log.origin, log.time, log.id
        """
    static let traces = "SELECT id, trace_id FROM trace WHERE id > ? ORDER BY id LIMIT ?"
}
