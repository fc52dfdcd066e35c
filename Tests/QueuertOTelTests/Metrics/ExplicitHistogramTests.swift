import QueuertOTel
import Testing

@Suite("Histogram with explicit buckets") struct ExplicitHistogramTests {
    @Test(
        "a value on a bound is in the bucket below, one above the last bound in the last bucket",
        arguments: [(-1.0, 0), (0, 0), (0.1, 1), (5, 1), (5.1, 2), (10, 2), (11, 3), (.infinity, 3)])
    func buckets(value: Double, bucket: Int) {
        var histogram = ExplicitHistogram(bounds: [0, 5, 10])
        histogram.record(value)
        var expected: [UInt64] = [0, 0, 0, 0]
        expected[bucket] = 1
        #expect(histogram.counts == expected)
    }

    @Test("keeps count, sum, least and greatest, and leaves out what isn't a number")
    func summary() {
        var histogram = ExplicitHistogram(bounds: [])
        #expect(histogram.minimum == nil && histogram.maximum == nil && histogram.count == 0)
        for value in [3, -1.5, .nan, 2] { histogram.record(value) }
        #expect(histogram.count == 3 && histogram.sum == 3.5 && histogram.counts == [3])
        #expect(histogram.minimum == -1.5 && histogram.maximum == 3)
    }
}
