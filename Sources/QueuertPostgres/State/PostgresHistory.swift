/// Where chains are kept that have ended.
///
/// It is decided when the tables are made, and can't be changed afterwards.
public struct PostgresHistory: Sendable, Hashable {
    /// How many days of chains a partition holds; `nil` if there are none.
    let days: Int?

    /// In the table of all jobs, from which they are deleted one by one.
    public static let amongJobs = Self(days: nil)

    /// In a table of their own, whose partitions hold the chains that were started in some days, and are dropped as a whole.
    ///
    /// Partitions are told apart by identifiers, which must be UUIDs of version 7, as the queue's are by default: those begin
    /// with the time. A chain whose identifier belongs to no partition stays in the table of all jobs when it has ended.
    ///
    /// Fewer days than one are a mistake that stops the program.
    ///
    /// - Parameter days: How many days of chains a partition holds, 1 at least. Partitions that are there already keep
    ///   theirs. Fewer than 100 partitions should be there at a time, since each look into the history may look into all.
    /// - Returns: The way to keep chains.
    public static func partitioned(days: Int = 7) -> Self {
        precondition(days >= 1, "A partition holds the chains of one day at least.")
        return Self(days: days)
    }

    /// Whether chains that have ended are kept in partitions.
    public var isPartitioned: Bool { days != nil }
}

extension PostgresHistory {
    /// Finds out where a queue keeps chains that have ended.
    ///
    /// A schema or a prefix that no adapter could be made with is a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - pool: The database.
    ///   - schema: The schema of the queue's tables.
    ///   - tablePrefix: What the names of the queue's tables begin with.
    /// - Returns: The history with which an adapter is to be made, its partitions as wide as the last one; `nil` if there are no
    ///   such tables.
    /// - Throws: ``PostgresError``.
    public static func stored(
        in pool: PostgresPool, schema: String = "public", tablePrefix: String = "queuert_"
    ) async throws -> PostgresHistory? {
        let tables = PostgresTables(schema: schema, prefix: tablePrefix, idType: .uuid, history: .partitioned())
        return try await pool.read { db in
            guard try PostgresMigrations.idType(of: tables, db) != nil else { return nil }
            guard try PostgresMigrations.hasHistory(tables, db) else { return .amongJobs }
            let width = try db.query(
                """
                SELECT (extract(epoch FROM closes_at - ends_at) / 86400)::integer AS days FROM \(tables.partition)
                ORDER BY ends_at DESC LIMIT 1
                """)
            return .partitioned(days: max(1, width.first?.int("days") ?? 7))
        }
    }
}
