/// A rule by which something recurs: a cron expression in a time zone, or an interval.
///
/// ```swift
/// let nightly = try Recurrence.cron("0 3 * * *", timeZone: "Europe/Berlin")
/// let often = try Recurrence.every(.seconds(90))
/// ```
public struct Recurrence: Sendable, Hashable, CustomStringConvertible {
    enum Rule: Sendable, Hashable {
        case cron(CronExpression, WallClock)
        /// In microseconds.
        case every(interval: Int64, anchor: Timestamp)
    }
    let rule: Rule

    /// When a clock on the wall shows what a cron expression says.
    ///
    /// Where clocks are put forward and back, an expression that names hours (`0 3 * * *`) is true once for each of its wall
    /// times: one that is skipped counts at the first moment after the gap, one that is shown twice counts the first time. An
    /// expression that allows every hour (`*/15 * * * *`) follows the clock: skipped times don't count, and times shown
    /// twice count twice, so that its rhythm goes on.
    ///
    /// - Parameters:
    ///   - expression: The expression, as ``CronExpression`` describes it.
    ///   - timeZone: The name of the clock's time zone in the IANA database, such as `Europe/Berlin`; `UTC` by default.
    /// - Returns: The rule.
    /// - Throws: ``CronExpressionError`` or ``UnknownTimeZoneError``.
    public static func cron(_ expression: String, timeZone: String = "UTC") throws -> Recurrence {
        try cron(CronExpression(expression), timeZone: timeZone)
    }

    /// When a clock on the wall shows what a cron expression says.
    ///
    /// - Parameters:
    ///   - expression: The expression.
    ///   - timeZone: The name of the clock's time zone in the IANA database, such as `Europe/Berlin`; `UTC` by default.
    /// - Returns: The rule.
    /// - Throws: ``UnknownTimeZoneError``.
    public static func cron(
        _ expression: CronExpression, timeZone: String = "UTC"
    ) throws(UnknownTimeZoneError) -> Recurrence {
        Recurrence(rule: .cron(expression, try WallClock(identifier: timeZone)))
    }

    /// Again and again after the same time, counted from a fixed moment.
    ///
    /// The moments depend on nothing but the rule: each process computes the same ones, whenever it was started.
    ///
    /// - Parameters:
    ///   - interval: The time between two occurrences, at least a millisecond; what is below a microsecond is dropped.
    ///   - anchor: A moment at which it occurs; by default 1970-01-01 00:00:00 UTC, so that an hour's interval occurs on the
    ///     hour. It also occurs before.
    /// - Returns: The rule.
    /// - Throws: ``InvalidIntervalError`` if the interval is too short.
    public static func every(
        _ interval: Duration, from anchor: Timestamp = Timestamp(microseconds: 0)
    ) throws(InvalidIntervalError) -> Recurrence {
        guard interval >= .milliseconds(1) else { throw InvalidIntervalError(interval: interval) }
        return Recurrence(rule: .every(interval: interval.wholeMicroseconds, anchor: anchor))
    }

    /// The first occurrence after a moment.
    ///
    /// - Parameter moment: The moment, itself excluded.
    /// - Returns: The occurrence. From the year 10000 on it is the greatest moment of all, which never comes.
    public func next(after moment: Timestamp) -> Timestamp {
        let never = Timestamp(microseconds: .max)
        switch rule {
        case .cron(let expression, let clock):
            let second = Int(moment.microseconds.flooredDivision(by: 1_000_000))
            guard second < Self.knownSeconds.upperBound else { return never }
            let next = expression.next(after: max(second, Self.knownSeconds.lowerBound), on: clock)
            return next.map { Timestamp(microseconds: Int64($0) * 1_000_000) } ?? never
        case .every(let interval, let anchor):
            let passed = Int128(moment.microseconds) - Int128(anchor.microseconds)
            let count = passed.flooredDivision(by: Int128(interval)) + 1
            return Timestamp(microseconds: Int64(clamping: Int128(anchor.microseconds) + count * Int128(interval)))
        }
    }

    /// The last occurrence up to a moment.
    ///
    /// - Parameters:
    ///   - moment: The moment, itself included.
    ///   - earliest: Where the search ends, itself excluded.
    /// - Returns: The occurrence; `nil` if there is none between the two.
    public func last(upTo moment: Timestamp, after earliest: Timestamp) -> Timestamp? {
        var last = next(after: earliest)
        guard last <= moment else { return nil }
        // Halves the time in which the last one must be: nothing occurs between `end` and `moment`.
        var end = moment
        while true {
            // The difference may be longer than a signed number holds, but not its half.
            let distance = UInt64(bitPattern: end.microseconds) &- UInt64(bitPattern: last.microseconds)
            if distance < UInt64(shortestInterval) { return last }
            let middle = Timestamp(microseconds: last.microseconds + Int64(distance / 2))
            let found = next(after: middle)
            if found <= moment { last = found } else { end = middle }
        }
    }

    /// The shortest time between two occurrences, in microseconds.
    private var shortestInterval: Int64 {
        switch rule {
        case .cron: 1_000_000
        case .every(let interval, _): interval
        }
    }

    /// The seconds of the years from 1 to 9999, UTC.
    private static let knownSeconds = -62_135_596_800..<253_402_300_800

    /// The rule in words: the cron expression and its time zone, or the interval.
    public var description: String {
        switch rule {
        case .cron(let expression, let clock): "\(expression) (\(clock.identifier))"
        case .every(let interval, let anchor):
            "every \(Duration.microseconds(interval))" + (anchor.microseconds == 0 ? "" : " from \(anchor)")
        }
    }
}

extension SignedInteger {
    /// The quotient, rounded down.
    fileprivate func flooredDivision(by divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// An interval that is too short to recur by.
public struct InvalidIntervalError: RedactedError, Sendable, Hashable {
    /// The interval that was given.
    public let interval: Duration

    /// What was wrong and what to do.
    public var description: String { "An interval of \(interval) is too short. Give at least a millisecond." }
}
