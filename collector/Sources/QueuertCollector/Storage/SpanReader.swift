internal import QueuertSQLite

/// Reads spans from the database; what many spans share it reads once.
struct SpanReader {
    private var origins = OriginReader()

    /// Reads a span.
    ///
    /// - Parameters:
    ///   - document: The column `document`.
    ///   - origin: The column `origin`.
    ///   - database: The database.
    /// - Returns: The span.
    /// - Throws: `SQLiteError` or `OTLPDecodingError` if it can't be read.
    mutating func span(
        _ document: [UInt8], origin: Int64, _ database: isolated SQLiteConnection
    ) throws -> ReceivedSpan {
        var span = try SpanDecoder.span(document)
        let origin = try origins.origin(origin, database)
        span.resource = origin.resource
        span.scope = origin.scope
        return span
    }

    /// Reads a span of a row in the form that the API has.
    ///
    /// - Parameters:
    ///   - row: A row with the columns `document` and `origin` of the table `span`.
    ///   - database: The database.
    /// - Returns: The coded form of a `ReceivedSpan`.
    /// - Throws: `SQLiteError` or `OTLPDecodingError` if it can't be read.
    mutating func document(_ row: SQLiteRow, _ database: isolated SQLiteConnection) throws -> String {
        let span = try SpanDecoder.span(row.blob("document") ?? [])
        return span.json(try origins.origin(row.int64("origin") ?? 0, database).json)
    }

    /// Reads the spans of a query in the form that the API has, as many as an answer holds.
    ///
    /// - Parameters:
    ///   - sql: A query with the columns `document` and `origin` of the table `span`.
    ///   - parameters: The values for its parameters.
    ///   - limit: How many spans to read at most.
    ///   - room: The room that the answer has.
    ///   - database: The database.
    ///   - body: Called with the row of each span that is read.
    /// - Returns: The spans, and whether there are more.
    /// - Throws: `SQLiteError` or `OTLPDecodingError` if they can't be read.
    mutating func documents(
        _ sql: String, _ parameters: [(any SQLiteBindable)?], limit: Int, _ room: inout AnswerRoom,
        _ database: isolated SQLiteConnection, _ body: (SQLiteRow) -> Void = { _ in }
    ) throws -> (documents: [String], isTruncated: Bool) {
        var documents: [String] = []
        do {
            // Row by row: all of them might not fit into memory.
            try database.forEach(sql, parameters) { row in
                guard documents.count < limit, room.isLeft else { throw AnswerRoom.Full() }
                let document = try document(row, database)
                room.take(document.utf8.count)
                documents.append(document)
                body(row)
            }
        } catch is AnswerRoom.Full { return (documents, true) }
        return (documents, false)
    }
}

/// Reads resources and scopes from the database, each once.
struct OriginReader {
    /// A resource and a scope.
    struct Origin {
        let resource: [ReceivedAttribute]
        let scope: ReceivedSpan.Scope
        let json: ReceivedSpan.JSONOrigin
    }
    /// How many bytes of them are kept; if there are more, they are read again.
    private static let keptBytes = 32 << 20

    private var origins: [Int64: Origin] = [:]
    private var bytes = 0

    /// Reads a resource and a scope.
    ///
    /// - Parameters:
    ///   - id: The row of the table `origin`.
    ///   - database: The database.
    /// - Returns: What it holds.
    /// - Throws: `SQLiteError` or `OTLPDecodingError` if it can't be read.
    mutating func origin(_ id: Int64, _ database: isolated SQLiteConnection) throws -> Origin {
        if let known = origins[id] { return known }
        let row = try database.query(SpanStoreSQL.origin, [id]).first
        let resource = try SpanDecoder.resource(row?.blob("resource") ?? [])
        let scope = try SpanDecoder.scope(row?.blob("scope") ?? [])
        let origin = Origin(resource: resource, scope: scope, json: .init(resource: resource, scope: scope))
        bytes += origin.json.resource.count + origin.json.scope.count
        if bytes > Self.keptBytes {
            origins = [:]
            bytes = 0
        }
        origins[id] = origin
        return origin
    }
}
