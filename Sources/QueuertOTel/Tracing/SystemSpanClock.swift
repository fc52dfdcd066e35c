#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The system's wall clock.
public struct SystemSpanClock: SpanClock {
    /// Makes a clock.
    public init() {}

    /// The time in nanoseconds since 1970.
    public var nanoseconds: UInt64 { Self.read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

extension SystemSpanClock: SettableSpanClock {
    /// How the clock is set.
    ///
    /// Where the steady clock stands still while the machine sleeps, as on Linux, a sleep is as if the clock was set.
    var setting: ClockSetting {
        #if !canImport(Darwin)
        // Linux moves both of these at once, with each tick: what they are apart is exact, unless one comes in between.
        // And they cost less than precise ones.
        var steady = Self.read(CLOCK_MONOTONIC_COARSE)
        for _ in 0..<2 {
            let wall = Self.read(CLOCK_REALTIME_COARSE)
            let again = Self.read(CLOCK_MONOTONIC_COARSE)
            if again == steady { return ClockSetting(lead: wall &- steady) }
            steady = again
        }
        // A kernel that gives precise ones under these names.
        #endif
        return ClockSetting(lead: Self.read(CLOCK_REALTIME) &- Self.read(CLOCK_MONOTONIC))
    }

    /// How far the clock has been set forward since; back, where it is below zero.
    func shift(since earlier: ClockSetting) -> Int64 {
        #if !canImport(Darwin)
        // Nearly always it has not, which two readings tell.
        let steady = Self.read(CLOCK_MONOTONIC_COARSE)
        if Self.read(CLOCK_REALTIME_COARSE) &- steady == earlier.lead { return 0 }
        #endif
        return setting.shift(since: earlier)
    }
}
