import Synchronization

/// What happened, in order, and a way to wait for it: a case never waits for time to pass.
package final class Journal: Sendable {
    private struct Waiter {
        let id: UInt64
        let event: String
        let count: Int
        let continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var events: [String] = []
        var counts: [String: Int] = [:]
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
    }
    private let state = Mutex(State())

    package init() {}

    package var events: [String] { state.withLock { $0.events } }

    package var counts: [String: Int] { state.withLock { $0.counts } }

    package func count(of event: String) -> Int { state.withLock { $0.counts[event, default: 0] } }

    package func add(_ event: String) {
        let ready = state.withLock { state in
            state.events.append(event)
            let count = state.counts[event, default: 0] + 1
            state.counts[event] = count
            let ready = state.waiters.filter { $0.event == event && $0.count <= count }
            state.waiters.removeAll { $0.event == event && $0.count <= count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Waits until something has happened so often; throws if the task is cancelled first.
    package func wait(for count: Int = 1, of event: String) async throws {
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    if state.counts[event, default: 0] >= count { return .success(()) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters.append(Waiter(id: id, event: event, count: count, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Waits until something has happened, though not for long: it may itself have to wait for whoever waits here.
    package func waitForAWhile(of event: String) async {
        for _ in 0..<1_000 {
            if count(of: event) > 0 { return }
            // A task of its own gets its turn after all that are ready; to yield may only let those run that wait for
            // the same connection.
            await Task.detached {}.value
        }
    }
}
