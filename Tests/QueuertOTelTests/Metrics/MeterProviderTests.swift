import Logging
import QueuertOTel
import Synchronization
import Testing

@Suite("Meters") struct MeterProviderTests {
    private let clock = SteppingSpanClock(startingAt: 100)
    private let logs = CollectedLogs()

    private func meters(
        _ temporality: TemporalityPreference = .cumulative, buckets: HistogramBuckets = .explicit([1, 10]),
        limit: Int = 2000
    ) -> MeterProvider {
        MeterProvider(
            configuration: .init(temporality: temporality, histogramBuckets: buckets, cardinalityLimit: limit),
            clock: clock, logger: logs.logger)
    }

    /// The numbers of a metric by attributes, after a collection.
    private func collect(_ meters: MeterProvider) async -> [String: [AttributeSet: MetricValue]] {
        var collected: [String: [AttributeSet: MetricValue]] = [:]
        for metric in await meters.collect() {
            collected[metric.descriptor.name] = Dictionary(
                uniqueKeysWithValues: numbers(metric).map { ($0.attributes, $0.value) })
        }
        return collected
    }

    private func numbers(_ metric: MetricData) -> [MetricData.NumberPoint] {
        switch metric.content {
        case .gauge(let points), .sum(let points, _, _): points
        default: []
        }
    }

    @Test("attributes are the same in any order, and of one name the last counts")
    func attributes() {
        let set = AttributeSet([Attribute("b", 1), Attribute("a", 2), Attribute("b", 3)])
        #expect(set == ["a": 2, "b": 3])
        #expect(set.attributes == [Attribute("a", 2), Attribute("b", 3)])
        #expect(set != ["a": 2])
    }

