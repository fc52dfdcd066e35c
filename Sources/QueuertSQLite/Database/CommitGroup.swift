/// When transactions share a commit.
package struct CommitSharing: Sendable {
    /// How many transactions share a commit at most.
    package var sizeLimit = 100
    /// How long after its first member has ended a group takes in further ones at most.
    package var ageLimit = Duration.milliseconds(2)
    /// How long a body takes that is slow.
    package var slowBody = Duration.milliseconds(5)

    package init() {}
}

/// The transactions that share one commit.
///
/// The first member begins the database's transaction and each further one runs in a savepoint, which is released when its
/// body ends, or rolled back alone. Nothing is reported as committed before the shared commit has returned.
struct CommitGroup {
    /// Whether the database's transaction is open.
    var isOpen = false
    /// Whether the commit is to follow when nobody comes.
    var commitsWhenIdle = false
    private(set) var count = 0
    private var firstEnd: ContinuousClock.Instant?
    private var waiting: [CheckedContinuation<(any Error)?, Never>] = []

    /// Counts a member whose body has ended.
    mutating func add(endedAt now: ContinuousClock.Instant) {
        count += 1
        if firstEnd == nil { firstEnd = now }
    }

    /// Whether no more members may join.
    func isFull(at now: ContinuousClock.Instant, _ sharing: CommitSharing) -> Bool {
        if count >= sharing.sizeLimit { return true }
        guard let firstEnd else { return false }
        return now - firstEnd > sharing.ageLimit
    }

    /// Lets a member wait for the commit, which tells why it failed.
    mutating func wait(_ continuation: CheckedContinuation<(any Error)?, Never>) { waiting.append(continuation) }

    /// Tells the members what came of the commit, in the order in which they ended.
    mutating func end(_ failure: (any Error)?) {
        let members = waiting
        waiting = []
        isOpen = false
        count = 0
        firstEnd = nil
        for member in members { member.resume(returning: failure) }
    }
}

/// Whether transactions may wait for the next one's body, by how long bodies took of late.
///
/// A body that takes long delays those that wait for the same commit. After one that took longer than 5 ms, and for ten
/// times as long as it took (a minute at most), nobody waits for another's body: what has ended is committed before the
/// next body runs. So slow bodies cost others a tenth of the time at most, and fast ones share their commits.
struct CommitPace {
    private var carefulUntil: ContinuousClock.Instant?

    mutating func bodyTook(_ duration: Duration, until now: ContinuousClock.Instant, _ sharing: CommitSharing) {
        if duration > sharing.slowBody {
            let end = now + min(duration * 10, .seconds(60))
            if carefulUntil.map({ $0 < end }) ?? true { carefulUntil = end }
        } else if let carefulUntil, carefulUntil < now {
            self.carefulUntil = nil
        }
    }

    /// Whether what has ended is committed before the next body runs.
    func isCareful(at now: ContinuousClock.Instant) -> Bool { carefulUntil.map { $0 > now } ?? false }
}
