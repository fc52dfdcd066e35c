/// Something that one task waits for and others raise.
///
/// A signal that is raised while nobody waits ends the next wait at once; raising it twice is raising it once.
final class Signal: Sendable {
    private struct State {
        var isRaised = false
        var nextID: UInt64 = 0
        var waiter: (id: UInt64, continuation: CheckedContinuation<Void, any Error>)?
    }
    private let state = Locked(State())
    private let clock: any QueueClock

    init(clock: any QueueClock) { self.clock = clock }

    func raise() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let waiter = state.waiter else {
                state.isRaised = true
                return nil
            }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Waits until the signal is raised or the time is up; one task at a time.
    func wait(for duration: Duration) async throws {
        if consume() { return try Task.checkCancellation() }
        // Not a child task, which would have to be waited for: whoever is woken goes on at once.
        let timer = Task { [clock] in
            if (try? await clock.sleep(for: duration)) != nil { raise() }
        }
        defer { timer.cancel() }
        try await wait()
    }

    /// Waits until the signal is raised; one task at a time.
    func wait() async throws {
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.isRaised {
                        state.isRaised = false
                        return .success(())
                    }
                    precondition(state.waiter == nil, "Two tasks wait for one signal.")
                    state.waiter = (id, continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let waiter = state.waiter, waiter.id == id else { return nil }
                state.waiter = nil
                return waiter.continuation
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private func consume() -> Bool {
        state.withLock { state in
            defer { state.isRaised = false }
            return state.isRaised
        }
    }
}
