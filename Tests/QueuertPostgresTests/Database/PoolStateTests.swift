import QueuertPostgres
import Testing

/// What the pool decides, without a server.
@Suite("The state of a pool") struct PoolStateTests {
    private final class Connection: Sendable {}
    private typealias State = PoolState<Connection>

    private let start = ContinuousClock.now

    @Test("connections are made up to the maximum, and then waited for, first come, first served")
    func maximum() {
        var state = State(minimum: 0, maximum: 2)
        let connections = [Connection(), Connection()]
        #expect(kind(state.lease(at: start)) == "open")
        #expect(kind(state.lease(at: start)) == "open")
        #expect(kind(state.lease(at: start)) == "wait")
        _ = state.wait(1, at: start)
        _ = state.wait(2, at: start)
        #expect(kind(state.takeBack(connections[0], at: start).turn) == "use 1")
        #expect(kind(state.takeBack(connections[1], at: start).turn) == "use 2")
        let nobody = kind(state.takeBack(connections[0], at: start).turn)
        #expect(nobody == "none")
        #expect(kind(state.lease(at: start)) == "use")
        #expect(state.count == 2)
    }

    @Test("who comes later does not get ahead of those who wait")
    func fairness() {
        var state = State(minimum: 0, maximum: 1)
        #expect(kind(state.lease(at: start)) == "open")
        _ = state.wait(1, at: start)
        #expect(kind(state.lease(at: start)) == "wait")
        _ = state.wait(2, at: start)
        let connection = Connection()
        #expect(kind(state.takeBack(connection, at: start).turn) == "use 1")
        #expect(kind(state.lease(at: start)) == "wait")
        #expect(kind(state.takeBack(connection, at: start).turn) == "use 2")
    }

    @Test("room that a lost connection leaves is whoever's comes first, and what is made there serves those who wait")
    func lostConnections() {
        var state = State(minimum: 0, maximum: 1)
        #expect(kind(state.lease(at: start)) == "open")
        _ = state.wait(1, at: start)
        _ = state.wait(2, at: start)
        #expect(kind(state.drop(at: start)) == "retry 1")
        #expect(kind(state.lease(at: start)) == "open")
        #expect(kind(state.lease(at: start)) == "wait")
        let isInLine = state.wait(3, at: start)
        #expect(isInLine)
        #expect(kind(state.takeBack(Connection(), at: start).turn) == "use 2")
        #expect(kind(state.failedToOpen(at: start, jitter: 1)) == "retry 3")
    }

    @Test("whoever might have made a connection, and goes away, leaves that to the next one")
    func passingOn() {
        var state = State(minimum: 0, maximum: 1)
        #expect(kind(state.lease(at: start)) == "open")
        _ = state.wait(1, at: start)
        _ = state.wait(2, at: start)
        let whileInUse = kind(state.passOn(at: start))
        #expect(whileInUse == "none")
        #expect(kind(state.failedToOpen(at: start, jitter: 1)) == "retry 1")
        #expect(kind(state.lease(at: start)) == "pause")
        #expect(kind(state.passOn(at: start)) == "retry 2")
        let atLast = kind(state.passOn(at: start))
        #expect(atLast == "none")
    }

    @Test("nobody gets in line when a connection was given back or lost since it was told to wait")
    func lateWait() {
        var state = State(minimum: 0, maximum: 1)
        #expect(kind(state.lease(at: start)) == "open")
        #expect(kind(state.lease(at: start)) == "wait")
        _ = state.takeBack(Connection(), at: start)
        let waitsForIdle = state.wait(1, at: start)
        #expect(!waitsForIdle)
        #expect(kind(state.lease(at: start)) == "use")
        #expect(kind(state.lease(at: start)) == "wait")
        _ = state.drop(at: start)
        let waitsForRoom = state.wait(2, at: start)
        #expect(!waitsForRoom)
        #expect(kind(state.lease(at: start)) == "open")
        #expect(state.waitingCount == 0)
    }

    @Test("who gave up is not served")
    func givingUp() {
        var state = State(minimum: 0, maximum: 1)
        #expect(kind(state.lease(at: start)) == "open")
        _ = state.wait(1, at: start)
        _ = state.wait(2, at: start)
        let isFirst = state.giveUp(1)
        #expect(isFirst)
        let isAgain = state.giveUp(1)
        #expect(!isAgain)
        #expect(kind(state.takeBack(Connection(), at: start).turn) == "use 2")
    }

