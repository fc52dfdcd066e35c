import Foundation
internal import QueuertSQLite

extension SpanStore {
    /// Stores spans in one transaction.
    ///
    /// A span that is there already is not stored twice. If it is there with another content, the first stays and is marked.
    ///
    /// - Parameter spans: The spans, with valid ids.
    /// - Returns: How many were new.
    /// - Throws: `StoreError` if the database can't be written; then nothing was stored.
    @discardableResult
    package func insert(_ spans: [ReceivedSpan]) async throws(StoreError) -> InsertionResult {
        // Encoding is the greater part of the work, so it isn't done while the database is locked.
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let documents: [String]
        do {
            documents = try spans.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        } catch {
            throw StoreError(error, path: path)
        }
        return try await write { database in
            var result = InsertionResult()
            var traces: [String: TraceAddition] = [:]
            for (span, document) in zip(spans, documents) {
                guard try Self.insert(span, document, into: database) else {
                    let isConflict = try database.execute(
                        SpanStoreSQL.markConflict, [span.traceID, span.spanID, document])
                    result.conflicting += isConflict
                    result.repeated += 1 - isConflict
                    continue
                }
                result.added += 1
                traces[span.traceID, default: TraceAddition(span)].add(span)
                for link in span.links {
                    try database.execute(
                        SpanStoreSQL.insertLink, [span.traceID, span.spanID, link.traceID, link.spanID, link.type])
                }
            }
            for (traceID, addition) in traces { try addition.merge(into: traceID, database) }
            return result
        }
    }

    /// Inserts a span, and says whether it was new.
    private static func insert(
        _ span: ReceivedSpan, _ document: String, into database: isolated SQLiteConnection
    ) throws -> Bool {
        let inserted = try database.execute(
            SpanStoreSQL.insertSpan,
            [
                span.traceID, span.spanID, span.parentSpanID, span.name, span.kind, span.serviceName, span.scope.name,
                Int64(clamping: span.startTime), Int64(clamping: span.endTime), span.status.code, span.chainID,
                document,
            ])
        return inserted > 0
    }
}

/// What a batch adds to a trace.
private struct TraceAddition {
    private struct Term: Hashable {
        let kind: String
        let text: String
    }
    private var startTime: UInt64
    private var endTime: UInt64
    private var spanCount = 0
    private var errorCount = 0
    private var root: ReceivedSpan
    private var terms: Set<Term> = []

    init(_ span: ReceivedSpan) {
        startTime = span.startTime
        endTime = span.endTime
        root = span
    }

    mutating func add(_ span: ReceivedSpan) {
        startTime = min(startTime, span.startTime)
        endTime = max(endTime, span.endTime, span.startTime)
        spanCount += 1
        if span.isError { errorCount += 1 }
        if (span.rootRank, span.startTime) < (root.rootRank, root.startTime) { root = span }
        terms.insert(.init(kind: "name", text: span.name))
        terms.insert(.init(kind: "service", text: span.serviceName))
        if let chainID = span.chainID { terms.insert(.init(kind: "chain", text: chainID)) }
    }

    func merge(into traceID: String, _ database: isolated SQLiteConnection) throws {
        try database.execute(
            SpanStoreSQL.mergeTrace,
            [
                traceID, Int64(clamping: startTime), Int64(clamping: endTime), spanCount, errorCount, root.name,
                root.serviceName, Int64(clamping: root.startTime), root.rootRank,
            ])
        for term in terms { try database.execute(SpanStoreSQL.insertTerm, [traceID, term.kind, term.text]) }
    }
}

extension ReceivedSpan {
    fileprivate var rootRank: Int { parentSpanID.isEmpty ? 0 : 1 }
}
