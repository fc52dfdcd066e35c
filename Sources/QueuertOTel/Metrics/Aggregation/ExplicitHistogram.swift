/// Counts measurements in buckets with fixed bounds.
public struct ExplicitHistogram: Hashable, Sendable {
    /// The bounds that the specification gives where nobody asks for others.
    public static let defaultBounds: [Double] = [
        0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000,
    ]
    /// The bounds that the conventions give for durations in seconds.
    public static let secondsBounds: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]

    /// The upper bound of each bucket but the last, which has none; a value on a bound is in the bucket below.
    public let bounds: [Double]
    /// How many measurements there are in each bucket, one bucket more than there are bounds.
    public private(set) var counts: [UInt64]
    /// How many measurements there are.
    public private(set) var count: UInt64 = 0
    /// Their sum.
    public private(set) var sum = 0.0
    /// The least, or `nil` without any.
    public private(set) var minimum: Double?
    /// The greatest, or `nil` without any.
    public private(set) var maximum: Double?

    /// Makes an empty histogram.
    ///
    /// - Parameter bounds: The bounds, ascending.
    public init(bounds: [Double]) {
        self.bounds = bounds
        counts = [UInt64](repeating: 0, count: bounds.count + 1)
    }

    /// Counts a measurement; one that isn't a number is left out.
    ///
    /// - Parameter value: The measurement.
    public mutating func record(_ value: Double) { _ = recordInBucket(value) }

    /// Counts a measurement.
    ///
    /// - Returns: Its bucket; `nil` if it was left out.
    mutating func recordInBucket(_ value: Double) -> Int? {
        guard !value.isNaN else { return nil }
        let bucket = bucket(of: value)
        counts[bucket] += 1
        count += 1
        sum += value
        minimum = min(minimum ?? value, value)
        maximum = max(maximum ?? value, value)
        return bucket
    }

    /// The first bucket whose bound isn't below the value.
    private func bucket(of value: Double) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