    @Test("sums go on over collections when cumulative, and what shrinks can be counted")
    func cumulative() async {
        let meters = meters()
        let jobs = meters.counter("jobs")
        let open = meters.upDownCounter("open", of: Double.self)
        jobs.add(2, ["type": "a"])
        open.add(1.5)
        #expect(await collect(meters) == ["jobs": [["type": "a"]: .int(2)], "open": [.empty: .double(1.5)]])
        jobs.add(3, ["type": "a"])
        jobs.add(1, ["type": "b"])
        jobs.add(-4, ["type": "b"])
        open.add(-1)
        #expect(
            await collect(meters) == [
                "jobs": [["type": "a"]: .int(5), ["type": "b"]: .int(1)], "open": [.empty: .double(0.5)],
            ])
    }

    @Test("with delta temporality each collection starts where the last ended, and what wasn't measured isn't told")
    func delta() async throws {
        let meters = meters(.delta)
        let jobs = meters.counter("jobs")
        let open = meters.upDownCounter("open")
        let sizes = meters.histogram("sizes")
        clock.set(1000)
        jobs.add(2)
        open.add(2)
        sizes.record(5)
        let first = await meters.collect()
        #expect(first.map(\.descriptor.name) == ["jobs", "open", "sizes"])
        let before = try #require(numbers(first[0]).first)
        #expect(before.start < 1000 && before.time >= 1000)
        clock.set(2000)
        jobs.add(3)
        let second = await meters.collect()
        #expect(second.map(\.descriptor.name) == ["jobs", "open"])
        let after = try #require(numbers(second[0]).first)
        #expect(after.value == .int(3))
        #expect(after.start == before.time)
        #expect(numbers(second[1]).map(\.value) == [.int(2)])
        guard case .sum(_, .delta, isMonotonic: true) = second[0].content,
            case .sum(_, .cumulative, isMonotonic: false) = second[1].content
        else {
            Issue.record("wrong kinds: \(second)")
            return
        }
    }

    /// When the time began that each point is about, and when it ended.
    private func times(_ metric: MetricData) -> [(start: UInt64, time: UInt64)] {
        switch metric.content {
        case .gauge(let points), .sum(let points, _, _): points.map { (start: $0.start, time: $0.time) }
        case .histogram(let points, _): points.map { (start: $0.start, time: $0.time) }
        case .exponentialHistogram(let points, _): points.map { (start: $0.start, time: $0.time) }
        }
    }

    @Test(
        "when the clock is set back no point ends before it starts, and no delta starts before the last has ended",
        arguments: [TemporalityPreference.cumulative, .delta, .lowMemory])
    func clockSetBack(preference: TemporalityPreference) async {
        clock.set(1_000)
        let meters = meters(preference)
        let done = Mutex(0)
        meters.observe("done", as: .counter) { [MetricObservation(done.withLock { $0 })] }
        var ends: [String: UInt64] = [:]
        for time in [500, 10] as [UInt64] {
            clock.set(2_000)
            meters.counter("jobs").add(1)
            meters.gauge("age").record(1)
            meters.histogram("sizes").record(5)
            done.withLock { $0 += 1 }
            clock.set(time)
            let collected = await meters.collect()
            #expect(collected.count == 4)
            for metric in collected {
                for (start, end) in times(metric) {
                    #expect(start <= end, "\(metric.descriptor.name)")
                    let last = ends.updateValue(end, forKey: metric.descriptor.name) ?? 0
                    if case .sum(_, .delta, _) = metric.content { #expect(start >= last) }
                }
            }
        }
    }

    @Test("attribute sets beyond the limit are kept under one, and none is lost", arguments: [1, 2, 5])
    func cardinality(limit: Int) async {
        let meters = meters(limit: limit)
        let jobs = meters.counter("jobs")
        for number in 0..<10 { jobs.add(1, ["number": .int(Int64(number))]) }
        for number in 0..<10 { jobs.add(1, ["number": .int(Int64(number))]) }
        var expected: [AttributeSet: MetricValue] = [
            ["otel.metric.overflow": true]: .int(Int64(20 - 2 * (limit - 1)))
        ]
        for number in 0..<limit - 1 { expected[["number": .int(Int64(number))]] = .int(2) }
        #expect(await collect(meters) == ["jobs": expected])
    }

    @Test("what is forgotten isn't told, and starts anew later")
    func forget() async throws {
        let meters = meters()
        let jobs = meters.counter("jobs")
        jobs.add(5)
        _ = await meters.collect()
        jobs.forget()
        #expect(await meters.collect().isEmpty)
        clock.set(5000)
        jobs.add(1)
        let point = try #require(await meters.collect().first.flatMap { numbers($0).first })
        #expect(point.value == .int(1) && point.start >= 5000)
    }

    @Test("a sum that is too large stays the largest that there is")
    func overflowOfNumbers() async {
        let meters = meters()
        let jobs = meters.counter("jobs")
        jobs.add(.max)
        jobs.add(1)
        #expect(await collect(meters) == ["jobs": [.empty: .int(.max)]])
    }

    @Test("histograms have the buckets that they ask for, or else the configuration's")
    func histograms() async {
        let meters = meters(buckets: .exponential(maximumSize: 4))
        meters.histogram("fixed", buckets: .explicit([10, 1])).record(5)
        meters.histogram("growing").record(5)
        let contents = await meters.collect().map(\.content)
        guard case .histogram(let fixed, .cumulative) = contents[0],
            case .exponentialHistogram(let growing, .cumulative) = contents[1]
        else {
            Issue.record("wrong kinds: \(contents)")
            return
        }
        #expect(fixed.map(\.distribution.bounds) == [[1, 10]] && fixed.map(\.distribution.counts) == [[0, 1, 0]])
        #expect(growing.map(\.distribution.scale) == [20])
    }

    @Test("an instrument that is asked for again is the same; another kind of the same name is told")
    func again() async {
        let meters = meters()
        meters.counter("jobs").add(1)
        meters.counter("JOBS").add(1)
        #expect(await collect(meters) == ["jobs": [.empty: .int(2)]])
        #expect(logs.messages(at: .warning).isEmpty)
        meters.counter("jobs", scope: InstrumentationScope(name: "other")).add(1)
        #expect(logs.messages(at: .warning).isEmpty)
        meters.gauge("jobs").record(1)
        meters.gauge("jobs").record(2)
        #expect(logs.messages(at: .warning).count == 1)
        #expect(await meters.collect().count == 3)
        meters.counter("jobs", unit: "{job}").add(1)
        #expect(logs.messages(at: .warning).count == 2)
    }

    @Test("a name that receivers need not take is told, and used", arguments: ["", "1st", "a b", "jöbs", "_x"])
    func names(name: String) async {
        let meters = meters()
        meters.counter(name).add(1)
        #expect(logs.messages(at: .warning).count == 1)
        #expect(await collect(meters) == [name: [.empty: .int(1)]])
    }

    @Test(
        "what is looked up is told as it is, or since the last collection",
        arguments: [TemporalityPreference.cumulative, .delta, .lowMemory])
    func observed(preference: TemporalityPreference) async {
        let meters = meters(preference)
        let total = Mutex(10)
        meters.observe("done", as: .counter) { [MetricObservation(total.withLock { $0 }, ["a": 1])] }
        meters.observe("open", as: .upDownCounter) { [MetricObservation(total.withLock { -$0 })] }
        meters.observe("age", as: .gauge) { [MetricObservation(0.5)] }
        meters.observe("none", as: .gauge) { [MetricObservation<Int>]() }
        _ = await meters.collect()
        total.withLock { $0 = 13 }
        let done: MetricValue = preference == .delta ? .int(3) : .int(13)
        #expect(
            await collect(meters) == [
                "done": [["a": 1]: done], "open": [.empty: .int(-13)], "age": [.empty: .double(0.5)],
            ])
    }

    @Test("any thread may measure, and nothing is lost")
    func concurrent() async {
        let meters = meters()
        let jobs = meters.counter("jobs")
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { for number in 0..<500 { jobs.add(1, ["number": .int(Int64((number + task) % 7))]) } }
            }
        }
        let values = await collect(meters)["jobs"].map { Array($0.values) } ?? []
        let total = values.reduce(Int64(0)) { sum, value in
            if case .int(let number) = value { sum + number } else { sum }
        }
        #expect(total == 4000 && values.count == 7)
    }
}
