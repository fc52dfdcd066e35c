import Testing
import Tracing

@testable import QueuertOTel

@Suite("Exemplars") struct ExemplarTests {
    private let clock = SteppingSpanClock(startingAt: 1000)

    private func meters(
        _ filter: ExemplarFilter = .traceBased, temporality: TemporalityPreference = .cumulative,
        views: [MetricView] = []
    ) -> MeterProvider {
        MeterProvider(
            configuration: .init(temporality: temporality, exemplarFilter: filter, views: views), clock: clock)
    }

    private func context(_ span: UInt64, isSampled: Bool = true) -> TraceContext {
        TraceContext(
            traceID: TraceID(high: 1, low: 2), spanID: SpanID(value: span), flags: isSampled ? .sampled : [])
    }

    private func exemplars(_ metric: MetricData?) -> [Exemplar] {
        switch metric?.content {
        case .gauge(let points), .sum(let points, _, _): points.flatMap(\.exemplars)
        case .histogram(let points, _): points.flatMap(\.exemplars)
        case .exponentialHistogram(let points, _): points.flatMap(\.exemplars)
        case nil: []
        }
    }

    @Test(
        "the filter decides whether a measurement in a sampled span, in another, and in none is kept",
        arguments: [
            (ExemplarFilter.traceBased, [true, false, false]), (.alwaysOn, [true, true, true]),
            (.alwaysOff, [false, false, false]),
        ])
    func filter(_ filter: ExemplarFilter, expected: [Bool]) async {
        for (current, isKept) in zip([context(1), context(1, isSampled: false), nil], expected) {
            let meters = meters(filter)
            let counter = meters.counter("jobs")
            var above = ServiceContext.topLevel
            above.traceContext = current
            ServiceContext.withValue(above) { counter.add(3) }
            let found = exemplars(await meters.collect().first)
            #expect(found.count == (isKept ? 1 : 0))
            #expect(found.allSatisfy { $0.value == .int(3) && $0.context == current && $0.time >= 1000 })
            // The same for whoever says which span it is.
            counter.recorder.record(1, .empty, in: current)
            counter.recorder.bound(to: .empty).record(1, in: current)
            #expect(exemplars(await meters.collect().first).count == (isKept ? 1 : 0))
        }
    }

    @Test("a histogram with fixed bounds keeps one for each of its buckets")
    func aligned() async {
        let meters = meters()
        let sizes = meters.histogram("sizes", buckets: .explicit([1, 10, 100]))
        for (index, value) in [0.5, 5, 6, 7, 50, 500, .nan].enumerated() {
            sizes.recorder.record(value, .empty, in: context(UInt64(index + 1)))
        }
        let found = exemplars(await meters.collect().first).map(\.value)
        #expect(found.count == 4)
        #expect([found[0], found[2], found[3]] == [.double(0.5), .double(50), .double(500)])
        #expect([.double(5), .double(6), .double(7)].contains(found[1]))
    }

    @Test("any measurement of a bucket may be the one that is kept")
    func uniform() async {
        var kept: Set<MetricValue> = []
        // One of three is missed in a hundred tries with a chance of 1e-17.
        for _ in 0..<100 {
            let meters = meters()
            let sizes = meters.histogram("sizes", buckets: .explicit([10]))
            for value in [1.0, 2, 3] { sizes.recorder.record(value, .empty, in: context(1)) }
            kept.formUnion(exemplars(await meters.collect().first).map(\.value))
        }
        #expect(kept == [.double(1), .double(2), .double(3)])
    }

    @Test(
        "an exponential histogram keeps twenty, or as many as it has buckets; other metrics one", arguments: [4, 160])
    func fixed(size: Int) async {
        let meters = meters()
        let sizes = meters.histogram("sizes", buckets: .exponential(maximumSize: size))
        for number in 1...50 {
            sizes.recorder.record(Double(number), .empty, in: context(1))
            meters.counter("jobs").recorder.record(1, .empty, in: context(1))
            meters.gauge("level").recorder.record(Double(number), .empty, in: context(1))
        }
        let collected = await CollectedMetrics(meters)
        #expect(exemplars(collected.metric("sizes")).count == min(size, 20))
        #expect(exemplars(collected.metric("jobs")).count == 1)
        #expect(exemplars(collected.metric("level")).count == 1)
    }

    @Test("they are those since the last collection", arguments: [TemporalityPreference.cumulative, .delta])
    func collections(temporality: TemporalityPreference) async {
        let meters = meters(temporality: temporality)
        let jobs = meters.counter("jobs")
        jobs.recorder.record(1, .empty, in: context(1))
        #expect(exemplars(await meters.collect().first).map(\.context) == [context(1)])
        jobs.add(1)
        #expect(exemplars(await meters.collect().first).isEmpty)
        jobs.recorder.record(1, .empty, in: context(2))
        #expect(exemplars(await meters.collect().first).map(\.context) == [context(2)])
    }

    @Test("attributes that a view leaves out are the exemplar's")
    func filteredAttributes() async {
        let meters = meters(views: [MetricView("jobs", attributes: .only(["type"]))])
        meters.counter("jobs").recorder.record(1, ["type": "a", "user": "u"], in: context(1))
        #expect(exemplars(await meters.collect().first).map(\.filteredAttributes) == [[Attribute("user", "u")]])
    }
}
