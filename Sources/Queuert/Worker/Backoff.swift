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
    /// - Returns: A time between `1 - jitter` and 1 times the exponential time, which is `maximum` at most.
    public func delay(afterAttempt attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        // Multiplied step by step, since a power would overflow after some hundred attempts.
        var delay = min(initial, maximum)
        for _ in 1..<max(1, attempt) {
            if delay >= maximum { break }
            delay = min(delay * factor, maximum)
        }
        return delay * (1 - min(max(jitter, 0), 1) * Double.random(in: 0...1, using: &generator))
    }
}
