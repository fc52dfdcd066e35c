internal import QueuertSQLite

/// Which log records are asked for.
struct LogFilter: Sendable {
    var traceID: String?
    var spanID: Int64?
    var service: String?
    /// The lowest severity, as OTLP numbers it; `nil` for any.
    var severity: Int?
    /// What the event's name or the body must contain.
    var text: String?
    /// Where the page begins; `nil` for the newest record.
    var before: LogCursor?
    var limit: Int64
}

/// A place in the list of log records: after a record.
struct LogCursor: Hashable, Sendable, LosslessStringConvertible {
    fileprivate let time: Int64
    fileprivate let number: Int64

    fileprivate init(time: Int64, number: Int64) {
        self.time = time
        self.number = number
    }

    init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let time = Int64(parts[0]), let number = Int64(parts[1]) else { return nil }
        self.init(time: time, number: number)
    }

    var description: String { "\(time)-\(number)" }
}

/// A page of log records, newest first.
struct LogPage: Sendable {
    /// The records in OTLP's JSON, each with its resource and scope inside.
    var documents: [[UInt8]] = []
    /// Where the next page begins; `nil` if this is the last.
    var next: LogCursor?
}

extension SpanStore {
    /// Reads a page of log records.
    ///
    /// - Parameter filter: Which are asked for.
    /// - Returns: The records, newest first.
    /// - Throws: `StoreError` if the database can't be read.
    func logs(_ filter: LogFilter) async throws(StoreError) -> LogPage {
        try await read { [answerBytes] database in
            var reader = OriginReader()
            var room = AnswerRoom(answerBytes)
            var page = LogPage()
            var last: LogCursor?
            let service = filter.service.map { ServiceName.stored($0) }
            // One more than asked for tells whether there is another page.
            let parameters: [(any SQLiteBindable)?] = [
                filter.traceID, filter.spanID, service, filter.severity,
                filter.text.map { "%\(Self.escapedPattern($0))%" }, filter.before?.time ?? .max,
                filter.before?.number ?? .max, filter.limit + 1,
            ]
            do {
                try database.forEach(filter.traceID == nil ? LogSQL.page : LogSQL.pageOfTrace, parameters) { row in
                    guard page.documents.count < Int(filter.limit), room.isLeft else { throw AnswerRoom.Full() }
                    let origin = try reader.origin(row.int64("origin") ?? 0, database).json
                    let document = try Self.json(ofLog: row.blob("document") ?? [], origin)
                    room.take(document.count)
                    page.documents.append(document)
                    last = LogCursor(time: row.int64("time") ?? 0, number: row.int64("id") ?? 0)
                }
            } catch is AnswerRoom.Full { page.next = last }
            return page
        }
    }

    private static func json(ofLog record: [UInt8], _ origin: ReceivedSpan.JSONOrigin) throws -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        try OTLPJSON.writeMembers(of: record, OTLPSchema.shared.logRecord, to: &writer) { _ in true }
        writer.key("resource")
        writer.raw(origin.resource)
        writer.key("scope")
        writer.raw(origin.scope)
        writer.endObject()
        return writer.bytes
    }
}
