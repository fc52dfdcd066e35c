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
        state.wait(1)
        state.wait(2)
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
        state.wait(1)
        #expect(kind(state.drop()) == "retry 1")
        state.wait(2)
        #expect(kind(state.lease(at: start)) == "wait")
    }

    @Test("who gave up is not served")
    func givingUp() {
        var state = State(minimum: 0, maximum: 1)
        #expect(kind(state.lease(at: start)) == "open")
        state.wait(1)
        state.wait(2)
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
        state.opened()
        #expect(kind(state.lease(at: now)) == "open")
        _ = state.failedToOpen(at: now, jitter: 0)
        guard case .pause(let end) = state.lease(at: now) else {
            Issue.record("There is no pause.")
            return
        }
        #expect(end - now == .milliseconds(25))
        #expect(state.count == 1)
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
        state.wait(7)
        let closed = state.close()
        #expect(closed.connections.count == 1)
        #expect(closed.waiting == [7])
        #expect(kind(state.lease(at: start)) == "refuse")
        let isClosed = state.takeBack(connections[1], at: start).closes
        #expect(isClosed)
        #expect(state.count == 0)
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
