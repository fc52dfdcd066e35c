import Logging
import Testing

@testable import QueuertOTel

@Suite("Views of metrics") struct MetricViewTests {
    private let logs = CollectedLogs()

    private func meters(_ views: MetricView...) -> MeterProvider {
        MeterProvider(configuration: .init(views: views), clock: SteppingSpanClock(startingAt: 1), logger: logs.logger)
    }

    @Test("a view gives a metric another name and description")
    func rename() async throws {
        let meters = meters(MetricView("mails", name: "shop.mails", description: "Mails"))
        meters.counter("MAILS", unit: "{mail}").add(2)
        let collected = await CollectedMetrics(meters)
        #expect(collected.values("shop.mails") == [.empty: 2])
        #expect(collected.all.map(\.descriptor.description) == ["Mails"])
        #expect(collected.all.map(\.descriptor.unit) == ["{mail}"])
    }

    @Test(
        "a view is for the instruments whose name, kind, unit and scope are as it says",
        arguments: [
            (MetricView("jobs.done", aggregation: .drop), false), (MetricView("jobs.*", aggregation: .drop), false),
            (MetricView("*", aggregation: .drop), false), (MetricView("j?bs.d*e", aggregation: .drop), false),
            (MetricView("*.*.*", aggregation: .drop), true), (MetricView("jobs", aggregation: .drop), true),
            (MetricView("jobs.done?", aggregation: .drop), true), (MetricView("", aggregation: .drop), true),
            (MetricView("*", kind: .counter, unit: "{job}", scope: "shop", aggregation: .drop), false),
            (MetricView("*", kind: .histogram, aggregation: .drop), true),
            (MetricView("*", unit: "s", aggregation: .drop), true),
            (MetricView("*", scope: "", aggregation: .drop), true),
        ])
    func selection(view: MetricView, isTold: Bool) async {
        let meters = meters(view)
        meters.counter("jobs.done", unit: "{job}", scope: InstrumentationScope(name: "shop")).add(1)
        #expect(await meters.collect().isEmpty == !isTold)
    }

    @Test("attributes that a view leaves out are no longer told apart by, and what was told apart adds up")
    func attributes() async {
        let meters = meters(
            MetricView("kept", attributes: .only(["type"])), MetricView("left", attributes: .except(["user"])),
            MetricView("seen", attributes: .only(["type"])), MetricView("level", attributes: .only(["type"])))
        for user in 1...3 {
            let set: AttributeSet = ["type": "a", "user": .int(Int64(user))]
            meters.counter("kept").add(1, set)
            meters.counter("left").add(1, set)
            meters.counter("kept").recorder.bound(to: set).record(1, in: nil)
        }
        meters.observe("seen", as: .counter) {
            (1...3).map { MetricObservation($0, ["type": "a", "user": .int(Int64($0))]) }
        }
        meters.observe("level", as: .gauge) {
            (1...3).map { MetricObservation($0, ["type": "a", "user": .int(Int64($0))]) }
        }
        let collected = await CollectedMetrics(meters)
        #expect(collected.values("kept") == [["type": "a"]: 6])
        #expect(collected.values("left") == [["type": "a"]: 3])
        #expect(collected.values("seen") == [["type": "a"]: 6])
        #expect(collected.values("level") == [["type": "a"]: 3])
    }

    @Test(
        "what is looked up adds up under a view in any order, and of a set that is told twice the last counts",
        arguments: [false, true])
    func observedOrder(isReversed: Bool) async {
        let meters = meters(MetricView("seen", attributes: .only(["type"])))
        let once = [
            MetricObservation(5, ["type": "a", "user": 1]), MetricObservation(3, ["type": "a"]),
            MetricObservation(2, ["type": "a", "user": 2]),
        ]
        let all = [MetricObservation(100, ["type": "a"])] + (isReversed ? Array(once.reversed()) : once)
        meters.observe("seen", as: .counter) { all }
        #expect(await CollectedMetrics(meters).values("seen") == [["type": "a"]: 10])
    }

