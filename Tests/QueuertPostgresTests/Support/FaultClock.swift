import Queuert
import QueuertConformance

/// The machine's clock, which a test puts forward, so that nobody waits for a lease to end.
///
/// It counts how often somebody waits for no longer than a worker that the database failed.
final class FaultClock: QueueClock {
    private struct State {
        var lead = Duration.zero
        var pauses = 0
    }
    private let state = Locked(State())
    private let leaps = Journal()

    var pauses: Int { state.withLock { $0.pauses } }
    var now: Timestamp { SystemClock().now + lead }
    var elapsed: Duration { SystemClock().elapsed + lead }
    private var lead: Duration { state.withLock { $0.lead } }

    func advance(by duration: Duration) {
        state.withLock { $0.lead += duration }
        leaps.add("leap")
    }

    func sleep(for duration: Duration) async throws {
        if duration <= StoreTable.longestPause { state.withLock { $0.pauses += 1 } }
        let end = elapsed + duration
        while true {
            // Counted before the time is read, or a leap between would go unnoticed.
            let count = leaps.count(of: "leap")
            let rest = end - elapsed
            if rest <= .zero { return }
            try await withThrowingTaskGroup(of: Void.self) { [leaps] group in
                group.addTask { try await SystemClock().sleep(for: rest) }
                group.addTask { try await leaps.wait(for: count + 1, of: "leap") }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}
