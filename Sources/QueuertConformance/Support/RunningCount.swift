import Synchronization

/// How many are in at once, and how many were at most.
final class RunningCount: Sendable {
    private let state = Mutex((now: 0, maximum: 0))

    var maximum: Int { state.withLock { $0.maximum } }

    func enter() {
        state.withLock { state in
            state.now += 1
            state.maximum = max(state.maximum, state.now)
        }
    }

    func leave() { state.withLock { $0.now -= 1 } }
}
