extension CronExpression {
    /// The longest that any clock has ever been put back or forward at once, with some to spare: two days.
    private static let longestChange = 2 * CronTimes.secondsPerDay

    /// The first moment after another at which the expression is true on a clock; both in seconds since 1970, UTC.
    ///
    /// The time is gone through in spans without a change of the clock, within which wall times and moments go in step.
    ///
    /// - An expression that names hours means each of its wall times once. One that the clock skips counts at the moment of the
    ///   change, all skipped ones together; one that it shows twice counts the first time.
    /// - An expression that allows every hour follows the clock, which keeps its rhythm when the clock is changed by whole
    ///   hours: what is skipped is not made up for, and what is shown twice counts twice.
    func next(after moment: Int, on clock: WallClock) -> Int? {
        // No wall time that counts is earlier, so the search may begin shortly before it, even if that is in years.
        guard let earliest = next(from: moment - Self.longestChange) else { return nil }
        let start = max(moment + 1, earliest - Self.longestChange)

        var spanStart = start - Self.longestChange
        var offset = clock.offset(at: spanStart)
        /// Wall times before this one have been on the clock.
        var shown = Int.min
        while true {
            let change = clock.nextChange(after: spanStart)
            if change.map({ $0 > start }) ?? true {
                var wallTime = max(start, spanStart) + offset
                if !times.allowsEveryHour { wallTime = max(wallTime, shown) }
                guard let found = next(from: wallTime) else { return nil }
                if change.map({ found - offset < $0 }) ?? true { return found - offset }
            }
            guard let change else { return nil }
            let newOffset = clock.offset(at: change)
            shown = max(shown, change + offset)
            if change >= start, !times.allowsEveryHour, let found = next(from: shown), found < change + newOffset {
                return change
            }
            spanStart = change
            offset = newOffset
        }
    }
}
