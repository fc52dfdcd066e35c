/// Counts measurements in buckets whose bounds are powers of a base, which grows as far as their range needs.
///
/// At a scale `s` the base is two to the power of two to the power of `-s`, and the bucket of index `i` holds what is above
/// the base to the power of `i`, up to the next power. Lowering the scale by one joins each two neighbours.
public struct ExponentialHistogram: Hashable, Sendable {
    /// Neighbouring buckets, those outside being empty.
    public struct Buckets: Hashable, Sendable {
        /// The index of the first.
        public fileprivate(set) var offset = 0
        /// How many measurements there are in each.
        public fileprivate(set) var counts: [UInt64] = []

        fileprivate var range: ClosedRange<Int>? { counts.isEmpty ? nil : offset...(offset + counts.count - 1) }

        /// The scale steps down that make room for an index.
        fileprivate func stepsDown(toHold index: Int, in limit: Int) -> Int {
            var low = min(range?.lowerBound ?? index, index)
            var high = max(range?.upperBound ?? index, index)
            var steps = 0
            while high - low >= limit {
                low >>= 1
                high >>= 1
                steps += 1
            }
            return steps
        }

        fileprivate mutating func lowerScale(by steps: Int) {
            guard steps > 0, let range else { return }
            let first = range.lowerBound >> steps
            var joined = [UInt64](repeating: 0, count: (range.upperBound >> steps) - first + 1)
            for (position, count) in counts.enumerated() { joined[((offset + position) >> steps) - first] += count }
            offset = first
            counts = joined
        }

        fileprivate mutating func increment(_ index: Int) {
            guard let range else {
                offset = index
                counts = [1]
                return
            }
            if index < range.lowerBound {
                counts.insert(contentsOf: repeatElement(0, count: range.lowerBound - index), at: 0)
                offset = index
            } else if index > range.upperBound {
                counts.append(contentsOf: repeatElement(0, count: index - range.upperBound))
            }
            counts[index - offset] += 1
        }
    }

    /// How fine the buckets are.
    public private(set) var scale: Int
    /// The buckets of what is above zero.
    public private(set) var positive = Buckets()
    /// The buckets of what is below zero, by magnitude.
    public private(set) var negative = Buckets()
    /// How many measurements are zero.
    public private(set) var zeroCount: UInt64 = 0
    /// How many measurements there are.
    public private(set) var count: UInt64 = 0
    /// Their sum.
    public private(set) var sum = 0.0
    /// The least, or `nil` without any.
    public private(set) var minimum: Double?
    /// The greatest, or `nil` without any.
    public private(set) var maximum: Double?
    private let maximumSize: Int

    /// Makes an empty histogram.
    ///
    /// - Parameters:
    ///   - maximumSize: How many buckets there may be on each side of zero; at least 2.
    ///   - maximumScale: How fine they are at first, at most 20.
    public init(maximumSize: Int = 160, maximumScale: Int = 20) {
        self.maximumSize = max(maximumSize, 2)
        scale = min(max(maximumScale, -10), 20)
    }

    /// Counts a measurement; one that is infinite or isn't a number is left out.
    ///
    /// - Parameter value: The measurement.
    public mutating func record(_ value: Double) {
        guard value.isFinite else { return }
        count += 1
        sum += value
        minimum = min(minimum ?? value, value)
        maximum = max(maximum ?? value, value)
        guard value != 0 else {
            zeroCount += 1
            return
        }
        let side = value > 0 ? positive : negative
        let steps = side.stepsDown(toHold: Self.index(of: value.magnitude, scale: scale), in: maximumSize)
        if steps > 0 {
            scale -= steps
            positive.lowerScale(by: steps)
            negative.lowerScale(by: steps)
        }
        let index = Self.index(of: value.magnitude, scale: scale)
        if value > 0 { positive.increment(index) } else { negative.increment(index) }
    }

    /// The bucket of a value above zero.
    static func index(of value: Double, scale: Int) -> Int {
        let exponent = Int(value.exponent)
        // A power of two is the upper bound of its bucket, and a logarithm might be off by a little.
        let isPowerOfTwo = value.significand == 1
        guard scale > 0 else { return (isPowerOfTwo ? exponent - 1 : exponent) >> -scale }
        let first = exponent << scale
        guard !isPowerOfTwo else { return first - 1 }
        let within = (BinaryLogarithm.of(value.significand) * Double(sign: .plus, exponent: scale, significand: 1))
            .rounded(.up)
        return first + min(max(Int(within), 1), 1 << scale) - 1
    }
}
