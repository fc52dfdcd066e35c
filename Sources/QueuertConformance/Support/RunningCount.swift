import Synchronization

/// How many are in at once, and how many were at most.
package final class RunningCount: Sendable {
    private let state = Mutex((now: 0, maximum: 0))

    /// Nobody is in.
    package init() {}

    package var maximum: Int { state.withLock { $0.maximum } }

    package func enter() {
        state.withLock { state in
            state.now += 1
            state.maximum = max(state.maximum, state.now)
        }
    }

    package func leave() { state.withLock { $0.now -= 1 } }
}
