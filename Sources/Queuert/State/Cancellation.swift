/// What becomes of jobs that wait for a chain that is cancelled.
public enum DependantPolicy: String, Sendable, Hashable, Codable {
    /// Their chains are cancelled too, and so on: what they wait for will never come.
    case cancel
    /// Nothing is cancelled while anything waits; ``ChainHasDependantsError`` tells what does.
    case refuse
    /// They stay blocked, until they are cancelled or completed without a worker.
    case leave
}

/// A chain that was cancelled.
public struct CancelledChain: Sendable, Hashable {
    /// The chain's last job, as it is now.
    public var row: JobRow
    /// The attempt that ran, and has lost its lease.
    public var interrupted: ClaimedJob?
    /// The chain whose cancellation led to this one; `nil` if this one was asked for.
    public var cause: JobID?

    /// Makes the record of a chain that was cancelled.
    ///
    /// - Parameters:
    ///   - row: The chain's last job, as it is now.
    ///   - interrupted: The attempt that ran.
    ///   - cause: The chain whose cancellation led to this one.
    public init(row: JobRow, interrupted: ClaimedJob? = nil, cause: JobID? = nil) {
        self.row = row
        self.interrupted = interrupted
        self.cause = cause
    }
}

/// What is deleted.
public struct DeletionRequest: Sendable, Hashable {
    /// The chains.
    public var chainIDs: [JobID]
    /// Whether the chains that any of their jobs waited for are deleted too, and what those waited for, and so on, as far as
    /// nothing else needs them.
    public var cascade: Bool

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - cascade: Whether the chains that they waited for are deleted too.
    public init(chainIDs: [JobID], cascade: Bool = false) {
        self.chainIDs = chainIDs
        self.cascade = cascade
    }
}

/// A chain that was deleted.
public struct DeletedChain: Sendable, Hashable {
    /// The chain's ends, as they were.
    public var ends: ChainEnds
    /// The attempt that ran, and has lost its lease.
    public var interrupted: ClaimedJob?

    /// Makes the record of a chain that was deleted.
    ///
    /// - Parameters:
    ///   - ends: The chain's ends, as they were.
    ///   - interrupted: The attempt that ran.
    public init(ends: ChainEnds, interrupted: ClaimedJob? = nil) {
        self.ends = ends
        self.interrupted = interrupted
    }
}

/// Which chains are old enough to be deleted.
public struct CleanupRequest: Sendable, Hashable {
    /// The ways in which the chains ended: some of completed, cancelled and failed.
    public var statuses: Set<JobStatus>
    /// How long ago they ended, at least, by the database's clock.
    public var olderThan: Duration
    /// The types of the chains; all if `nil`.
    public var chainTypeNames: [String]?
    /// How many chains are looked at, at most, so that the database isn't held for long.
    public var limit: Int
    /// Where the batch before ended.
    public var after: PageCursor?

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - statuses: The ways in which the chains ended.
    ///   - olderThan: How long ago they ended, at least.
    ///   - chainTypeNames: The types of the chains; all if `nil`.
    ///   - limit: How many chains are looked at, at most.
    ///   - after: Where the batch before ended.
    public init(
        statuses: Set<JobStatus>, olderThan: Duration, chainTypeNames: [String]? = nil, limit: Int,
        after: PageCursor? = nil
    ) {
        self.statuses = statuses
        self.olderThan = olderThan
        self.chainTypeNames = chainTypeNames
        self.limit = limit
        self.after = after
    }
}

/// What came of a cleanup.
public struct CleanupResult: Sendable, Hashable {
    /// How many chains were deleted.
    public var deleted: Int
    /// How many were old enough, and are kept because a job that has not ended waited for them.
    public var kept: Int
    /// Where to go on; `nil` if all were looked at.
    public var next: PageCursor?

    /// Makes a result.
    ///
    /// - Parameters:
    ///   - deleted: How many chains were deleted.
    ///   - kept: How many are kept because a job needs them.
    ///   - next: Where to go on.
    public init(deleted: Int, kept: Int, next: PageCursor?) {
        self.deleted = deleted
        self.kept = kept
        self.next = next
    }
}
