internal import Synchronization

/// State that one can wait for a change of, without polling.
final class ObservedState<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        /// Goes up with each change, so that who waits can tell whether one was missed.
        var version = 0
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextWaiter = 0
    }

    private let state: Mutex<State>

    init(_ value: Value) { state = Mutex(State(value: value)) }

    var value: Value { state.withLock(\.value) }

    /// What there is now, and the number of the last change.
    var snapshot: (value: Value, version: Int) { state.withLock { ($0.value, $0.version) } }

    /// Changes the state, and wakes who waits for that.
    func change(_ body: (inout Value) -> Void) {
        let waiters = state.withLock { state in
            body(&state.value)
            state.version += 1
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until there is a later change; returns at once if there has been one.
    ///
    /// - Parameter version: The number of the change that is known.
    /// - Throws: `CancellationError` if the task is cancelled first.
    func change(after version: Int) async throws {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    // The cancellation handler takes the lock after the flag is set: it sees the waiter, or this sees the flag.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.version != version { return .success(()) }
                    state.waiters[number] = waiter
                    return nil
                }
                if let answer { waiter.resume(with: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    /// Waits until something can be made of the state.
    ///
    /// - Parameters:
    ///   - duration: How long to wait at most.
    ///   - clock: Tells how long that is.
    ///   - result: What is made of the state; `nil` to wait for the next change.
    /// - Returns: The result; `nil` if the time is up.
    /// - Throws: `CancellationError` if the task is cancelled first.
    func wait<Result: Sendable>(
        within duration: Duration, by clock: any Clock<Duration>, for result: @escaping @Sendable (Value) -> Result?
    ) async throws -> Result? {
        try await withDeadline(duration, by: clock) {
            while true {
                let (value, version) = self.snapshot
                if let result = result(value) { return result }
                try await self.change(after: version)
            }
        }
    }

    /// How many wait for a change.
    var waiterCount: Int { state.withLock(\.waiters.count) }
}

/// Runs a body that is cancelled when a time is up.
///
/// - Parameters:
///   - duration: How long the body may take.
///   - clock: Tells how long that is.
///   - body: What is run.
/// - Returns: What the body returns; `nil` if the time is up.
/// - Throws: What the body throws, or `CancellationError` if the task is cancelled.
func withDeadline<Result: Sendable>(
    _ duration: Duration, by clock: any Clock<Duration>, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
    let result = try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await clock.sleep(for: duration)
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
    if result == nil { try Task.checkCancellation() }
    return result
}
