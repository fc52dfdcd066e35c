internal import Synchronization

/// How much of what is being received may be in memory at a time.
///
/// Whoever asks for more is told to come back later, so that many senders at once slow down instead of using up memory.
final class IntakeLimit: Sendable {
    /// There is no room now.
    struct Full: Error {}

    private let limit: Int
    private let used = Mutex(0)

    /// Makes a limit.
    ///
    /// - Parameter limit: How many bytes may be in memory.
    init(_ limit: Int) { self.limit = limit }

    /// How many bytes are in memory.
    var usedBytes: Int { used.withLock { $0 } }

    /// Makes room for a request, as much as it turns out to need.
    func begin() -> Reservation { Reservation(of: self) }

    fileprivate func reserve(_ count: Int, beside own: Int) -> Bool {
        used.withLock { used in
            // A request that is alone always fits: it has a limit of its own.
            guard used == own || used + count <= limit else { return false }
            used += count
            return true
        }
    }

    fileprivate func release(_ count: Int) { used.withLock { $0 -= count } }

    /// The room that one request has, given back at its end.
    struct Reservation: ~Copyable {
        private let limit: IntakeLimit
        private var count = 0

        fileprivate init(of limit: IntakeLimit) { self.limit = limit }

        /// Takes more room.
        ///
        /// - Parameter count: How many bytes.
        /// - Throws: `IntakeLimit.Full` if there is none.
        mutating func grow(by count: Int) throws(Full) {
            guard limit.reserve(count, beside: self.count) else { throw Full() }
            self.count += count
        }

        deinit { limit.release(count) }
    }
}
