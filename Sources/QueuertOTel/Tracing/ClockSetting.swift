/// How a clock is set: how far it is ahead of one that nobody can set.
///
/// The spans that a process makes below each other tell the time by the clock as it was set when the first of them
/// began. So each is as long as its work took, and none lies outside of the one above it, though the clock is set
/// meanwhile.
struct ClockSetting: Hashable, Sendable {
    /// How far the clock is ahead, in nanoseconds.
    let lead: UInt64

    /// As much as two readings may be apart that are compared as if they were one.
    private static let leastShift: UInt64 = 1_000_000
    /// A reading that is older was taken before the clock was set, or is no reading.
    private static let longestMoment: UInt64 = 1_000_000_000

    /// How far the clock has been set forward since; back, where it is below zero.
    func shift(since earlier: ClockSetting) -> Int64 {
        let shift = Int64(bitPattern: lead &- earlier.lead)
        return shift.magnitude < Self.leastShift ? 0 : shift
    }

    /// What a clock that was set would have shown without.
    ///
    /// - Parameters:
    ///   - time: What it has shown a moment ago; another time is one that somebody has chosen, and stays.
    ///   - shift: How far it was set forward.
    ///   - now: What it shows.
    /// - Returns: The time.
    static func time(_ time: UInt64, shift: Int64, now: UInt64) -> UInt64 {
        now &- time <= longestMoment ? time &- UInt64(bitPattern: shift) : time
    }
}

/// A clock that says how it is set.
protocol SettableSpanClock: SpanClock {
    /// How it is set.
    var setting: ClockSetting { get }
}
