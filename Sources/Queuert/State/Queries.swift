/// Where a page ended: text whose meaning only the state adapter knows.
public struct PageCursor: Sendable, Hashable, Codable, RawRepresentable {
    /// The text, which may be kept and sent to others.
    public let rawValue: String

    /// Makes a cursor of its text.
    ///
    /// - Parameter rawValue: The text.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Some of many.
public struct Page<Element: Sendable>: Sendable {
    /// What was found, in order.
    public var items: [Element]
    /// Where to go on; `nil` if there is no more.
    public var next: PageCursor?

    /// Makes a page.
    ///
    /// - Parameters:
    ///   - items: What was found, in order.
    ///   - next: Where to go on.
    public init(items: [Element], next: PageCursor?) {
        self.items = items
        self.next = next
    }
}

/// The order of a list.
public enum ListOrder: String, Sendable, Hashable, Codable {
    /// What was created last comes first.
    case newestFirst
    /// What was created first comes first.
    case oldestFirst
}

/// Which chains are listed.
public struct ChainQuery: Sendable, Hashable {
    /// Only chains of these types; all if `nil`.
    public var typeNames: [String]?
    /// Only chains whose last job has one of these statuses; all if `nil`.
    public var statuses: Set<JobStatus>?
    /// Only these chains; all if `nil`.
    public var chainIDs: [JobID]?
    /// Only chains that no job waits or waited for.
    public var onlyRoots: Bool
    /// Only chains created at this moment or later.
    public var createdFrom: Timestamp?
    /// Only chains created before this moment.
    public var createdBefore: Timestamp?
    /// In which order.
    public var order: ListOrder
    /// How many at most; at least one.
    public var limit: Int {
        didSet { limit = max(1, limit) }
    }
    /// Where the page before ended.
    public var after: PageCursor?

    /// Makes a query.
    ///
    /// - Parameters:
    ///   - typeNames: Only chains of these types; all if `nil`.
    ///   - statuses: Only chains whose last job has one of these statuses; all if `nil`.
    ///   - chainIDs: Only these chains; all if `nil`.
    ///   - onlyRoots: Only chains that no job waits or waited for.
    ///   - createdFrom: Only chains created at this moment or later.
    ///   - createdBefore: Only chains created before this moment.
    ///   - order: In which order; the newest first by default.
    ///   - limit: How many at most, at least one; 50 by default.
    ///   - after: Where the page before ended.
    public init(
        typeNames: [String]? = nil, statuses: Set<JobStatus>? = nil, chainIDs: [JobID]? = nil, onlyRoots: Bool = false,
        createdFrom: Timestamp? = nil, createdBefore: Timestamp? = nil, order: ListOrder = .newestFirst,
        limit: Int = 50, after: PageCursor? = nil
    ) {
        self.typeNames = typeNames
        self.statuses = statuses
        self.chainIDs = chainIDs
        self.onlyRoots = onlyRoots
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
        self.order = order
        self.limit = max(1, limit)
        self.after = after
    }
}

/// Which jobs are listed.
public struct JobQuery: Sendable, Hashable {
    /// Only jobs of these types; all if `nil`.
    public var typeNames: [String]?
    /// Only jobs of chains of these types; all if `nil`.
    public var chainTypeNames: [String]?
    /// Only jobs with one of these statuses; all if `nil`.
    public var statuses: Set<JobStatus>?
    /// Only these jobs; all if `nil`.
    public var jobIDs: [JobID]?
    /// Only jobs of these chains; all if `nil`.
    public var chainIDs: [JobID]?
    /// Only jobs that wait, or waited, for this chain; all if `nil`.
    public var waitingForChain: JobID?
    /// Only jobs created at this moment or later.
    public var createdFrom: Timestamp?
    /// Only jobs created before this moment.
    public var createdBefore: Timestamp?
    /// In which order.
    public var order: ListOrder
    /// How many at most; at least one.
    public var limit: Int {
        didSet { limit = max(1, limit) }
    }
    /// Where the page before ended.
    public var after: PageCursor?

