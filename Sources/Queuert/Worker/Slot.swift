import Synchronization

/// A task of a worker that runs attempts, one after the other.
final class Slot: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var isCancelled = false
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

    /// Cancels what runs; the slot runs nothing after it.
    func cancel() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}
