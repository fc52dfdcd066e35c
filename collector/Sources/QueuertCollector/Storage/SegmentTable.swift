internal import QueuertSQLite

/// When a segment is full.
struct SegmentLimits: Sendable {
    /// How many rows a segment takes.
    var rows = 4096
    /// How long a segment takes rows, in nanoseconds.
    var age: Int64 = 3600 * 1_000_000_000
}

/// A table whose rows are numbered as they arrive.
enum NumberedTable: String {
    case trace, span, log, point

    /// The column of `segment` that holds the last number.
    var lastNumber: String { "last_\(rawValue)" }
}

/// The table `segment`.
enum SegmentTable {
    /// The segment that rows are added to; a new one if the last is full.
    static func current(
        _ database: isolated SQLiteConnection, at now: Int64, _ limits: SegmentLimits
    ) throws -> Int64 {
        let last = try database.query(SpanStoreSQL.lastSegment).first
        let id = last?.int64("id") ?? 0
        if let last, last.int("is_pruned") == 0, (last.int("row_count") ?? 0) < limits.rows,
            now - (last.int64("first_received") ?? 0) < limits.age
        {
            return id
        }
        try database.execute(SpanStoreSQL.insertSegment, [id + 1, now])
        return id + 1
    }

    /// The number of the next row that is added to a table.
    ///
    /// A number is never given again, not even when the table is empty: what a segment holds, and what its terms lead to, is
    /// known by its numbers for as long as the segment is there.
    static func nextNumber(
        _ database: isolated SQLiteConnection, in table: NumberedTable, _ segment: Int64
    ) throws -> Int64 {
        let last = try database.query(SpanStoreSQL.lastNumber(in: table), [segment]).first
        return (last?.int64("number") ?? 0) + 1
    }

    /// Counts rows that were added to a segment.
    static func grow(
        _ database: isolated SQLiteConnection, _ segment: Int64, by count: Int, at now: Int64
    ) throws {
        try database.execute(SpanStoreSQL.growSegment, [segment, count, now])
    }
}

/// The table `origin`.
enum OriginTable {
    /// The rows of all resources and scopes of a request, and their services.
    static func ids(
        _ database: isolated SQLiteConnection, _ origins: [RequestScanner.Origin], in bytes: [UInt8], segment: Int64
    ) throws -> (ids: [Int64], services: [String]) {
        let services = origins.map { origin in
            origin.service.map { String(decoding: bytes[$0], as: UTF8.self) } ?? ReceivedSpan.unknownService
        }
        let ids = try zip(origins, services).map { origin, service in
            try id(
                database, service: service, resource: bytes[origin.resource], scope: bytes[origin.scope],
                segment: segment)
        }
        return (ids, services)
    }

    /// The row of a resource and a scope, which is made if there is none.
    static func id(
        _ database: isolated SQLiteConnection, service: String, resource: ArraySlice<UInt8>, scope: ArraySlice<UInt8>,
        segment: Int64
    ) throws -> Int64 {
        var hasher = SearchTerm.TermHasher(.origin)
        let (resource, scope) = (Array(resource), Array(scope))
        hasher.add(resource.span, 0..<resource.count)
        hasher.add(scope.span, 0..<scope.count)
        if let row = try database.query(SpanStoreSQL.findOrigin, [hasher.hash, resource, scope]).first,
            let id = row.int64("id")
        {
            if row.int64("last_segment") != segment { try database.execute(SpanStoreSQL.touchOrigin, [id, segment]) }
            return id
        }
        let inserted = try database.query(
            SpanStoreSQL.insertOrigin, [hasher.hash, service, resource, scope, segment])
        return inserted.first?.int64("id") ?? 0
    }
}
