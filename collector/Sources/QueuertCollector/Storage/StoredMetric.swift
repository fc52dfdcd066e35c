internal import QueuertSQLite

/// A metric of a service, with its points.
struct StoredMetric: Sendable {
    /// Points with the same attributes.
    struct Series: Sendable {
        let origin: ReceivedSpan.JSONOrigin
        /// OTLP's messages, in the order of their times.
        let points: [[UInt8]]
    }

    let name: String
    let service: String
    let kind: MetricBatch.Kind
    let unit: String
    let description: String
    let temporality: Int
    let isMonotonic: Bool
    /// How many series there are.
    var seriesCount = 0
    var series: [Series] = []
    /// Whether there are more series or points than were read.
    var isTruncated = false

    fileprivate init?(_ row: SQLiteRow) {
        guard let kind = row.text("kind").flatMap(MetricBatch.Kind.init) else { return nil }
        self.kind = kind
        name = row.text("name") ?? ""
        service = row.text("service") ?? ""
        unit = row.text("unit") ?? ""
        description = row.text("description") ?? ""
        temporality = row.int("temporality") ?? 0
        isMonotonic = row.bool("is_monotonic") ?? false
    }
}

/// The last point of a series.
struct LastPoint: Sendable {
    let name: String
    let service: String
    let kind: MetricBatch.Kind
    let time: Int64
    /// OTLP's message.
    let document: [UInt8]
}

extension SpanStore {
    /// How many series of a metric an answer holds at most.
    private static let seriesLimit = 200
    /// How many points of a series an answer holds at most.
    private static let pointLimit = 2_000

    /// Lists all metrics.
    ///
    /// - Returns: The metrics without their points, in the order of their names.
    /// - Throws: `StoreError` if the database can't be read.
    func metrics() async throws(StoreError) -> [StoredMetric] {
        try await read { database in
            try database.query(MetricSQL.list).compactMap { row in
                var metric = StoredMetric(row)
                metric?.seriesCount = row.int("series_count") ?? 0
                return metric
            }
        }
    }

    /// Reads the points of the metrics with a name.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - service: The service; `nil` for all.
    ///   - from: When the first points are, in nanoseconds since 1970.
    ///   - to: When the last points are.
    /// - Returns: The metrics.
    /// - Throws: `StoreError` if the database can't be read.
    func metrics(
        named name: String, service: String?, from: Int64, to: Int64
    ) async throws(StoreError) -> [StoredMetric] {
        try await read { [answerBytes] database in
            var reader = OriginReader()
            var room = AnswerRoom(answerBytes)
            let storedService = service.map { ServiceName.stored($0) }
            return try database.query(MetricSQL.named, [name, storedService]).compactMap { row in
                guard var metric = StoredMetric(row) else { return nil }
                let rows = try database.query(MetricSQL.series, [row.int64("id"), Self.seriesLimit + 1])
                metric.isTruncated = rows.count > Self.seriesLimit
                for series in rows.prefix(Self.seriesLimit) {
                    let points = try Self.points(of: series, from: from, to: to, &metric, &room, database)
                    guard !points.isEmpty else { continue }
                    let origin = try reader.origin(series.int64("origin") ?? 0, database).json
                    room.take(origin.resource.count + origin.scope.count)
                    metric.series.append(.init(origin: origin, points: points))
                }
                metric.seriesCount = metric.series.count
                return metric
            }
        }
    }

    /// Reads the newest points of a series, as many as there is room for.
    private static func points(
        of series: SQLiteRow, from: Int64, to: Int64, _ metric: inout StoredMetric, _ room: inout AnswerRoom,
        _ database: isolated SQLiteConnection
    ) throws -> [[UInt8]] {
        var points: [[UInt8]] = []
        do {
            try database.forEach(MetricSQL.points, [series.int64("id"), from, to, pointLimit + 1]) { row in
                guard points.count < pointLimit, room.isLeft else { throw AnswerRoom.Full() }
                let point = row.blob("document") ?? []
                room.take(point.count)
                points.append(point)
            }
        } catch is AnswerRoom.Full { metric.isTruncated = true }
        return points.reversed()
    }

    /// Reads the last points of metrics whose names begin with a text.
    ///
    /// - Parameters:
    ///   - prefix: How the names begin.
    ///   - limit: How many.
    /// - Returns: The points.
    /// - Throws: `StoreError` if the database can't be read.
    func lastPoints(ofMetrics prefix: String, limit: Int) async throws(StoreError) -> [LastPoint] {
        try await read { database in
            try database.query(MetricSQL.lastPoints, [prefix, prefix + "\u{10FFFF}", limit]).compactMap { row in
                guard let kind = row.text("kind").flatMap(MetricBatch.Kind.init) else { return nil }
                return LastPoint(
                    name: row.text("name") ?? "", service: row.text("service") ?? "", kind: kind,
                    time: row.int64("time") ?? 0, document: row.blob("document") ?? [])
            }
        }
    }
}