    /// Makes a query.
    ///
    /// - Parameters:
    ///   - typeNames: Only jobs of these types; all if `nil`.
    ///   - chainTypeNames: Only jobs of chains of these types; all if `nil`.
    ///   - statuses: Only jobs with one of these statuses; all if `nil`.
    ///   - jobIDs: Only these jobs; all if `nil`.
    ///   - chainIDs: Only jobs of these chains; all if `nil`.
    ///   - waitingForChain: Only jobs that wait, or waited, for this chain.
    ///   - createdFrom: Only jobs created at this moment or later.
    ///   - createdBefore: Only jobs created before this moment.
    ///   - order: In which order; the newest first by default.
    ///   - limit: How many at most, at least one; 50 by default.
    ///   - after: Where the page before ended.
    public init(
        typeNames: [String]? = nil, chainTypeNames: [String]? = nil, statuses: Set<JobStatus>? = nil,
        jobIDs: [JobID]? = nil, chainIDs: [JobID]? = nil, waitingForChain: JobID? = nil,
        createdFrom: Timestamp? = nil, createdBefore: Timestamp? = nil, order: ListOrder = .newestFirst,
        limit: Int = 50, after: PageCursor? = nil
    ) {
        self.typeNames = typeNames
        self.chainTypeNames = chainTypeNames
        self.statuses = statuses
        self.jobIDs = jobIDs
        self.chainIDs = chainIDs
        self.waitingForChain = waitingForChain
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
        self.order = order
        self.limit = max(1, limit)
        self.after = after
    }
}

/// A chain that a job waits or waited for.
public struct JobBlocker: Sendable, Hashable {
    /// The chain's ends.
    public var chain: ChainEnds
    /// When the wait began.
    public var blockedAt: Timestamp
    /// When the chain ended; `nil` while the job waits for it.
    public var resolvedAt: Timestamp?

    /// Makes a blocker.
    ///
    /// - Parameters:
    ///   - chain: The chain's ends.
    ///   - blockedAt: When the wait began.
    ///   - resolvedAt: When the chain ended.
    public init(chain: ChainEnds, blockedAt: Timestamp, resolvedAt: Timestamp?) {
        self.chain = chain
        self.blockedAt = blockedAt
        self.resolvedAt = resolvedAt
    }
}

/// How many jobs of a type there are that have not ended, by what they do, and how many have failed.
public struct JobCounts: Sendable, Hashable {
    /// Jobs that are due and wait for a worker.
    public var ready: Int
    /// Jobs that are due later.
    public var scheduled: Int
    /// Jobs that wait for other chains.
    public var blocked: Int
    /// Jobs that a worker has.
    public var running: Int
    /// Those of the running jobs whose lease is over: their worker died, and nobody has taken them back yet.
    public var overdue: Int
    /// Jobs that have used up their attempts.
    public var failed: Int
    /// When the first of the ready jobs was due.
    public var oldestReadyAt: Timestamp?

    /// Makes counts.
    ///
    /// - Parameters:
    ///   - ready: Jobs that are due and wait for a worker.
    ///   - scheduled: Jobs that are due later.
    ///   - blocked: Jobs that wait for other chains.
    ///   - running: Jobs that a worker has.
    ///   - overdue: Those of the running jobs whose lease is over.
    ///   - failed: Jobs that have used up their attempts.
    ///   - oldestReadyAt: When the first of the ready jobs was due.
    public init(
        ready: Int = 0, scheduled: Int = 0, blocked: Int = 0, running: Int = 0, overdue: Int = 0,
        failed: Int = 0, oldestReadyAt: Timestamp? = nil
    ) {
        self.ready = ready
        self.scheduled = scheduled
        self.blocked = blocked
        self.running = running
        self.overdue = overdue
        self.failed = failed
        self.oldestReadyAt = oldestReadyAt
    }

    /// Jobs that wait to run: ready, scheduled or blocked.
    public var waiting: Int { ready + scheduled + blocked }
}
