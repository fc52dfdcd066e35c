/// Reads an `ExportTraceServiceRequest` in protobuf, once and without copying it.
///
/// Everything is looked at, the innermost attribute too, so what is stored can be read later. What a request can cost is
/// bounded: nothing is allocated for what isn't kept.
struct TraceScanner {
    private typealias Bytes = Span<UInt8>
    private static let linkTypeKey = Array("queuert.link.type".utf8)

    private var batch: TraceBatch
    private var traceNumbers: [TraceBatch.Trace: Int] = [:]
    private var words = WordCollector()
    private var cost: ScanCost

    /// Reads a request.
    ///
    /// - Parameter bytes: The request.
    /// - Returns: Its spans.
    /// - Throws: `OTLPDecodingError` if the bytes aren't a request, or one too costly to read.
    static func scan(_ bytes: [UInt8]) throws(OTLPDecodingError) -> TraceBatch {
        let span = bytes.span
        let request = try RequestScanner(span)
        var scanner = TraceScanner(TraceBatch(bytes: bytes, origins: request.origins), request.cost)
        scanner.batch.spans.reserveCapacity(request.items.count)
        for origin in request.origins {
            if let service = origin.service { scanner.words.add(.service, span, service) }
        }
        for item in request.items { try scanner.readSpan(span, item) }
        return scanner.finished()
    }

    private init(_ batch: TraceBatch, _ cost: ScanCost) {
        self.batch = batch
        self.cost = cost
    }

    private mutating func finished() -> TraceBatch {
        batch.words = words.words
        // In the order of the index, which is the fastest to fill; what a trace is found by counts once.
        batch.terms.sort { ($0.hash, $0.trace) < ($1.hash, $1.trace) }
        var kept = 0
        for index in batch.terms.indices {
            let term = batch.terms[index]
            if kept > 0, batch.terms[kept - 1].hash == term.hash, batch.terms[kept - 1].trace == term.trace { continue }
            batch.terms[kept] = term
            kept += 1
        }
        batch.terms.removeLast(batch.terms.count - kept)
        return batch
    }

    // MARK: A span

