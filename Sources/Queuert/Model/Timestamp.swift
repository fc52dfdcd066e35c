/// A moment, to the microsecond.
///
/// Every time that is stored is one: no conversion from a database's clock to a trace loses anything.
public struct Timestamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Microseconds since 1970-01-01 00:00:00 UTC.
    public let microseconds: Int64

    /// Makes a moment.
    ///
    /// - Parameter microseconds: Microseconds since 1970-01-01 00:00:00 UTC.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Whether one moment is before the other.
    ///
    /// - Parameters:
    ///   - left: One moment.
    ///   - right: The other.
    /// - Returns: Whether `left` is before `right`.
    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    /// A moment later.
    ///
    /// - Parameters:
    ///   - moment: The moment to start from.
    ///   - duration: How much later; what is below a microsecond is dropped.
    /// - Returns: The later moment.
    public static func + (moment: Self, duration: Duration) -> Self {
        let (sum, overflow) = moment.microseconds.addingReportingOverflow(duration.wholeMicroseconds)
        return Timestamp(microseconds: overflow ? .max : sum)
    }

    /// The time from one moment to another, negative if it goes back.
    ///
    /// - Parameters:
    ///   - end: The later moment.
    ///   - start: The earlier moment.
    /// - Returns: The time between them.
    public static func - (end: Self, start: Self) -> Duration {
        // As durations, since the time between two moments may be longer than one of them can be from 1970.
        Duration.microseconds(end.microseconds) - Duration.microseconds(start.microseconds)
    }

    /// The moment in microseconds since 1970.
    public var description: String { "\(microseconds)µs" }
}

extension Duration {
    /// The duration in microseconds; what is below one is dropped, what is too long for 64 bits is cut.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, sumOverflow) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return sumOverflow ? (seconds < 0 ? .min : .max) : sum
    }
}
