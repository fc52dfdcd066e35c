/// A clock that stands still until a test moves it.
///
/// Whoever sleeps wakes when ``advance(by:)`` has reached the end of the sleep. With ``waitForSleepers(_:)`` a test knows
/// that the code under test has gone to sleep, so it never has to sleep itself.
public final class ManualClock: QueueClock {
    private struct Sleeper {
        let id: UInt64
        let wakeAt: Timestamp
        let continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var now: Timestamp
        var nextID: UInt64 = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<UInt64> = []
        var watchers: [(id: UInt64, count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func watchersToWake() -> [CheckedContinuation<Void, Never>] {
            let count = sleepers.count
            let ready = watchers.filter { $0.count <= count }.map(\.continuation)
            watchers.removeAll { $0.count <= count }
            return ready
        }
    }
    private let state: Locked<State>

    /// Makes a clock that stands at a moment.
    ///
    /// - Parameter start: The moment; by default the first of January 2030, UTC.
    public init(start: Timestamp = Timestamp(microseconds: 1_893_456_000_000_000)) { state = Locked(State(now: start)) }

    /// The moment that the clock stands at.
    public var now: Timestamp { state.withLock { $0.now } }

    /// How many tasks sleep on the clock.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Whether a task sleeps that wakes when the clock has been moved by a duration, and no sooner.
    package func hasSleeper(for duration: Duration) -> Bool {
        state.withLock { state in state.sleepers.contains { $0.wakeAt == state.now + duration } }
    }

    /// Moves the clock on and wakes who has slept long enough.
    ///
    /// - Parameter duration: How far.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now + duration
            let woken = state.sleepers.filter { $0.wakeAt <= state.now }
            state.sleepers.removeAll { $0.wakeAt <= state.now }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Sleeps until the clock is moved far enough.
    ///
    /// - Parameter duration: How far.
    /// - Throws: `CancellationError` if the task is cancelled meanwhile.
    public func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (outcome, watchers) = state.withLock {
                    state -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) in
                    if state.cancelled.remove(id) != nil { return (.failure(CancellationError()), []) }
                    if duration <= .zero { return (.success(()), []) }
                    let sleeper = Sleeper(id: id, wakeAt: state.now + duration, continuation: continuation)
                    state.sleepers.append(sleeper)
                    return (nil, state.watchersToWake())
                }
                if let outcome { continuation.resume(with: outcome) }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.cancelled.remove(id) }
    }

    /// Waits until at least so many tasks sleep on the clock, or the task is cancelled, as when a test takes too long.
    ///
    /// - Parameter count: How many.
    public func waitForSleepers(_ count: Int) async {
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.sleepers.count >= count || Task.isCancelled { return true }
                    state.watchers.append((id, count, continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let watcher = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard let index = state.watchers.firstIndex(where: { $0.id == id }) else { return nil }
                return state.watchers.remove(at: index).continuation
            }
            watcher?.resume()
        }
    }
}