    private mutating func readSpan(_ bytes: Bytes, _ item: RequestScanner.Item) throws(OTLPDecodingError) {
        var span = TraceBatch.Span(message: item.message, origin: item.origin, name: 0..<0)
        var traceID = 0..<0
        var spanID = 0..<0
        var parentID = 0..<0
        let firstTerm = batch.terms.count
        let firstLink = batch.links.count
        var attributes = SpanAttributeScanner()
        var reader = ProtobufReader(item.message)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): traceID = try reader.content(bytes)
            case (2, 2): spanID = try reader.content(bytes)
            case (3, 2): _ = try reader.content(bytes)
            case (4, 2): parentID = try reader.content(bytes)
            case (5, 2): span.name = try reader.content(bytes)
            case (6, 0): span.kind = Int64(Int32(truncatingIfNeeded: try reader.varint(bytes)))
            case (7, 1): span.startTime = try reader.fixed64(bytes)
            case (8, 1): span.endTime = try reader.fixed64(bytes)
            case (9, 2):
                try cost.countMessage()
                let attribute = try reader.content(bytes)
                if let hash = try attributes.read(bytes, attribute, &cost, &words) {
                    batch.terms.append(.init(hash: hash, trace: 0))
                }
            case (10, 0), (12, 0), (14, 0): _ = try reader.varint(bytes)
            case (11, 2):
                try cost.countMessage()
                try ValueScanner.readMessage(bytes, reader.content(bytes), attributes: 3, &cost)
            case (13, 2):
                try cost.countMessage()
                try readLink(bytes, reader.content(bytes))
            case (15, 2):
                try cost.countMessage()
                span.status = try readStatus(bytes, reader.content(bytes))
            case (16, 5): _ = try reader.fixed32(bytes)
            default:
                try cost.countUnknown()
                try reader.skip(field, bytes)
            }
        }
        span.chain = attributes.chain
        span.job = attributes.job
        let (terms, links) = (firstTerm, firstLink)
        guard let trace = TraceBatch.Trace(bytes, traceID) else {
            return reject(span, "its trace id isn't 16 bytes, or is all zeros", terms: terms, links: links)
        }
        guard let id = TraceBatch.Trace.number(bytes, spanID), id != 0 else {
            return reject(span, "its span id isn't 8 bytes, or is all zeros", terms: terms, links: links)
        }
        // Some senders write zeros where there is no parent.
        if !Self.isZero(bytes, parentID) {
            guard let parent = TraceBatch.Trace.number(bytes, parentID) else {
                return reject(span, "its parent span id isn't 8 bytes", terms: terms, links: links)
            }
            span.parentSpanID = parent
        }
        span.spanID = id
        span.trace = number(of: trace)
        keep(span, bytes, firstTerm: firstTerm, firstLink: firstLink)
    }

    private mutating func keep(_ span: TraceBatch.Span, _ bytes: Bytes, firstTerm: Int, firstLink: Int) {
        for index in firstTerm..<batch.terms.count {
            batch.terms[index] = .init(hash: batch.terms[index].hash, trace: span.trace)
        }
        var name = SearchTerm.TermHasher(.name)
        name.add(bytes, span.name)
        batch.terms.append(.init(hash: name.hash, trace: span.trace))
        if span.status == 2 { batch.terms.append(.init(hash: SearchTerm.error.hash, trace: span.trace)) }
        words.add(.name, bytes, span.name)
        // A trace's links to itself are in its spans; the store keeps those that connect traces.
        let own = batch.traces[span.trace]
        batch.links[firstLink...].removeAll { $0.trace == own }
        batch.spans.append(span)
    }

    private mutating func reject(_ span: TraceBatch.Span, _ reason: String, terms: Int, links: Int) {
        batch.terms.removeLast(batch.terms.count - terms)
        batch.links.removeLast(batch.links.count - links)
        batch.rejectedCount += 1
        guard batch.rejectionReason.isEmpty else { return }
        batch.rejectionReason = "span '\(batch.text(span.name).prefix(100))' was refused: \(reason)"
    }

    private mutating func number(of trace: TraceBatch.Trace) -> Int {
        // Most often it is the trace of the span before.
        if let last = batch.spans.last, batch.traces[last.trace] == trace { return last.trace }
        if let number = traceNumbers[trace] { return number }
        let number = batch.traces.count
        batch.traces.append(trace)
        traceNumbers[trace] = number
        return number
    }

    private mutating func readLink(_ bytes: Bytes, _ range: Range<Int>) throws(OTLPDecodingError) {
        var traceID = 0..<0
        var spanID = 0..<0
        var type: Range<Int>?
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): traceID = try reader.content(bytes)
            case (2, 2): spanID = try reader.content(bytes)
            case (4, 2):
                try cost.countMessage()
                let (key, value) = try ValueScanner.attribute(bytes, reader.content(bytes), depth: 1, &cost)
                if ValueScanner.isEqual(bytes, key, Self.linkTypeKey) { type = value.text }
            default: try reader.skip(field, bytes)
            }
        }
        // A link to nowhere isn't worth the span.
        guard let trace = TraceBatch.Trace(bytes, traceID), let id = TraceBatch.Trace.number(bytes, spanID), id != 0
        else { return }
        batch.links.append(.init(span: batch.spans.count, trace: trace, spanID: id, type: type))
    }

    private func readStatus(_ bytes: Bytes, _ range: Range<Int>) throws(OTLPDecodingError) -> Int64 {
        var code: Int64 = 0
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            if field.number == 3, field.wireType == 0 {
                code = Int64(Int32(truncatingIfNeeded: try reader.varint(bytes)))
            } else {
                try reader.skip(field, bytes)
            }
        }
        return code
    }

    // MARK: Ids

    private static func isZero(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        for index in range where bytes[index] != 0 { return false }
        return true
    }
}
