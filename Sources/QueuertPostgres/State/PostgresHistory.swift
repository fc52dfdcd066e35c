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
    /// - Parameter days: How many days of chains a partition holds, 1 at least. Partitions that are there already keep
    ///   theirs. Fewer than 100 partitions should be there at a time, since each look into the history may look into all.
    /// - Returns: The way to keep chains.
    public static func partitioned(days: Int = 7) -> Self {
        precondition(days >= 1, "A partition holds the chains of one day at least.")
        return Self(days: days)
    }

    var isPartitioned: Bool { days != nil }
}
