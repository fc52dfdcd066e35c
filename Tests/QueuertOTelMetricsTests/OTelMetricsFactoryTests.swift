#if SwiftMetrics
import CoreMetrics
import QueuertOTel
import Testing

@testable import QueuertOTelMetrics

@Suite("swift-metrics") struct OTelMetricsFactoryTests {
    private let meters = MeterProvider()
    private var factory: OTelMetricsFactory { OTelMetricsFactory(meters: meters) }

    /// The only metric, which must be of the name.
    private func metric(_ name: String) async throws -> MetricData {
        let all = await meters.collect()
        #expect(all.map(\.descriptor.name) == [name])
        return try #require(all.first)
    }

    private func numbers(_ content: MetricData.Content) -> [AttributeSet: MetricValue] {
        switch content {
        case .gauge(let points), .sum(let points, _, _):
            Dictionary(uniqueKeysWithValues: points.map { ($0.attributes, $0.value) })
        default: [:]
        }
    }

    @Test("a counter's label is the name, its dimensions the attributes, and all of one name are one metric")
    func counter() async throws {
        let factory = factory
        Counter(label: "mails", dimensions: [("kind", "receipt")], factory: factory).increment(by: 2)
        Counter(label: "mails", dimensions: [("kind", "receipt")], factory: factory).increment()
        Counter(label: "mails", dimensions: [("kind", "offer")], factory: factory).increment()
        let metric = try await metric("mails")
        #expect(numbers(metric.content) == [["kind": "receipt"]: .int(3), ["kind": "offer"]: .int(1)])
        guard case .sum(_, .cumulative, isMonotonic: true) = metric.content else {
            Issue.record("not a counter: \(metric.content)")
            return
        }
    }

    @Test("a counter that is reset starts anew, and one that is destroyed is exported no more")
    func reset() async throws {
        let counter = Counter(label: "mails", factory: factory)
        counter.increment(by: 5)
        counter.reset()
        counter.increment(by: 1)
        #expect(try await numbers(metric("mails").content) == [.empty: .int(1)])
        counter.destroy()
        #expect(await meters.collect().isEmpty)
    }

    @Test("a floating point counter keeps fractions")
    func floatingPointCounter() async throws {
        let counter = FloatingPointCounter(label: "litres", factory: factory)
        counter.increment(by: 0.25)
        counter.increment(by: 0.5)
        #expect(try await numbers(metric("litres").content) == [.empty: .double(0.75)])
    }

    @Test("meters of one label and dimensions count up and down from one value")
    func meter() async throws {
        let factory = factory
        let meter = Meter(label: "open", factory: factory)
        meter.set(5)
        Meter(label: "open", factory: factory).increment(by: 2)
        meter.decrement(by: 1)
        #expect(try await numbers(metric("open").content) == [.empty: .double(6)])
        meter.destroy()
        #expect(await meters.collect().isEmpty)
    }

    @Test("a gauge, which is a recorder that doesn't aggregate, keeps the last value")
    func gauge() async throws {
        let gauge = Gauge(label: "room", factory: factory)
        gauge.record(20)
        gauge.record(21.5)
        #expect(try await numbers(metric("room").content) == [.empty: .double(21.5)])
    }

    @Test("a recorder is a histogram, a timer one of seconds")
    func distributions() async throws {
        let factory = factory
        let recorder = Recorder(label: "size", factory: factory)
        recorder.record(7)
        recorder.record(0.5)
        guard case .histogram(let points, _) = try await metric("size").content else {
            Issue.record("not a histogram")
            return
        }
        #expect(points.map(\.distribution.sum) == [7.5])
        recorder.destroy()
        Timer(label: "duration", factory: factory).recordMilliseconds(250)
        let timer = try await metric("duration")
        #expect(timer.descriptor.unit == "s")
        guard case .histogram(let points, _) = timer.content else {
            Issue.record("not a histogram")
            return
        }
        #expect(points.map(\.distribution.sum) == [0.25])
        #expect(points.first?.distribution.bounds == ExplicitHistogram.secondsBounds)
    }
}
#endif
