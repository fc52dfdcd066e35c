import Testing
import Tracing

@testable import QueuertOTel

@Suite("Spans of swift-distributed-tracing") struct RecordedSpanTests {
    private struct OutOfPaper: Error {}

    private let processor = CollectingSpanProcessor()
    private let clock = SteppingSpanClock(startingAt: 1_000)

    private func tracer(sampler: any Sampler = ParentBasedSampler(root: AlwaysOnSampler())) -> SpanTracer {
        SpanTracer(processor: processor, sampler: sampler, ids: SeededIDGenerator(seed: 1), clock: clock)
    }

    @Test("a span has its identity, name, kind, times and scope")
    func basics() throws {
        let span = tracer().startSpan("print", context: .topLevel, ofKind: .client)
        clock.set(5_000)
        span.end()
        let data = try #require(processor.ended.first)
        #expect(data.context == span.context.traceContext)
        #expect(processor.started == [data.context])
        #expect(data.parent == nil)
        #expect(data.name == "print" && data.kind == .client)
        #expect(data.start == 1_000 && data.end == 5_000)
        #expect(data.scope.name == "swift-distributed-tracing")
        #expect(data.status == .unset)
    }

    @Test(
        "each kind is the one of the same name",
        arguments: [
            (SpanKind.internal, SpanData.Kind.internal), (.server, .server), (.client, .client),
            (.producer, .producer), (.consumer, .consumer),
        ])
    func kinds(kind: SpanKind, expected: SpanData.Kind) {
        tracer().startSpan("span", context: .topLevel, ofKind: kind).end()
        #expect(processor.ended.map(\.kind) == [expected])
    }

    @Test("spans nest below each other, in synchronous and asynchronous code, called on the tracer")
    func nestsDirectly() async throws {
        let tracer = tracer()
        await tracer.withSpan("outer") { _ in
            await Task.yield()
            tracer.withSpan("inner") { _ in }
        }
        try expectNesting()
    }

    @Test("spans nest below each other with a tracer of the scope")
    func nestsInScope() async throws {
        try await withTracer(tracer()) {
            await withSpan("outer") { _ in
                await Task { withSpan("inner") { _ in } }.value
            }
            try expectNesting()
        }
    }

    private func expectNesting() throws {
        try #require(processor.ended.map(\.name) == ["inner", "outer"])
        let (inner, outer) = (processor.ended[0], processor.ended[1])
        #expect(inner.parent == outer.context)
        #expect(inner.context.traceID == outer.context.traceID)
        #expect(outer.parent == nil)
    }

    @Test("a span nests below the context that a queue sets")
    func nestsBelowContext() throws {
        let tracer = tracer()
        let attempt = tracer.makeContext(parent: nil, name: "process", kind: .consumer)
        var context = ServiceContext.topLevel
        context.traceContext = attempt
        ServiceContext.withValue(context) { tracer.withSpan("query") { _ in } }
        #expect(processor.ended.map(\.parent) == [attempt])
    }

