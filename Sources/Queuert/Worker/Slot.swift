import Synchronization

/// A task of a worker that runs attempts, one after the other.
final class Slot: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var isCancelled = false
        /// How many of the attempts that run have not been cancelled.
        var attempts = 0
    }
    private let state = Mutex(State())

    /// Runs a body in the slot's task.
    ///
    /// The task is not a child of another, because one alone has to be cancelled; the worker waits until its slots are idle.
    static func start(_ body: @escaping @Sendable (Slot) async -> Void) {
        let slot = Slot()
        let task = Task { await body(slot) }
        let isCancelled = slot.state.withLock { state in
            state.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
    }

    /// Attempts run in the slot from now on, together.
    func begin(_ count: Int) { state.withLock { $0.attempts = count } }

    /// Cancels what runs when all its attempts are cancelled; the slot runs nothing after it.
    func cancelAttempt() {
        let task = state.withLock { state -> Task<Void, Never>? in
            state.attempts -= 1
            guard state.attempts <= 0 else { return nil }
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}
