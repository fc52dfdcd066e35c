import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Recording what code under test traces", .removedFailures)
struct TraceRecordingTests {
    @Test("A12 spans of the closure and its tasks are recorded, each closure's its own", arguments: 0..<8)
    func records(_ number: Int) async throws {
        try await withTraceRecording { recorder in
            await withSpan("start order \(number)", ofKind: .producer) { start in
                async let below: Void = withSpan("process order", ofKind: .consumer) { span in
                    span.attributes["attempt"] = number
                    span.addLink(SpanLink(context: start.context, attributes: ["queuert.link.type": "creation"]))
                    span.addEvent("claimed")
                }
                await below
            }
            try await recorder.expect {
                trace {
                    span("start order \(number)", .producer) {
                        span("process order", .consumer).attribute("attempt", .equal(to: .int(Int64(number))))
                            .linked(to: "start", type: "creation").noOtherLinks().event("claimed").status(.unset)
                    }
                    .named("start")
                }
                noOpenSpans()
            }
        }
    }

    @Test("a span is open until it ends, and an error sets its status")
    func openAndFailed() async throws {
        struct Boom: Error {}
        try await withTraceRecording { recorder in
            #expect(throws: Boom.self) {
                try withSpan("work") { _ in
                    #expect(recorder.openSpans.map(\.name) == ["work"])
                    #expect(recorder.spans.isEmpty)
                    throw Boom()
                }
            }
            #expect(recorder.openSpans.isEmpty)
            try await recorder.expect { trace { span("work").status(.error) } }
        }
    }

    @Test("A11 the same seed gives the same identifiers, another seed others")
    func seeds() async throws {
        func identifiers(_ seed: UInt64) async -> [TraceContext] {
            await withTraceRecording(ids: SeededIDGenerator(seed: seed)) { recorder in
                withSpan("a") { _ in withSpan("b") { _ in } }
                return recorder.spans.map(\.context)
            }
        }
        let first = await identifiers(5)
        #expect(first.count == 2)
        let (again, other) = await (identifiers(5), identifiers(6))
        #expect(again == first)
        #expect(other != first)
    }

    @Test("the tracer of a recorder can be handed over as well")
    func explicitTracer() async throws {
        let recorder = TraceRecorder()
        let tracer = recorder.tracer
        let context = tracer.makeContext(parent: nil, name: "process order", kind: .consumer)
        #expect(recorder.openSpans == [OpenSpan(context: context, name: "process order")])
        tracer.emit(
            SpanData(
                context: context, parent: nil, name: "process order", kind: .consumer, start: 1, end: 2,
                scope: InstrumentationScope(name: "test")))
        try await recorder.expect {
            trace { span("process order", .consumer) }
            noOpenSpans()
        }
        let results = await [recorder.flush(timeout: .seconds(1)), recorder.shutdown(timeout: .seconds(1))]
        #expect(results == [.success, .success])
    }

    @Test("what the closure throws and returns comes through")
    func passesThrough() async throws {
        struct Boom: Error {}
        let number = await withTraceRecording { _ in 7 }
        #expect(number == 7)
        await #expect(throws: Boom.self) { try await withTraceRecording { _ throws in throw Boom() } }
    }
}
