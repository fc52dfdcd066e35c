/// Which of the steps that make the queue's tables a database has seen.
public struct MigrationStatus: Sendable, Hashable {
    /// The steps that were applied, in the order of the adapter.
    public var applied: [String]
    /// The steps that the adapter has and the database lacks, in the order in which they would be applied.
    public var missing: [String]
    /// The steps that the database has seen and the adapter doesn't know: those of a newer version.
    public var unknown: [String]

    /// Makes a status.
    ///
    /// - Parameters:
    ///   - applied: The steps that were applied.
    ///   - missing: The steps that the database lacks.
    ///   - unknown: The steps that the adapter doesn't know.
    public init(applied: [String], missing: [String], unknown: [String]) {
        self.applied = applied
        self.missing = missing
        self.unknown = unknown
    }

    /// Compares the steps of an adapter with those that a database has seen.
    ///
    /// - Parameters:
    ///   - all: The adapter's steps, in order.
    ///   - seen: What the database has seen; nothing if there are no tables yet.
    public init(all: [String], seen: Set<String>) {
        self.init(
            applied: all.filter(seen.contains), missing: all.filter { !seen.contains($0) },
            unknown: seen.subtracting(all).sorted())
    }

    /// Whether the database has none of the queue's tables.
    public var isEmpty: Bool { applied.isEmpty && unknown.isEmpty }
}
