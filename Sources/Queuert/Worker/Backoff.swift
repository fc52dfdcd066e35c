/// How long a job waits after an attempt that failed: longer each time, up to a maximum, and never all jobs alike.
public struct Backoff: Sendable, Hashable {
    /// How long after the first failed attempt.
    public var initial: Duration
    /// How much longer after each further one.
    public var factor: Double
    /// How long at most.
    public var maximum: Duration
    /// The part of the time that is left to chance, from 0 to 1, so that jobs that failed together don't return together.
    public var jitter: Double

    /// Makes a backoff.
    ///
    /// - Parameters:
    ///   - initial: How long after the first failed attempt; 1 second by default.
    ///   - factor: How much longer after each further one; twice by default.
    ///   - maximum: How long at most; 5 minutes by default.
    ///   - jitter: The part of the time that is left to chance; a fifth by default.
    public init(
        initial: Duration = .seconds(1), factor: Double = 2, maximum: Duration = .seconds(300), jitter: Double = 0.2
    ) {
        self.initial = initial
        self.factor = factor
        self.maximum = maximum
        self.jitter = jitter
    }

    /// The time after an attempt that failed.
    ///
    /// - Parameters:
    ///   - attempt: Which one it is of those that failed, from one.
    ///   - generator: Where chance comes from.
    /// - Returns: A time between `1 - jitter` and 1 times the exponential time, which is `maximum` at most, and some 68
    ///   years if that is longer. A factor that is no number gives `maximum`, such a jitter leaves nothing to chance.
    public func delay(afterAttempt attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let maximum = min(max(maximum, .zero), .longestWait)
        // Multiplied step by step, since a power would overflow after some hundred attempts.
        var delay = min(max(initial, .zero), maximum)
        for _ in 1..<max(1, attempt) {
            let next = multiplied(delay, upTo: maximum)
            if next == delay { break }
            delay = next
        }
        let jitter = jitter.isNaN ? 0 : min(max(jitter, 0), 1)
        return delay * (1 - jitter * Double.random(in: 0...1, using: &generator))
    }

    /// Counted in seconds first: a duration that is too long to be one, or is none, would stop the program.
    private func multiplied(_ delay: Duration, upTo maximum: Duration) -> Duration {
        if delay == .zero { return .zero }
        let seconds = delay / Duration.seconds(1) * factor
        guard seconds < maximum / Duration.seconds(1) else { return maximum }
        return seconds > 0 ? delay * factor : .zero
    }
}
