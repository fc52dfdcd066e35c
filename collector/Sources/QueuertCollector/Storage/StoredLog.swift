internal import QueuertSQLite

/// Which log records are asked for.
struct LogFilter: Sendable {
    var traceID: String?
    var spanID: Int64?
    var service: String?
    /// The lowest severity, as OTLP numbers it.
    var severity = 0
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
    /// A log record.
    struct Record: Sendable {
        /// OTLP's message.
        let document: [UInt8]
        let origin: ReceivedSpan.JSONOrigin
    }
    var records: [Record]
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
        try await read { database in
            var reader = OriginReader()
            // One more than asked for tells whether there is another page.
            let rows = try database.query(
                filter.traceID == nil ? LogSQL.page : LogSQL.pageOfTrace,
                [
                    filter.traceID, filter.spanID, filter.service, filter.severity,
                    filter.text.map { "%\(Self.escapedPattern($0))%" }, filter.before?.time ?? .max,
                    filter.before?.number ?? .max, filter.limit + 1,
                ])
            let page = rows.prefix(Int(filter.limit))
            let records = try page.map { row in
                LogPage.Record(
                    document: row.blob("document") ?? [],
                    origin: try reader.origin(row.int64("origin") ?? 0, database).json)
            }
            let last = rows.count > page.count ? page.last : nil
            return LogPage(
                records: records,
                next: last.map { LogCursor(time: $0.int64("time") ?? 0, number: $0.int64("id") ?? 0) })
        }
    }
}
