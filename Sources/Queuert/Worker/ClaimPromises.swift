/// Jobs that hints told a worker of, and that it has taken on to claim, so that no other worker was woken for them.
///
/// What a claim did not take after all is known here until it is passed on.
struct ClaimPromises {
    /// What came of jobs that were offered.
    enum Answer {
        /// Some were taken on.
        case taken
        /// None, though there is room.
        case left
        /// None, because all room is promised, or there is none.
        case full
    }

    /// How many jobs of a type a slot runs at once at most; one of those that are not named.
    private let batchSizes: [String: Int]
    /// Those that were taken on since the last claim began.
    private var promised: [String: Int] = [:]
    /// Those of before that the claim under way is to take, until it has succeeded.
    private var claiming: [String: Int] = [:]
    /// Those of before for which it has no room: slots may have filled since they were promised.
    private var beyondClaim: [String: Int] = [:]

    init(batchSizes: [String: Int]) { self.batchSizes = batchSizes }

    /// Takes jobs on.
    ///
    /// - Parameters:
    ///   - free: How many slots the next claim is for, as it looks now.
    ///   - take: Takes jobs by type, at most as many as there are places for in what it is given.
    /// - Returns: Whether any were taken, or there was no room for them.
    mutating func accept(for free: Int, _ take: (ClaimSlots) -> [String: Int]) -> Answer {
        var slots = ClaimSlots(limit: free, batchSizes: batchSizes)
        for (typeName, count) in Self.sum(promised, beyondClaim) { _ = slots.take(count, of: typeName) }
        let jobs = take(slots)
        if jobs.isEmpty { return slots.isFull ? .full : .left }
        promised.merge(jobs) { $0 + $1 }
        return .taken
    }

    /// A claim begins for some slots, which may have been promised to more jobs while the one before went on.
    mutating func claimBegins(for slots: Int) {
        var slots = ClaimSlots(limit: slots, batchSizes: batchSizes)
        let promised = Self.sum(promised, beyondClaim)
        self = Self(batchSizes: batchSizes)
        for (typeName, count) in promised {
            let taken = slots.take(count, of: typeName)
            if taken > 0 { claiming[typeName] = taken }
            if taken < count { beyondClaim[typeName] = count - taken }
        }
    }

    /// The claim under way has succeeded.
    ///
    /// - Parameter mayBeMore: Whether it took as many jobs as it had room for. One with room for more has looked for
    ///   all that was promised, and what it did not find is somebody else's by now: kept, it would leave no slot for
    ///   the next hint.
    mutating func claimSucceeded(mayBeMore: Bool) {
        claiming = [:]
        if !mayBeMore { beyondClaim = [:] }
    }

    /// Hands out what was taken on, and no claim has succeeded since.
    mutating func takeAll() -> [String: Int] {
        defer { self = Self(batchSizes: batchSizes) }
        return Self.sum(Self.sum(promised, claiming), beyondClaim)
    }

    private static func sum(_ some: [String: Int], _ others: [String: Int]) -> [String: Int] {
        others.isEmpty ? some : some.merging(others) { $0 + $1 }
    }
}
