internal import Queuert

/// When a process looks next whether there are partitions for chains to come.
final class PostgresUpkeep: Sendable {
    private let next = Locked<Timestamp?>(nil)

    /// Whether it is time; who is told so is to do it.
    func isDue(at now: Timestamp) -> Bool {
        next.withLock { next in
            if let next, now < next { return false }
            next = now + Self.interval
            return true
        }
    }

    /// Has the next who asks look.
    func expire() { next.withLock { $0 = nil } }

    /// A partition is there for its width at least before the first chain needs it.
    private static var interval: Duration { .seconds(3_600) }
}
