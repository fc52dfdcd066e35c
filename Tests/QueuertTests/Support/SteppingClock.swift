import Queuert

/// A clock that stands still until a test moves it, and whose time of day the test also sets.
final class SteppingClock: QueueClock {
    /// What the time is measured by, and what is slept on.
    let base = ManualClock()
    private let offset = Locked(Duration.zero)

    var now: Timestamp { base.now + offset.withLock { $0 } }
    var elapsed: Duration { base.elapsed }

    func sleep(for duration: Duration) async throws { try await base.sleep(for: duration) }

    /// Sets the time of day, forward or back.
    func set(by step: Duration) { offset.withLock { $0 += step } }
}