    @Test("after failures nobody tries for a while, which grows to three seconds, and starts anew after a success")
    func backoff() {
        var state = State(minimum: 0, maximum: 5)
        var pauses: [Duration] = []
        var now = start
        for _ in 0..<12 {
            #expect(kind(state.lease(at: now)) == "open")
            _ = state.failedToOpen(at: now, jitter: 1)
            guard case .pause(let end) = state.lease(at: now) else {
                Issue.record("There is no pause.")
                return
            }
            pauses.append(end - now)
            now = end
        }
        #expect(pauses.first == .milliseconds(50))
        #expect(pauses[1] == .milliseconds(100))
        #expect(pauses.last == .seconds(3))
        #expect(kind(state.lease(at: now)) == "open")
        _ = state.opened(at: now)
        _ = state.drop(at: now)
        #expect(kind(state.lease(at: now)) == "open")
        _ = state.failedToOpen(at: now, jitter: 0)
        guard case .pause(let end) = state.lease(at: now) else {
            Issue.record("There is no pause.")
            return
        }
        #expect(end - now == .milliseconds(25))
        #expect(state.count == 0)
    }

    @Test("while none can be made, the connections that there are serve those who wait")
    func failureBesideOthers() {
        var state = State(minimum: 0, maximum: 2)
        #expect(kind(state.lease(at: start)) == "open")
        #expect(kind(state.lease(at: start)) == "open")
        let nobody = kind(state.failedToOpen(at: start, jitter: 1))
        #expect(nobody == "none")
        #expect(kind(state.lease(at: start)) == "wait")
        let isInLine = state.wait(1, at: start)
        #expect(isInLine)
        let duringPause = kind(state.passOn(at: start))
        #expect(duringPause == "none")
        #expect(kind(state.takeBack(Connection(), at: start).turn) == "use 1")
        _ = state.wait(2, at: start)
        // Nobody is left who could serve it.
        #expect(kind(state.drop(at: start)) == "retry 2")
        #expect(kind(state.lease(at: start)) == "pause")
    }

    @Test("when the pause after a failure is over, those who wait make connections, one after the other")
    func endOfPause() {
        var state = State(minimum: 0, maximum: 3)
        #expect(kind(state.lease(at: start)) == "open")
        #expect(kind(state.lease(at: start)) == "open")
        _ = state.failedToOpen(at: start, jitter: 1)
        for ticket: UInt64 in 1...3 { _ = state.wait(ticket, at: start) }
        let end = start + .milliseconds(50)
        #expect(kind(state.passOn(at: end)) == "retry 1")
        #expect(kind(state.lease(at: end)) == "open")
        #expect(kind(state.opened(at: end)) == "retry 2")
        #expect(kind(state.lease(at: end)) == "open")
        let whileAllAreInUse = kind(state.opened(at: end))
        #expect(whileAllAreInUse == "none")
        #expect(state.waitingCount == 1)
    }

    @Test("connections that nobody has used for long are closed, those longest unused first, down to the minimum")
    func reaping() {
        var state = State(minimum: 1, maximum: 3)
        let connections = [Connection(), Connection(), Connection()]
        for _ in connections { _ = state.lease(at: start) }
        for (index, connection) in connections.enumerated() {
            _ = state.takeBack(connection, at: start + .seconds(index))
        }
        let early = state.reap(idleSince: start - .seconds(1)).count
        #expect(early == 0)
        let first = state.reap(idleSince: start)
        #expect(first.count == 1 && first[0] === connections[0])
        let rest = state.reap(idleSince: start + .seconds(9))
        #expect(rest.count == 1 && rest[0] === connections[1])
        #expect(state.count == 1)
    }

    @Test("a pool that is closed refuses, and closes what is given back")
    func closing() {
        var state = State(minimum: 1, maximum: 2)
        let connections = [Connection(), Connection()]
        for _ in connections { _ = state.lease(at: start) }
        _ = state.takeBack(connections[0], at: start)
        let closed = state.close()
        #expect(closed.connections.count == 1)
        #expect(closed.waiting.isEmpty)
        #expect(kind(state.lease(at: start)) == "refuse")
        let isClosed = state.takeBack(connections[1], at: start).closes
        #expect(isClosed)
        #expect(state.count == 0)
    }

    @Test("a pool that is closed sends those away who wait")
    func closingWhileWaiting() {
        var state = State(minimum: 0, maximum: 1)
        _ = state.lease(at: start)
        _ = state.wait(7, at: start)
        let closed = state.close()
        #expect(closed.connections.isEmpty)
        #expect(closed.waiting == [7])
        #expect(state.count == 1)
    }

    private func kind(_ lease: State.Lease) -> String {
        switch lease {
        case .use: "use"
        case .open: "open"
        case .pause: "pause"
        case .wait: "wait"
        case .refuse: "refuse"
        }
    }

    private func kind(_ turn: State.Turn?) -> String {
        switch turn {
        case .use(let ticket, _): "use \(ticket)"
        case .retry(let ticket): "retry \(ticket)"
        case nil: "none"
        }
    }
}