    @Test("a view says what measurements become")
    func aggregation() async throws {
        let meters = meters(
            MetricView("durations", aggregation: .sum),
            MetricView("sizes", aggregation: .histogram(.explicit([1, 5]))),
            MetricView("amounts", aggregation: .histogram(.exponential(maximumSize: 4))),
            MetricView("last", aggregation: .lastValue), MetricView("age", aggregation: .sum))
        meters.histogram("durations").record(1.5)
        meters.histogram("durations").record(2)
        meters.counter("sizes").add(3)
        meters.histogram("amounts").record(3)
        meters.counter("last").add(4)
        meters.counter("last").add(5)
        meters.observe("age", as: .gauge) { [MetricObservation(1)] }
        let collected = await CollectedMetrics(meters)
        #expect(collected.values("durations") == [.empty: 3.5])
        #expect(collected.distributions("sizes").map(\.distribution.counts) == [[0, 1, 0]])
        #expect(collected.values("last") == [.empty: 5])
        guard case .exponentialHistogram = try #require(collected.metric("amounts")).content,
            case .gauge = try #require(collected.metric("last")).content,
            case .sum(_, _, isMonotonic: false) = try #require(collected.metric("age")).content
        else {
            Issue.record("wrong kinds: \(collected.all)")
            return
        }
    }

    @Test("a view has a limit of attribute sets of its own")
    func cardinality() async {
        let meters = meters(MetricView("jobs", cardinalityLimit: 2))
        for number in 1...5 { meters.counter("jobs").add(1, ["number": .int(Int64(number))]) }
        #expect(
            await CollectedMetrics(meters).values("jobs") == [["number": 1]: 1, ["otel.metric.overflow": true]: 4])
    }

    @Test("an instrument that several views are for becomes as many metrics, and each measures all")
    func several() async {
        let meters = meters(
            MetricView("jobs", name: "by type", attributes: .only(["type"])),
            MetricView("jobs", name: "all", attributes: .only([])))
        let jobs = meters.counter("jobs")
        jobs.add(1, ["type": "a"])
        jobs.recorder.bound(to: ["type": "b"]).record(2, in: nil)
        let collected = await CollectedMetrics(meters)
        #expect(collected.values("by type") == [["type": "a"]: 1, ["type": "b"]: 2])
        #expect(collected.values("all") == [.empty: 3])
        #expect(logs.messages(at: .warning).isEmpty)
        jobs.forget(["type": "a"])
        #expect(await CollectedMetrics(meters).values("by type") == [["type": "b"]: 2])
    }

    @Test("a view that can't name all of its instruments doesn't, and two metrics of one name are told")
    func mistakes() async {
        let meters = meters(MetricView("a*", name: "one"), MetricView("both"), MetricView("bo?h"))
        meters.counter("ab").add(1)
        #expect(await meters.collect().map(\.descriptor.name) == ["ab"])
        #expect(logs.messages(at: .warning).count == 1)
        meters.counter("both").add(1)
        #expect(logs.messages(at: .warning).count == 2)
    }

    @Test(
        "a set that is bound is measured with like any other, whatever happens in between",
        arguments: [TemporalityPreference.cumulative, .delta])
    func bound(temporality: TemporalityPreference) async {
        let meters = MeterProvider(configuration: .init(temporality: temporality, cardinalityLimit: 3))
        let jobs = meters.counter("jobs")
        let a = jobs.recorder.bound(to: ["type": "a"])
        let b = jobs.recorder.bound(to: ["type": "b"])
        let c = jobs.recorder.bound(to: ["type": "c"])
        #expect(await meters.collect().isEmpty)
        a.record(1, in: nil)
        b.record(2, in: nil)
        jobs.add(3, ["type": "b"])
        c.record(4, in: nil)
        var expected: [AttributeSet: Double] = [["type": "a"]: 1, ["type": "b"]: 5, .overflow: 4]
        #expect(await CollectedMetrics(meters).values("jobs") == expected)
        jobs.forget(["type": "b"])
        a.record(1, in: nil)
        expected = temporality == .delta ? [["type": "a"]: 1] : [["type": "a"]: 2, .overflow: 4]
        #expect(await CollectedMetrics(meters).values("jobs") == expected)
        // The set that was forgotten left a place, and starts anew.
        b.record(7, in: nil)
        expected = temporality == .delta ? [["type": "b"]: 7] : [["type": "a"]: 2, ["type": "b"]: 7, .overflow: 4]
        #expect(await CollectedMetrics(meters).values("jobs") == expected)
    }
}
