import QueuertOTel
import Synchronization

/// A clock that a test sets; each reading is one nanosecond later than the one before.
final class SteppingSpanClock: SpanClock {
    private let next: Mutex<UInt64>

    init(startingAt start: UInt64) { next = Mutex(start) }

    func set(_ time: UInt64) { next.withLock { $0 = time } }

    var nanoseconds: UInt64 {
        next.withLock { next in
            defer { next += 1 }
            return next
        }
    }
}
