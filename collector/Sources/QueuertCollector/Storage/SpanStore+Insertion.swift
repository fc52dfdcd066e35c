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
        let batch: TraceBatch
        do { batch = try TraceScanner.scan(ProtobufWriter.request(spans)) } catch {
            throw StoreError(error, path: path)
        }
        return try await insert(batch)
    }

    /// Stores the spans of a request in one transaction.
    ///
    /// - Parameter batch: The request.
    /// - Returns: How many spans were new.
    /// - Throws: `StoreError` if the database can't be written; then nothing was stored.
    @discardableResult
    package func insert(_ batch: TraceBatch) async throws(StoreError) -> InsertionResult {
        let now = clock()
        return try await write { database in
            var insertion = TraceInsertion(batch)
            return try insertion.run(on: database, at: now, self.segmentLimits)
        }
    }
}

/// The work of storing the spans of one request.
private struct TraceInsertion {
    private struct Trace {
        var row: TraceRow
        var origins: Set<Int> = []
        var added = 0
    }
    private let batch: TraceBatch
    private var segment: Int64 = 0
    private var origins: [Int64] = []
    private var services: [String] = []
    private var traces: [Trace] = []
    private var result = InsertionResult()

    init(_ batch: TraceBatch) { self.batch = batch }

    mutating func run(
        on database: isolated SQLiteConnection, at now: Int64, _ limits: SegmentLimits
    ) throws -> InsertionResult {
        segment = try SegmentTable.current(database, at: now, limits)
        (origins, services) = try OriginTable.ids(database, batch.origins, in: batch.bytes, segment: segment)
        try findTraces(database)
        let added = try insertSpans(database)
        if result.added > 0 {
            try insertLinks(database, added)
            try insertTerms(database)
            try putTraces(database)
            try SegmentTable.grow(database, segment, by: result.added, at: now)
        }
        return result
    }

    private mutating func findTraces(_ database: isolated SQLiteConnection) throws {
        var next = try SegmentTable.nextNumber(database, in: .trace, segment)
        for trace in batch.traces {
            let id = trace.text
            if let row = try database.query(SpanStoreSQL.findTrace, [id]).first {
                traces.append(.init(row: TraceRow(row, id)))
            } else {
                traces.append(.init(row: TraceRow(number: next, id, segment: segment)))
                next += 1
            }
        }
    }

    /// Inserts the spans, and says of each whether it was new.
    private mutating func insertSpans(_ database: isolated SQLiteConnection) throws -> [Bool] {
        var added = [Bool](repeating: false, count: batch.spans.count)
        var known: [Int] = []
        let first = try SegmentTable.nextNumber(database, in: .span, segment)
        let (batch, traces, origins, services) = (batch, traces, origins, services)
        try database.execute(SpanStoreSQL.insertSpan, forEach: batch.spans.indices) { index, parameters in
            let span = batch.spans[index]
            parameters.add(first + Int64(index))
            parameters.add(traces[span.trace].row.number)
            parameters.add(Int64(bitPattern: span.spanID))
            parameters.add(span.parentSpanID == 0 ? nil : Int64(bitPattern: span.parentSpanID))
            parameters.add(origins[span.origin])
            if let service = batch.origins[span.origin].service {
                parameters.add(utf8: batch.bytes[service])
            } else {
                parameters.add(services[span.origin])
            }
            parameters.add(utf8: batch.bytes[span.name])
            parameters.add(span.kind)
            parameters.add(Int64(clamping: span.startTime))
            parameters.add(Int64(clamping: span.endTime))
            parameters.add(Int64(clamping: span.duration))
            parameters.add(span.status)
            parameters.add(utf8: span.chain.map { batch.bytes[$0] })
            parameters.add(utf8: span.job.map { batch.bytes[$0] })
            parameters.add(blob: batch.bytes[span.message])
        } didExecute: { index, changes in
            if changes > 0 { added[index] = true } else { known.append(index) }
        }
        for (index, isAdded) in added.enumerated() where isAdded { add(batch.spans[index]) }
        for index in known { try compare(index, database) }
        return added
    }

