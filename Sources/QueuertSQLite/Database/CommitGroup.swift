internal import Queuert

/// When transactions share a commit.
package struct CommitSharing: Sendable {
    /// How many transactions share a commit at most.
    package var sizeLimit = 100
    /// How long after its first member has ended a group takes in further ones at most.
    package var ageLimit = Duration.milliseconds(2)
    /// How long bodies take on the average that are slow.
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
    /// What the members wait for that have ended.
    private(set) var commit: SharedCommit
    private let thread: ThreadExecutor

    /// Makes the groups of a connection, one after the other.
    init(on thread: ThreadExecutor) {
        self.thread = thread
        commit = SharedCommit(on: thread)
    }

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

    /// Tells the members what came of the commit, in the order in which they ended; on the connection's thread.
    mutating func end(_ failure: (any Error)?) {
        let ended = commit
        commit = SharedCommit(on: thread)
        isOpen = false
        count = 0
        firstEnd = nil
        ended.end(failure)
    }
}

/// A commit that several transactions wait for, on the connection's thread.
actor SharedCommit {
    private nonisolated let room: WaitingRoom
    /// The connection's thread, once the commit is over.
    nonisolated var unownedExecutor: UnownedSerialExecutor { room.asUnownedSerialExecutor() }
    private var failure: (any Error)?

    init(on thread: ThreadExecutor) { room = WaitingRoom(on: thread) }

    /// Waits for the commit.
    ///
    /// - Returns: Why it failed, if it did.
    func outcome() -> (any Error)? { failure }

    /// The commit is over; to be called on the connection's thread.
    nonisolated func end(_ failure: (any Error)?) {
        if let failure { assumeIsolated { $0.failure = failure } }
        room.release()
    }
}

/// Whether a commit waits for company: for those that the last commit let go, and that may be back at once.
///
/// Tasks that write one transaction after the other come back while a commit would be under way. Nobody is waited for that
/// can't be expected, so a task that writes alone never waits. If fewer than half of them come, the next commit waits for
/// nobody; if that happens again, three don't, then seven, up to 63.
struct CommitCompany {
    private var expected = 0
    private var released = 0
    private var misses = 0
    /// How many commits are left that wait for nobody.
    private var impatient = 0
    /// How long the last commits took.
    private(set) var commitTime = Duration.microseconds(100)

    /// How long nobody has come when the commit is made: as long as one takes, but half a millisecond at most.
    var patience: Duration { isExpected ? min(max(commitTime, .microseconds(50)), .microseconds(500)) : .zero }

    var isExpected: Bool { expected > 0 && impatient == 0 }

    mutating func came() { if expected > 0 { expected -= 1 } }

    /// Nobody has come for as long as patience was.
    mutating func stayedAway() {
        guard isExpected else { return }
        if expected * 2 > released {
            misses = min(misses + 1, 6)
            impatient = 1 << misses
        }
        expected = 0
    }

    mutating func released(_ count: Int, commitTook time: Duration) {
        if impatient > 0 { impatient -= 1 } else if expected == 0 { misses = 0 }
        commitTime = (commitTime * 7 + time) / 8
        expected = count
        released = count
    }
}

/// Whether transactions may wait for the next one's body, by how long bodies took of late.
///
/// A body that takes long, as one that waits for something else, delays those that wait for the same commit. While bodies
/// take more than 5 ms on the average, nobody waits for another's body: what has ended is committed before the next body
/// runs. Where they are fast, a single slow one is forgotten after some others.
struct CommitPace {
    private var average = Duration.zero

    mutating func bodyTook(_ duration: Duration) { average += (duration - average) / 16 }

    /// Whether what has ended is committed before the next body runs.
    func isCareful(_ sharing: CommitSharing) -> Bool { average > sharing.slowBody }
}
