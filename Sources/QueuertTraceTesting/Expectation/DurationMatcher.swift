/// What a length of time must be.
public struct DurationMatcher: Sendable {
    /// What is wanted, as failures show it.
    let description: String
    let matches: @Sendable (Duration) -> Bool

    /// This long.
    ///
    /// With a clock that a test moves, times are exact.
    ///
    /// - Parameter duration: How long.
    /// - Returns: The matcher.
    public static func exactly(_ duration: Duration) -> DurationMatcher {
        DurationMatcher(description: "\(duration)") { $0 == duration }
    }

    /// This long or longer.
    ///
    /// - Parameter duration: How long.
    /// - Returns: The matcher.
    public static func atLeast(_ duration: Duration) -> DurationMatcher {
        DurationMatcher(description: "\(duration) or more") { $0 >= duration }
    }

    /// This long or shorter, but not negative.
    ///
    /// - Parameter duration: How long.
    /// - Returns: The matcher.
    public static func atMost(_ duration: Duration) -> DurationMatcher {
        DurationMatcher(description: "\(duration) or less") { $0 >= .zero && $0 <= duration }
    }

    /// A length within bounds.
    ///
    /// - Parameter range: The bounds, both allowed.
    /// - Returns: The matcher.
    public static func between(_ range: ClosedRange<Duration>) -> DurationMatcher {
        DurationMatcher(description: "\(range.lowerBound) to \(range.upperBound)") { range.contains($0) }
    }
}
