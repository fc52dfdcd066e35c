/// A chain of jobs: it starts with a job, each job may continue with another, and the last yields the chain's output.
///
/// Two are equal if they name the same chain.
public struct Chain<Entry: EntryJobType>: Sendable, Hashable {
    /// The identifier of the chain, which is its first job's.
    public let id: JobID
    /// Whether the chain was there already when it was to be started, and was taken for the new one: see ``Deduplication``.
    public let isExisting: Bool

    /// Names a chain whose identifier was kept.
    ///
    /// - Parameter id: The identifier of the chain.
    public init(id: JobID) { self.init(id: id, isExisting: false) }

    package init(id: JobID, isExisting: Bool) {
        self.id = id
        self.isExisting = isExisting
    }

    /// Whether two name the same chain.
    ///
    /// - Parameters:
    ///   - left: A chain.
    ///   - right: Another one.
    /// - Returns: Whether their identifiers are equal.
    public static func == (left: Chain, right: Chain) -> Bool { left.id == right.id }

    /// Hashes the identifier.
    ///
    /// - Parameter hasher: What to hash into.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// A chain that has ended.
public struct CompletedChain<Entry: EntryJobType>: Sendable {
    /// The identifier of the chain.
    public let id: JobID
    /// What the chain yielded.
    public let output: Entry.Output
    /// When the chain ended.
    public let completedAt: Timestamp
}
