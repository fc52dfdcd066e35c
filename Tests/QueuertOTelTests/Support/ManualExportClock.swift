import Synchronization

@testable import QueuertOTel

/// A clock on which only waits take time, and they take none of the test's.
final class ManualExportClock: ExportClock {
    private let state = Mutex((now: Duration.zero, waits: [Duration]()))
    let secondsSince1970: Int64

    init(secondsSince1970: Int64 = 1_700_000_000) {
        self.secondsSince1970 = secondsSince1970
    }

    var now: Duration { state.withLock(\.now) }
    /// What was asked of it.
    var waits: [Duration] { state.withLock(\.waits) }

    func wait(_ duration: Duration) {
        state.withLock { state in
            state.now += duration
            state.waits.append(duration)
        }
    }

    func interrupt() {}
}
