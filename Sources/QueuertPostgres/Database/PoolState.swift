/// Which connections a pool has, and who waits for one: decides, and does nothing itself.
package struct PoolState<Connection: AnyObject & Sendable>: ~Copyable {
    /// What a task that wants a connection is to do.
    package enum Lease {
        /// Use this one, and give it back.
        case use(Connection)
        /// Make one: there is room for it.
        case open
        /// Wait for the server to be there again.
        case pause(until: ContinuousClock.Instant)
        /// Wait for its turn.
        case wait
        /// Give up.
        case refuse
    }
    private struct Idle {
        let connection: Connection
        let since: ContinuousClock.Instant
    }
    private let minimum: Int
    private let maximum: Int
    /// The one that was used last is used next, so that the others may be closed.
    private var idle: [Idle] = []
    /// How many there are: those that are used, idle or just being made.
    package private(set) var count = 0
    private var waiting: [UInt64] = []
    private var failures = 0
    /// When a connection may be made again, after one could not be.
    package private(set) var notBefore: ContinuousClock.Instant?
    package private(set) var isClosed = false

    package init(minimum: Int, maximum: Int) {
        self.minimum = minimum
        self.maximum = maximum
    }

    package var waitingCount: Int { waiting.count }
    package var idleCount: Int { idle.count }

    /// A task wants a connection.
    package mutating func lease(at now: ContinuousClock.Instant) -> Lease {
        if isClosed { return .refuse }
        // Whoever waits comes first.
        if waiting.isEmpty, let last = idle.popLast() { return .use(last.connection) }
        // Room that lost connections have left is anybody's: whoever makes one gives it to those who wait.
        return room(at: now)
    }

    private mutating func room(at now: ContinuousClock.Instant) -> Lease {
        if mustWait(at: now) { return .wait }
        if let notBefore, notBefore > now { return .pause(until: notBefore) }
        count += 1
        return .open
    }

    /// Whether only those connections will do that there are: none can be made, and one of them may be given back soon.
    private func mustWait(at now: ContinuousClock.Instant) -> Bool {
        if let notBefore, notBefore > now { return count > 0 }
        return count >= maximum
    }

    /// A task gets in line.
    ///
    /// - Returns: Whether it waits; `false` if it need not any more, since there is a connection now, or room for one.
    package mutating func wait(_ ticket: UInt64, at now: ContinuousClock.Instant) -> Bool {
        if waiting.isEmpty && !idle.isEmpty || !mustWait(at: now) { return false }
        waiting.append(ticket)
        return true
    }

    /// A task gave up waiting.
    ///
    /// - Returns: Whether it waited.
    package mutating func giveUp(_ ticket: UInt64) -> Bool {
        guard let index = waiting.firstIndex(of: ticket) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Who is to be served next, and with what.
    package enum Turn {
        case use(UInt64, Connection)
        /// Try again: there may be room.
        case retry(UInt64)
    }

    /// A connection was given back.
    package mutating func takeBack(_ connection: Connection, at now: ContinuousClock.Instant) -> (
        turn: Turn?, closes: Bool
    ) {
        if isClosed {
            count -= 1
            return (nil, true)
        }
        if waiting.isEmpty {
            idle.append(Idle(connection: connection, since: now))
            return (nil, false)
        }
        return (.use(waiting.removeFirst(), connection), false)
    }

    /// A connection was lost, or closed.
    package mutating func drop(at now: ContinuousClock.Instant) -> Turn? {
        count -= 1
        return passOn(at: now)
    }

    /// A task that might have made a connection went away instead, or the pause after a failure is over: the next one may, if
    /// there is room.
    package mutating func passOn(at now: ContinuousClock.Instant) -> Turn? {
        mustWait(at: now) || waiting.isEmpty ? nil : .retry(waiting.removeFirst())
    }

    /// A connection was made; those who waited because of a failure may make more.
    package mutating func opened(at now: ContinuousClock.Instant) -> Turn? {
        failures = 0
        notBefore = nil
        return passOn(at: now)
    }

    /// A connection could not be made: nobody tries again for a while, which differs so that processes don't all come back
    /// at the same moment.
    package mutating func failedToOpen(at now: ContinuousClock.Instant, jitter: Double) -> Turn? {
        failures += 1
        let pause = min(Duration.milliseconds(25) * (1 << min(failures, 8)), .seconds(3))
        notBefore = now + pause * (0.5 + jitter / 2)
        return drop(at: now)
    }

    /// Connections that nobody has used for long, which are to be closed.
    package mutating func reap(idleSince limit: ContinuousClock.Instant) -> [Connection] {
        var reaped: [Connection] = []
        while count > minimum, let first = idle.first, first.since <= limit {
            idle.removeFirst()
            count -= 1
            reaped.append(first.connection)
        }
        return reaped
    }

    /// Ends the pool.
    ///
    /// - Returns: The connections to be closed; those that are used are closed when they are given back.
    package mutating func close() -> (connections: [Connection], waiting: [UInt64]) {
        isClosed = true
        defer {
            count -= idle.count
            idle = []
            waiting = []
        }
        return (idle.map(\.connection), waiting)
    }
}
