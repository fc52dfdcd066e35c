import Testing
import Tracing

@testable import QueuertOTel

@Suite("Spans while the clock is set") struct ClockSettingTests {
    private static let start: UInt64 = 1_700_000_000_000_000_000
    private static let hour: Int64 = 3_600_000_000_000

    private let processor = CollectingSpanProcessor()
    private let clock = SettableClock(showing: ClockSettingTests.start)

    private func tracer() -> SpanTracer { SpanTracer(processor: processor, clock: clock) }

    /// How long after the test's start a time is; before it, if below zero.
    private func offset(_ time: UInt64) -> Int64 { Int64(bitPattern: time &- Self.start) }

    @Test("a span is as long as its work took", arguments: [-1, 1])
    func length(direction: Int64) {
        let tracer = tracer()
        let span = tracer.startSpan("print", context: .topLevel)
        tracer.withSpan("print by the interface", context: .topLevel) { _ in
            clock.pass(1_000)
            clock.set(by: direction * Self.hour)
            clock.pass(2_000)
        }
        span.end()
        #expect(processor.ended.map { offset($0.start) } == [0, 0])
        #expect(processor.ended.map { offset($0.end) } == [3_000, 3_000])
    }

    @Test("what is below a span lies within it, and in its order", arguments: [-1, 1])
    func order(direction: Int64) {
        let tracer = tracer()
        let outer = tracer.startSpan("outer", context: .topLevel)
        clock.pass(10)
        ServiceContext.withValue(outer.context) {
            tracer.withSpan("first") { _ in clock.pass(10) }
            clock.set(by: direction * Self.hour)
            clock.pass(10)
            tracer.withSpan("second") { span in
                clock.pass(10)
                span.addEvent("page")
                clock.set(by: direction * Self.hour)
                tracer.startSpan("third").end()
            }
        }
        clock.pass(10)
        outer.end()
        #expect(processor.ended.map(\.name) == ["first", "third", "second", "outer"])
        #expect(processor.ended.map { offset($0.start) } == [10, 40, 30, 0])
        #expect(processor.ended.map { offset($0.end) } == [20, 40, 40, 50])
        #expect(processor.ended.flatMap(\.events).map { offset($0.time) } == [40])
    }

    @Test("what is below a span goes by its clock also where tracing was suppressed in between")
    func suppressed() {
        let tracer = tracer()
        var context = tracer.startSpan("outer", context: .topLevel).context
        context.isTracingSuppressed = true
        clock.set(by: Self.hour)
        context.isTracingSuppressed = false
        tracer.startSpan("below", context: context).end()
        #expect(processor.ended.map { offset($0.start) } == [0])
    }

    @Test("what begins a trace, or is below a span of the queue or of another process, has the clock's new time")
    func anew() {
        let tracer = tracer()
        let before = tracer.startSpan("before", context: .topLevel)
        clock.set(by: Self.hour)
        tracer.startSpan("root", context: .topLevel).end()
        var context = before.context
        context.traceContext = tracer.makeContext(
            parent: context.traceContext, name: "process", kind: .consumer)
        tracer.startSpan("below", context: context).end()
        before.end()
        #expect(processor.ended.map(\.name) == ["root", "below", "before"])
        #expect(processor.ended.map { offset($0.start) } == [Self.hour, Self.hour, 0])
    }

    @Test("a time that the caller chooses is told as it is, and another end is now")
    func chosen() {
        let tracer = tracer()
        let chosen = tracer.startSpan("chosen", context: .topLevel, at: SpanInstant(nanosecondsSinceEpoch: 7))
        let started = tracer.startSpan("started", context: .topLevel, at: SpanInstant(nanosecondsSinceEpoch: 8))
        clock.pass(10)
        clock.set(by: Self.hour)
        chosen.end(at: SpanInstant(nanosecondsSinceEpoch: 9))
        started.end()
        #expect(processor.ended.map(\.start) == [7, 8])
        #expect(processor.ended.map(\.end) == [9, Self.start + 10])
    }

    @Test("what the clock has shown a moment ago is told as it would have shown it, and other times as they are")
    func shown() {
        let (now, hour, second): (UInt64, UInt64, UInt64) = (Self.start, UInt64(Self.hour), 1_000_000_000)
        #expect(ClockSetting.time(now, shift: Self.hour, now: now) == now - hour)
        #expect(ClockSetting.time(now - second, shift: Self.hour, now: now) == now - second - hour)
        #expect(ClockSetting.time(now - second, shift: -Self.hour, now: now) == now - second + hour)
        for time in [now + 1, now - second - 1, now + hour, 7] {
            #expect(ClockSetting.time(time, shift: Self.hour, now: now) == time)
        }
    }

    @Test("what is less than a millisecond is no setting")
    func least() {
        let setting = ClockSetting(lead: Self.start)
        for shift in [0, 1, 999_999, 1_000_000, Self.hour] {
            let told = shift < 1_000_000 ? 0 : shift
            #expect(ClockSetting(lead: Self.start + UInt64(shift)).shift(since: setting) == told)
            #expect(ClockSetting(lead: Self.start - UInt64(shift)).shift(since: setting) == -told)
        }
    }

    @Test("the system's clock says how it is set, and stays so")
    func systemClock() {
        let clock = SystemSpanClock()
        let setting = clock.setting
        #expect((0..<10_000).allSatisfy { _ in clock.shift(since: setting) == 0 })
        let shift = clock.shift(since: ClockSetting(lead: setting.lead - 5_000_000))
        #expect(shift > 4_000_000 && shift < 6_000_000)
    }

    @Test("by the system's clock, too, in all ways to start and to end a span")
    func system() {
        let tracer = SpanTracer(processor: processor)
        let clock = SystemSpanClock()
        let hour = UInt64(Self.hour)
        var context = ServiceContext.topLevel
        // As if the clock had been set forward by an hour since the span above began.
        context.setTracing(
            tracer.makeContext(parent: nil, name: "above", kind: .internal), isSuppressed: false,
            clockSetting: ClockSetting(lead: clock.setting.lead - hour))
        let before = clock.nanoseconds
        ServiceContext.withValue(context) {
            tracer.withSpan("by the interface") { span in
                span.addEvent("page")
                span.recordError(CancellationError())
            }
            tracer.startSpan("by the tracer").end()
        }
        let after = clock.nanoseconds
        #expect(processor.ended.count == 2)
        let times = processor.ended.flatMap { [$0.start, $0.end] + $0.events.map(\.time) }
        #expect(times.count == 6)
        // A second of room, for what clocks of a processor each show.
        for time in times { #expect(time + hour + 1_000_000_000 >= before && time + hour <= after + 1_000_000_000) }
    }
}
