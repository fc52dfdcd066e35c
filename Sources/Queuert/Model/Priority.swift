/// How urgent a job is.
///
/// Each step counts as one more minute that the job has waited already: of the jobs that are due, the one runs first that
/// was due first, minus a minute for each step. So urgent jobs go ahead, and others, whatever their priority, get their turn
/// as they age. A priority never makes a job run before it is due.
public struct Priority: Sendable, Hashable, Comparable, Codable, RawRepresentable, ExpressibleByIntegerLiteral {
    /// The steps ahead of, or if negative behind, a normal job.
    public let rawValue: Int

    /// What one step counts: a minute, in microseconds.
    private static let step = 60_000_000
    /// More steps than this, about two years, count as this.
    private static let limit = 1_000_000

    /// Makes a priority.
    ///
    /// - Parameter rawValue: The steps ahead of a normal job, from -1,000,000 to 1,000,000; what is beyond is cut off.
    public init(rawValue: Int) { self.rawValue = min(max(rawValue, -Self.limit), Self.limit) }

    /// Makes a priority.
    ///
    /// - Parameter steps: The steps ahead of a normal job, from -1,000,000 to 1,000,000; what is beyond is cut off.
    public init(_ steps: Int) { self.init(rawValue: steps) }

    /// Makes a priority.
    ///
    /// - Parameter value: The steps ahead of a normal job.
    public init(integerLiteral value: Int) { self.init(rawValue: value) }

    /// As urgent as most.
    public static let normal = Priority(rawValue: 0)
    /// A quarter of an hour ahead.
    public static let high = Priority(rawValue: 15)
    /// A quarter of an hour behind.
    public static let low = Priority(rawValue: -15)

    /// Whether one is less urgent than the other.
    ///
    /// - Parameters:
    ///   - left: A priority.
    ///   - right: Another one.
    /// - Returns: Whether `left` is less urgent.
    public static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }

    /// The place in line of a job that is due, for state adapters: the lowest runs first.
    ///
    /// - Parameter due: When the job is due.
    /// - Returns: The moment, less a minute for each step.
    public func rank(dueAt due: Timestamp) -> Int64 {
        let (rank, overflow) = due.microseconds.subtractingReportingOverflow(Int64(rawValue) * Int64(Self.step))
        return overflow ? (rawValue < 0 ? .max : .min) : rank
    }
}