    @Test("an error that is thrown is recorded as an exception, and sets the status")
    func recordsErrors() throws {
        #expect(throws: OutOfPaper.self) { try tracer().withSpan("print") { _ in throw OutOfPaper() } }
        let data = try #require(processor.ended.first)
        #expect(data.status == .error(description: ""))
        let event = try #require(data.events.first)
        #expect(event.name == "exception")
        #expect(
            event.attributes == [
                Attribute("exception.message", "OutOfPaper()"),
                Attribute("exception.type", "QueuertOTelTests.RecordedSpanTests.OutOfPaper"),
            ])
    }

    @Test("an error of a local type is named without the address of its scope, and attributes are added")
    func localErrorType() throws {
        struct Local: Error {}
        let span = tracer().startSpan("print", context: .topLevel)
        span.recordError(Local(), attributes: ["exception.escaped": true])
        span.end()
        #expect(
            processor.ended.first?.events.first?.attributes == [
                Attribute("exception.escaped", true), Attribute("exception.message", "Local()"),
                Attribute("exception.type", "QueuertOTelTests.RecordedSpanTests.Local"),
            ])
        #expect(processor.ended.first?.status == .unset)
    }

    @Test("B10 ok is final, an error without a message keeps the message before it")
    func status() {
        func status(after statuses: [SpanStatus]) -> SpanData.Status? {
            let span = tracer().startSpan("print", context: .topLevel)
            for status in statuses { span.setStatus(status) }
            span.end()
            return processor.ended.last?.status
        }
        let failure = SpanStatus(code: .error, message: "no paper")
        #expect(status(after: []) == .unset)
        #expect(status(after: [failure]) == .error(description: "no paper"))
        #expect(status(after: [failure, SpanStatus(code: .error)]) == .error(description: "no paper"))
        #expect(status(after: [SpanStatus(code: .error), failure]) == .error(description: "no paper"))
        #expect(status(after: [failure, SpanStatus(code: .ok)]) == .ok)
        #expect(status(after: [SpanStatus(code: .ok), failure]) == .ok)
    }

    @Test("attributes of each type are exported in the order of their names")
    func attributes() {
        let span = tracer().startSpan("print", context: .topLevel)
        span.attributes["i"] = "text"
        span.attributes["h"] = true
        span.attributes["g"] = Int32(1)
        span.attributes["f"] = 2
        span.attributes["e"] = 1.5
        span.attributes["d"] = SpanAttribute.stringConvertible(UInt8(7))
        span.attributes["c"] = ["a", "b"]
        span.attributes["b"] = [1, 2]
        span.attributes["a"] = [true]
        span.attributes["gone"] = 1
        span.attributes["gone"] = SpanAttribute?.none
        #expect(span.attributes.count == 9)
        span.end()
        #expect(
            processor.ended.first?.attributes == [
                Attribute("a", [true]), Attribute("b", [1, 2]), Attribute("c", ["a", "b"]), Attribute("d", "7"),
                Attribute("e", 1.5), Attribute("f", 2), Attribute("g", 1), Attribute("h", true),
                Attribute("i", "text"),
            ])
    }

    @Test("events and links are kept in order; a link to no trace is none")
    func eventsAndLinks() {
        let tracer = tracer()
        let other = tracer.startSpan("other", context: .topLevel)
        let span = tracer.startSpan("print", context: .topLevel)
        clock.set(2_000)
        span.addEvent(SpanEvent(name: "first", attributes: ["page": 1]))
        span.addEvent("second")
        span.addLink(SpanLink(context: other.context, attributes: ["relation": "friend"]))
        span.addLink(SpanLink(context: .topLevel, attributes: [:]))
        span.end()
        #expect(
            processor.ended.first?.events == [
                SpanData.Event(name: "first", time: 2_000, attributes: [Attribute("page", 1)]),
                SpanData.Event(name: "second", time: 2_001),
            ])
        #expect(
            processor.ended.first?.links
                == other.context.traceContext.map {
                    [SpanData.Link($0, attributes: [Attribute("relation", "friend")])]
                })
    }

    @Test("B09 events and links over the limit are dropped as they come, and counted")
    func limits() throws {
        let tracer = SpanTracer(processor: processor, limits: SpanLimits(attributes: 1, events: 2, links: 1))
        let span = tracer.startSpan("print", context: .topLevel)
        for name in ["a", "b", "c", "d"] { span.addEvent(SpanEvent(name: name)) }
        for _ in 0..<4 { span.addLink(SpanLink(context: span.context, attributes: [:])) }
        span.attributes = ["a": 1, "b": 2, "c": 3]
        span.end()
        let data = try #require(processor.ended.first)
        #expect(data.events.map(\.name) == ["a", "b"] && data.droppedEvents == 2)
        #expect(data.links.count == 1 && data.droppedLinks == 3)
        #expect(data.attributes == [Attribute("a", 1)] && data.droppedAttributes == 2)
    }

    @Test("B09 attributes over the limit are refused as they come, and counted; those that are there may change")
    func attributeLimit() throws {
        let tracer = SpanTracer(processor: processor, limits: SpanLimits(attributes: 2))
        let span = tracer.startSpan("print", context: .topLevel)
        for name in ["z", "y", "x", "w"] { span.attributes[name] = 1 }
        #expect(span.attributes.count == 2)
        span.attributes["z"] = 2
        span.updateAttributes { attributes in
            attributes["y"] = 3
            attributes["a"] = 3
        }
        #expect(span.attributes.count == 2)
        span.attributes["y"] = SpanAttribute?.none
        span.attributes["b"] = 4
        span.end()
        let data = try #require(processor.ended.first)
        #expect(data.attributes == [Attribute("b", 4), Attribute("z", 2)])
        #expect(data.droppedAttributes == 3)
    }

    @Test("only the first end counts, and nothing is recorded after it")
    func endsOnce() throws {
        let span = tracer().startSpan("print", context: .topLevel)
        span.operationName = "print page"
        #expect(span.isRecording)
        span.end()
        #expect(!span.isRecording)
        span.operationName = "late"
        span.attributes["late"] = true
        span.addEvent("late")
        span.recordError(OutOfPaper())
        span.setStatus(SpanStatus(code: .error))
        span.end()
        let data = try #require(processor.ended.first)
        #expect(processor.ended.count == 1)
        #expect(data.name == "print page" && data.attributes.isEmpty && data.events.isEmpty && data.status == .unset)
    }

    @Test("B05 a span that isn't sampled records nothing, and its context propagates the decision to children")
    func unsampled() throws {
        let tracer = tracer(sampler: ParentBasedSampler(root: AlwaysOffSampler()))
        let span = tracer.startSpan("print", context: .topLevel)
        #expect(!span.isRecording)
        let context = try #require(span.context.traceContext)
        #expect(context.spanID.isValid && !context.isSampled)
        let child = tracer.startSpan("page", context: span.context)
        #expect(child.context.traceContext?.traceID == context.traceID)
        #expect(child.context.traceContext?.isSampled == false)
        child.end()
        span.end()
        #expect(processor.ended.isEmpty && processor.started.isEmpty)
    }

    @Test("where tracing is suppressed spans record nothing and leave the context as it is")
    func suppressed() {
        let tracer = tracer()
        let outer = tracer.startSpan("outer", context: .topLevel)
        var context = outer.context
        context.isTracingSuppressed = true
        ServiceContext.withValue(context) {
            tracer.withSpan("hidden") { hidden in
                #expect(!hidden.isRecording)
                #expect(hidden.context.traceContext == outer.context.traceContext)
                tracer.withSpan("below") { #expect(!$0.isRecording) }
            }
        }
        context.isTracingSuppressed = false
        tracer.startSpan("seen", context: context).end()
        #expect(processor.ended.map(\.name) == ["seen"])
    }

    @Test("B04 after a shutdown of the tracer spans record nothing")
    func afterShutdown() async {
        let tracer = tracer()
        let before = tracer.startSpan("before", context: .topLevel)
        _ = await tracer.shutdown(timeout: .seconds(1))
        let after = tracer.startSpan("after", context: .topLevel)
        #expect(!after.isRecording && after.context.traceContext == nil)
        after.end()
        before.end()
        #expect(processor.ended.map(\.name) == ["before"])
    }

    @Test("where telemetry is off, spans take all calls, keep nothing, and the context above is kept")
    func off() {
        let tracer = SpanTracer.off()
        let first = tracer.startSpan("first", context: .topLevel)
        let second = tracer.startSpan("second", context: .topLevel)
        #expect(!first.isRecording && first.context.isEmpty)
        first.operationName = "renamed"
        first.end()
        second.attributes["key"] = "value"
        #expect(second.operationName.isEmpty && second.attributes.isEmpty)
        var context = ServiceContext.topLevel
        context.traceContext = tracer.makeContext(parent: nil, name: "above", kind: .producer)
        #expect(tracer.startSpan("below", context: context).context.traceContext == context.traceContext)
        #expect(context.traceContext?.isSampled == false)
    }

    @Test("with the system's clock the instants of callers count")
    func callersInstants() throws {
        let tracer = SpanTracer(processor: processor)
        let start = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 10)
        let middle = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 20)
        let end = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 30)
        let span = tracer.startSpan("print", context: .topLevel, at: start)
        span.addEvent(SpanEvent(name: "page", at: middle))
        span.recordError(OutOfPaper(), attributes: [:], at: middle)
        span.end(at: end)
        let data = try #require(processor.ended.first)
        #expect(data.start == 10 && data.end == 30 && data.events.map(\.time) == [20, 20])
    }

    @Test("the system's clock is the one of swift-distributed-tracing")
    func systemClock() {
        let before = DefaultTracerClock.now.nanosecondsSinceEpoch
        let time = SystemSpanClock().nanoseconds
        let after = DefaultTracerClock.now.nanosecondsSinceEpoch
        // A second of room, for the clock may be set back while the test runs.
        #expect(time + 1_000_000_000 >= before && time <= after + 1_000_000_000)
    }

    @Test("one span is written by several tasks, and ended by two, once")
    func concurrent() async throws {
        let span = tracer().startSpan("print", context: .topLevel)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<4 {
                group.addTask { for _ in 0..<25 { span.addEvent(SpanEvent(name: "event \(index)")) } }
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { span.end() } }
        }
        #expect(processor.ended.count == 1)
        #expect(processor.ended.first?.events.count == 100)
    }
}
