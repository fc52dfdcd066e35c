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

/// A job, as its handler sees it.
public struct Job<Kind: JobType>: Sendable {
    /// The job.
    public let id: JobID
    /// The chain that it belongs to.
    public let chainID: JobID
    /// The job's place in the chain, from zero.
    public let chainIndex: Int
    /// What the job was started with.
    public let input: Kind.Input
    /// The number of this attempt, from one.
    public let attempt: Int
    /// What the last attempt failed with; `nil` for the first.
    public let lastError: String?
    /// The outputs of the chains that the job waited for.
    public let blockers: Kind.Blockers.Outputs
}
