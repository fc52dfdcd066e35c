/// Something that one task waits for and others raise.
///
/// A signal that is raised while nobody waits ends the next wait at once; raising it twice is raising it once.
final class Signal: Sendable {
    private struct State {
        var isRaised = false
        var nextID: UInt64 = 0
        /// The wait whose time was up last.
        var expired: UInt64?
        var waiter: (id: UInt64, continuation: CheckedContinuation<Bool, any Error>)?
    }
    private let state = Locked(State())
    private let clock: any QueueClock

    init(clock: any QueueClock) { self.clock = clock }

    func raise() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, any Error>? in
            guard let waiter = state.waiter else {
                state.isRaised = true
                return nil
            }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume(returning: true)
    }

    /// Waits until the signal is raised or the time is up; one task at a time.
    ///
    /// - Parameters:
    ///   - duration: How long at most.
    ///   - otherClock: What to wait by instead of the signal's own clock.
    /// - Returns: Whether the signal was raised.
    /// - Throws: `CancellationError` if the task was cancelled.
    @discardableResult
    func wait(for duration: Duration, by otherClock: (any QueueClock)? = nil) async throws -> Bool {
        if consume() {
            try Task.checkCancellation()
            return true
        }
        let id = makeID()
        // Not a child task, which would have to be waited for: whoever is woken goes on at once.
        let timer = Task { [clock = otherClock ?? clock] in
            if (try? await clock.sleep(for: duration)) != nil { expire(id) }
        }
        defer { timer.cancel() }
        return try await wait(id)
    }

    /// Waits until the signal is raised; one task at a time.
    func wait() async throws { _ = try await wait(makeID()) }

    private func wait(_ id: UInt64) async throws -> Bool {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Bool, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.isRaised {
                        state.isRaised = false
                        return .success(true)
                    }
                    if state.expired == id { return .success(false) }
                    precondition(state.waiter == nil, "Two tasks wait for one signal.")
                    state.waiter = (id, continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            take(id)?.resume(throwing: CancellationError())
        }
    }

    private func makeID() -> UInt64 {
        state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
    }

    /// The time of a wait is up, which may not have begun.
    private func expire(_ id: UInt64) {
        // The time of an earlier wait, which was raised just then, may be told of later.
        state.withLock { $0.expired = max($0.expired ?? id, id) }
        take(id)?.resume(returning: false)
    }

    private func take(_ id: UInt64) -> CheckedContinuation<Bool, any Error>? {
        state.withLock { state in
            guard let waiter = state.waiter, waiter.id == id else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
    }

    private func consume() -> Bool {
        state.withLock { state in
            defer { state.isRaised = false }
            return state.isRaised
        }
    }
}
