#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Where the time comes from, and how to wait for it.
///
/// Adapters of databases without a server use it as the database's clock. Workers only wait with it; their clock never
/// decides whether a job is due or a lease over.
public protocol QueueClock: Sendable {
    /// The time of day.
    var now: Timestamp { get }

    /// The time since some moment of the clock's own, for measuring how long something takes.
    ///
    /// Unlike the time of day it is not set back or forward: it goes on as ``sleep(for:)`` does. By default it follows
    /// ``now``, which will do for a clock that nobody sets.
    var elapsed: Duration { get }

    /// Waits.
    ///
    /// - Parameter duration: How long.
    /// - Throws: `CancellationError` if the task is cancelled meanwhile.
    func sleep(for duration: Duration) async throws
}

extension QueueClock {
    /// The time since 1970, by the time of day.
    public var elapsed: Duration { .microseconds(now.microseconds) }
}

/// The clock of the machine.
public struct SystemClock: QueueClock {
    /// Makes the clock of the machine.
    public init() {}

    /// The time of day, by the machine's clock.
    public var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// The time since this was asked for first, by a clock of the machine's that is never set.
    public var elapsed: Duration { Self.start.duration(to: .now) }
    private static let start = ContinuousClock.now

    /// Waits by the machine's monotonic clock.
    ///
    /// - Parameter duration: How long; what is longer than some 68 years, or without end, is cut.
    /// - Throws: `CancellationError` if the task is cancelled meanwhile.
    public func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: min(duration, .longestWait))
    }
}

extension Duration {
    /// The longest time that anything waits, some 68 years.
    ///
    /// Timers count nanoseconds: where those are too many, they stop the program, or come at once.
    static var longestWait: Duration { .seconds(1 << 31) }
}
