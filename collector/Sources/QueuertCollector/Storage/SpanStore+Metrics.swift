internal import QueuertSQLite

extension SpanStore {
    /// Stores the points of metrics in one transaction; a series has one point at a time.
    ///
    /// - Parameter batch: The request.
    /// - Returns: How many were new.
    /// - Throws: `StoreError` if the database can't be written; then nothing was stored.
    @discardableResult
    package func insert(_ batch: MetricBatch) async throws(StoreError) -> InsertionResult {
        let now = clock()
        let limits = segmentLimits
        return try await write { database in
            let segment = try SegmentTable.current(database, at: now, limits)
            let (origins, services) = try OriginTable.ids(database, batch.origins, in: batch.bytes, segment: segment)
            var result = InsertionResult()
            var number = try SegmentTable.nextNumber(database, in: .point, segment)
            for metric in batch.metrics where !metric.points.isEmpty {
                let metricID = try Self.id(database, of: metric, service: services[metric.origin], segment: segment)
                for point in metric.points {
                    let series = try Self.id(
                        database, MetricSQL.putSeries, [metricID, origins[metric.origin], point.series, segment])
                    let added = try database.execute(
                        MetricSQL.insertPoint,
                        [number, series, Int64(clamping: point.time), Array(batch.bytes[point.message])])
                    number += 1
                    if added > 0 { result.added += 1 } else { result.repeated += 1 }
                }
            }
            if result.added > 0 { try SegmentTable.grow(database, segment, by: result.added, at: now) }
            return result
        }
    }

    private static func id(
        _ database: isolated SQLiteConnection, of metric: MetricBatch.Metric, service: String, segment: Int64
    ) throws -> Int64 {
        try id(
            database, MetricSQL.putMetric,
            [
                metric.name, service, metric.kind.rawValue, metric.unit, metric.description, metric.temporality,
                metric.isMonotonic, segment,
            ])
    }

    private static func id(
        _ database: isolated SQLiteConnection, _ sql: String, _ parameters: [(any SQLiteBindable)?]
    ) throws -> Int64 {
        try database.query(sql, parameters).first?.int64("id") ?? 0
    }
}

/// The statements that the store runs for metrics.
enum MetricSQL {
    static let putMetric = """
        INSERT INTO metric (name, service, kind, unit, description, temporality, is_monotonic, last_segment)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (name, service, kind, unit) DO UPDATE SET
            description = excluded.description, temporality = excluded.temporality,
            is_monotonic = excluded.is_monotonic, last_segment = excluded.last_segment
        RETURNING id
        """
    static let putSeries = """
        INSERT INTO series (metric, origin, hash, last_segment) VALUES (?, ?, ?, ?)
        ON CONFLICT (metric, origin, hash) DO UPDATE SET last_segment = excluded.last_segment
        RETURNING id
        """
    static let insertPoint = """
        INSERT INTO point (id, series, time, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
        """
    static let list = """
        SELECT name, service, kind, unit, description, temporality, is_monotonic,
               (SELECT count(*) FROM series WHERE series.metric = metric.id) AS series_count
        FROM metric ORDER BY name, service
        """
    /// ?1 a name, ?2 a service or null.
    static let named = """
        SELECT id, name, service, kind, unit, description, temporality, is_monotonic FROM metric
        WHERE name = ?1 AND (?2 IS NULL OR service = ?2) ORDER BY service, kind
        """
    /// ?1 a metric, ?2 how many.
    static let series = """
        SELECT id, origin FROM series WHERE metric = ?1 ORDER BY last_segment DESC, id LIMIT ?2
        """
    /// ?1 a series, ?2 and ?3 the time, ?4 how many; the newest of them.
    static let points = """
        SELECT document FROM point WHERE series = ?1 AND time >= ?2 AND time <= ?3 ORDER BY time DESC LIMIT ?4
        """
    /// The last points of metrics whose names begin so.
    static let lastPoints = """
        SELECT metric.name, metric.service, metric.kind, point.time, point.document
        FROM metric JOIN series ON series.metric = metric.id
        JOIN point ON point.id = (
            SELECT id FROM point AS last WHERE last.series = series.id ORDER BY time DESC LIMIT 1)
        WHERE metric.name >= ?1 AND metric.name < ?2 ORDER BY metric.name, point.time DESC LIMIT ?3
        """
}
