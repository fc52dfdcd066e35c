/// A job in the tables of a ``MemoryStateAdapter``.
struct StoredJob {
    var row: JobRow
    /// The job's place among all in the order in which they were written.
    let sequence: Int64
    /// What the job's chain was compared by, if it is its first.
    let deduplicationKey: String?

    var key: CreationKey { CreationKey(createdAt: row.createdAt, sequence: sequence, id: row.id) }
}

/// A job's place in the order of creation.
struct CreationKey: Comparable, Sendable {
    let createdAt: Timestamp
    let sequence: Int64
    let id: JobID

    static func < (left: Self, right: Self) -> Bool {
        (left.createdAt.microseconds, left.sequence) < (right.createdAt.microseconds, right.sequence)
    }

    static func == (left: Self, right: Self) -> Bool {
        left.sequence == right.sequence && left.createdAt == right.createdAt
    }
}

/// A job's place in an order by moments, then by identifier.
struct MomentKey: Comparable, Sendable {
    let microseconds: Int64
    let id: JobID

    /// A job's place in the order in which due jobs are claimed.
    static func rank(of row: JobRow) -> MomentKey {
        MomentKey(microseconds: row.priority.rank(dueAt: row.scheduledAt), id: row.id)
    }

    static func < (left: Self, right: Self) -> Bool {
        left.microseconds == right.microseconds
            ? left.id.rawValue.precedes(right.id.rawValue) : left.microseconds < right.microseconds
    }
}

/// One wait of a job for a chain, in the order in which the jobs were written.
struct WaitKey: Comparable, Sendable {
    let job: CreationKey
    let ordinal: Int

    static func < (left: Self, right: Self) -> Bool {
        left.job == right.job ? left.ordinal < right.ordinal : left.job < right.job
    }
}

/// A chain that a job waits or waited for.
struct StoredBlocker {
    let chainID: JobID
    let traceContext: String?
    let blockedAt: Timestamp
    var resolvedAt: Timestamp?
}

/// What a job waits or waited for.
struct StoredBlockers {
    /// In the declared order; `nil` where the chain was deleted.
    var list: [StoredBlocker?]
    /// How many are not resolved.
    var openCount: Int

    init(_ list: [StoredBlocker]) {
        self.list = list
        openCount = list.count { $0.resolvedAt == nil }
    }
}

/// What chains are compared by when they are started, byte for byte.
struct DeduplicationKey: Hashable {
    let chainTypeName: String
    let key: String

    static func == (left: Self, right: Self) -> Bool {
        left.chainTypeName.hasBytes(of: right.chainTypeName) && left.key.hasBytes(of: right.key)
    }

    func hash(into hasher: inout Hasher) {
        chainTypeName.hashBytes(into: &hasher)
        key.hashBytes(into: &hasher)
    }
}

extension JobRow {
    /// Whether nothing becomes of the job any more, whereas a failed one may be tried again.
    var isEnded: Bool { completedAt != nil || cancelledAt != nil }

    /// Whether the job's chain ended with it.
    var endsChain: Bool { completedAt != nil && successorID == nil || cancelledAt != nil }
}
