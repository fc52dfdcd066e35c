import Synchronization

/// A clock that a test moves.
///
/// It can be waited for that somebody sleeps by it.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: (until: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var nextSleeper = 0
        /// Told when somebody falls asleep.
        var observers: [CheckedContinuation<Bool, Never>] = []

        /// Puts somebody to sleep, or says how to answer at once; and who wants to know that somebody sleeps.
        mutating func add(
            _ sleeper: CheckedContinuation<Void, any Error>, number: Int, until deadline: Instant, isCancelled: Bool
        ) -> (answer: Result<Void, any Error>?, observers: [CheckedContinuation<Bool, Never>]) {
            if isCancelled { return (.failure(CancellationError()), []) }
            if deadline <= now { return (.success(()), []) }
            sleepers[number] = (deadline, sleeper)
            defer { observers.removeAll() }
            return (nil, observers)
        }
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock(\.now) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let (answer, observers) = state.withLock { state in
                    state.add(continuation, number: number, until: deadline, isCancelled: Task.isCancelled)
                }
                if let answer { continuation.resume(with: answer) }
                for observer in observers { observer.resume(returning: false) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation
                .resume(throwing: CancellationError())
        }
    }

    /// Returns once somebody sleeps.
    func someoneSleeps() async { await sleepers(1) }

    /// Returns once so many sleep.
    func sleepers(_ count: Int) async {
        while true {
            let isReached = await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let isReached = state.withLock { state in
                    if state.sleepers.count < count { state.observers.append(continuation) }
                    return state.sleepers.count >= count
                }
                if isReached { continuation.resume(returning: true) }
            }
            if isReached { return }
        }
    }

    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}