    /// Adds a span to what is known of its trace.
    private mutating func add(_ span: TraceBatch.Span) {
        result.added += 1
        traces[span.trace].added += 1
        traces[span.trace].row.add(span, in: batch, service: services[span.origin])
        traces[span.trace].origins.insert(span.origin)
    }

    /// Finds out whether a span is there as it came now, and marks it if not.
    private mutating func compare(_ index: Int, _ database: isolated SQLiteConnection) throws {
        let span = batch.spans[index]
        let found = try database.query(
            SpanStoreSQL.findSpan, [traces[span.trace].row.number, Int64(bitPattern: span.spanID)])
        guard let row = found.first, let id = row.int64("id") else { return }
        // The same bytes are what a sender sends again; another encoding of the same span is no conflict either.
        let document = row.blob("document") ?? []
        let isSameOrigin = row.int64("origin") == origins[span.origin]
        if isSameOrigin, document[...] == batch.bytes[span.message] {
            result.repeated += 1
        } else if try isSame(document, origin: row.int64("origin") ?? 0, as: span, database) {
            result.repeated += 1
        } else {
            try database.execute(SpanStoreSQL.markConflict, [id])
            result.conflicting += 1
        }
    }

    private func isSame(
        _ document: [UInt8], origin: Int64, as span: TraceBatch.Span, _ database: isolated SQLiteConnection
    ) throws -> Bool {
        var reader = SpanReader()
        let stored = try reader.span(document, origin: origin, database)
        return try stored == reader.span(Array(batch.bytes[span.message]), origin: origins[span.origin], database)
    }

    private func insertLinks(_ database: isolated SQLiteConnection, _ added: [Bool]) throws {
        let (batch, traces) = (batch, traces)
        let links = batch.links.lazy.filter { added[$0.span] }
        try database.execute(SpanStoreSQL.insertLink, forEach: links) { link, parameters in
            let span = batch.spans[link.span]
            parameters.add(traces[span.trace].row.number)
            parameters.add(Int64(bitPattern: span.spanID))
            parameters.add(link.trace.text)
            parameters.add(Int64(bitPattern: link.spanID))
            parameters.add(utf8: link.type.map { batch.bytes[$0] } ?? [])
        }
    }

    private func insertTerms(_ database: isolated SQLiteConnection) throws {
        let segment = segment
        var ranges = TermRanges()
        // A trace of which everything was there already has its terms.
        for term in batch.terms where traces[term.trace].added > 0 {
            ranges.add(term.hash, traces[term.trace].row.number)
        }
        var rows: [(hash: Int64, trace: Int64)] = []
        for trace in traces {
            for service in Set(trace.origins.map { services[$0] }) {
                rows.append((SearchTerm.service(service).hash, trace.row.number))
            }
        }
        rows.sort { $0 < $1 }
        for row in rows { ranges.add(row.hash, row.trace) }
        try database.execute(SpanStoreSQL.insertTerm, forEach: ranges.rows) { row, parameters in
            parameters.add(segment)
            parameters.add(row.hash)
            parameters.add(row.trace)
            parameters.add(row.more)
        }
        let batch = batch
        try database.execute(SpanStoreSQL.touchWord, forEach: batch.words) { word, parameters in
            parameters.add(word.kind.rawValue)
            parameters.add(utf8: batch.bytes[word.text])
            parameters.add(segment)
        }
    }

    private func putTraces(_ database: isolated SQLiteConnection) throws {
        let segment = segment
        try database.execute(SpanStoreSQL.putTrace, forEach: traces.lazy.filter { $0.added > 0 }) { trace, parameters in
            trace.row.bind(to: &parameters, segment: segment)
        }
    }
}
