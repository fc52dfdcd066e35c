import Foundation
import Testing

@testable import QueuertOTel

@Suite("Histogram with exponential buckets") struct ExponentialHistogramTests {
    /// The lower bound of a bucket.
    private func bound(_ index: Int, scale: Int) -> Double { exp2(Double(index) * exp2(Double(-scale))) }

    @Test("a power of two is the upper bound of its bucket, at every scale", arguments: -10...20)
    func powersOfTwo(scale: Int) {
        for exponent in [-1022, -1, 0, 1, 2, 3, 52, 1023] {
            let value = Double(sign: .plus, exponent: exponent, significand: 1)
            let index = ExponentialHistogram.index(of: value, scale: scale)
            let above = ExponentialHistogram.index(of: value.nextUp, scale: scale)
            let below = ExponentialHistogram.index(of: value.nextDown, scale: scale)
            if scale >= 0 {
                #expect(index == exponent << scale - 1)
                #expect(above == index + 1)
            } else {
                #expect(index == (exponent - 1) >> -scale)
                #expect(above == exponent >> -scale)
            }
            #expect(below == index || value == .leastNormalMagnitude)
        }
    }

    @Test("a value lies between the bounds of its bucket", arguments: [-3, -1, 0, 1, 5, 10])
    func bounds(scale: Int) {
        var random = SeededGenerator(seed: UInt64(scale + 20))
        for _ in 0..<2000 {
            let value = exp2(Double.random(in: -40...40, using: &random))
            let index = ExponentialHistogram.index(of: value, scale: scale)
            // A bound can't be told more exactly than a floating point number can.
            #expect(bound(index, scale: scale) * (1 - 1e-12) < value)
            #expect(value <= bound(index + 1, scale: scale) * (1 + 1e-12))
        }
    }

    @Test("the smallest and the largest numbers that there are have buckets")
    func extremes() {
        var histogram = ExponentialHistogram()
        for value: Double in [.leastNonzeroMagnitude, .leastNormalMagnitude, 1, .greatestFiniteMagnitude] {
            histogram.record(value)
        }
        #expect(histogram.positive.counts.reduce(0, +) == 4)
        #expect(histogram.positive.counts.count <= 160)
    }

    @Test("the scale is the finest that holds all values, and no measurement is lost", arguments: 1...10)
    func rescales(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let size = [2, 4, 20, 160][random.number(0...3)]
        let span = Double(random.number(0...300))
        var histogram = ExponentialHistogram(maximumSize: size)
        let values = (0..<500).map { _ -> Double in
            if random.once(in: 20) { return 0 }
            let magnitude = exp2(Double.random(in: -span...span, using: &random))
            return random.once(in: 3) ? -magnitude : magnitude
        }
        for value in values { histogram.record(value) }
        #expect(histogram.count == 500)
        #expect(histogram.zeroCount == UInt64(values.count { $0 == 0 }))
        func expected(_ side: [Double], scale: Int) -> [Int: UInt64] {
            Dictionary(side.map { (ExponentialHistogram.index(of: $0, scale: scale), 1) }) { $0 + $1 }
        }
        func width(_ side: [Double], scale: Int) -> Int {
            let indices = expected(side, scale: scale).keys
            return (indices.max() ?? 0) - (indices.min() ?? 0) + 1
        }
        let positive = values.filter { $0 > 0 }
        let negative = values.filter { $0 < 0 }.map(\.magnitude)
        for (side, buckets) in [(positive, histogram.positive), (negative, histogram.negative)] {
            #expect(buckets.counts.count <= size)
            var counted: [Int: UInt64] = [:]
            for (position, count) in buckets.counts.enumerated() where count > 0 {
                counted[buckets.offset + position] = count
            }
            #expect(counted == expected(side, scale: histogram.scale))
        }
        if histogram.scale < 20 {
            let finer = histogram.scale + 1
            #expect(max(width(positive, scale: finer), width(negative, scale: finer)) > size)
        }
    }

    @Test("infinite values and what isn't a number are left out")
    func odd() {
        var histogram = ExponentialHistogram()
        for value: Double in [.nan, .infinity, -.infinity] { histogram.record(value) }
        #expect(histogram == ExponentialHistogram())
    }
}
