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

    /// Waits.
    ///
    /// - Parameter duration: How long.
    /// - Throws: `CancellationError` if the task is cancelled meanwhile.
    func sleep(for duration: Duration) async throws
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
