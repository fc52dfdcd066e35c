import QueuertOTel
import Synchronization
import Testing

@Suite("Span tracer") struct SpanTracerTests {
    private let processor = CollectingSpanProcessor()

    private func tracer(sampler: any Sampler = ParentBasedSampler(root: AlwaysOnSampler())) -> SpanTracer {
        SpanTracer(processor: processor, sampler: sampler, ids: SeededIDGenerator(seed: 1))
    }

    private func parent(_ flags: TraceFlags, state: String = "") -> TraceContext {
        TraceContext(
            traceID: TraceID(high: 3, low: 4), spanID: SpanID(value: 5), flags: flags, state: state, isRemote: true)
    }

    @Test("B07 a root gets a new trace with the flags sampled and random, and is announced")
    func root() {
        let tracer = tracer()
        let first = tracer.makeContext(parent: nil, name: "start", kind: .producer)
        let second = tracer.makeContext(parent: nil, name: "start", kind: .producer)
        #expect(first.flags == [.sampled, .random])
        #expect(first.traceID.isValid && first.spanID.isValid && !first.isRemote)
        #expect(first.traceID != second.traceID)
        #expect(processor.started == [first, second])
    }

    @Test("B07 a child keeps the trace, the random flag and the tracestate of its parent", arguments: [false, true])
    func child(isRandom: Bool) {
        let parent = parent(isRandom ? [.sampled, .random] : .sampled, state: "rojo=1")
        let child = tracer().makeContext(parent: parent, name: "process", kind: .consumer)
        #expect(child.traceID == parent.traceID)
        #expect(child.spanID != parent.spanID)
        #expect(child.flags == parent.flags)
        #expect(child.state == "rojo=1")
        #expect(!child.isRemote)
    }

    @Test("B07 a generator that isn't random makes no trace that says so")
    func notRandom() {
        struct Constant: IDGenerator {
            func makeTraceID() -> TraceID { TraceID(high: 0, low: 1) }
            func makeSpanID() -> SpanID { SpanID(value: 1) }
        }
        let tracer = SpanTracer(processor: processor, ids: Constant())
        #expect(tracer.makeContext(parent: nil, name: "start", kind: .producer).flags == .sampled)
    }

    @Test("B05 a span that isn't sampled has a valid context that carries the decision, and isn't announced")
    func unsampled() throws {
        let tracer = tracer(sampler: ParentBasedSampler(root: AlwaysOffSampler()))
        let root = tracer.makeContext(parent: nil, name: "start", kind: .producer)
        let child = tracer.makeContext(parent: root, name: "process", kind: .consumer)
        #expect(root.flags == .random && child.flags == .random)
        #expect(child.traceID == root.traceID && child.spanID != root.spanID && child.spanID.isValid)
        #expect(TraceContext(traceparent: child.traceparent)?.flags == .random)
        #expect(processor.started.isEmpty)
    }

    @Test("B03 only sampled spans reach the processor")
    func emitsSampled() {
        var unsampled = SpanData.sample("unsampled")
        unsampled.context.flags = .random
        let tracer = tracer()
        tracer.emit(unsampled)
        tracer.emit(.sample("sampled"))
        #expect(processor.ended == [.sample("sampled")])
    }

    @Test("a decision that was made before is not asked for again")
    func decided() {
        let tracer = tracer(sampler: AlwaysOffSampler())
        #expect(tracer.makeContext(parent: nil, name: "start", kind: .producer, isSampled: true).isSampled)
        #expect(
            !self.tracer().makeContext(parent: parent(.sampled), name: "start", kind: .producer, isSampled: false)
                .isSampled)
    }

    @Test("T05 a parent that isn't valid is no parent")
    func invalidParent() {
        var noSpan = parent(.sampled, state: "a=1")
        noSpan.spanID = SpanID(value: 0)
        let context = tracer().makeContext(parent: noSpan, name: "process", kind: .consumer)
        #expect(context.traceID.isValid && context.traceID != noSpan.traceID)
        #expect(context.state == "")
    }

    @Test("the sampler sees all that is known at the start")
    func samplerSees() {
        final class Asking: Sampler {
            let asked = Mutex<[String]>([])
            var description: String { "Asking" }
            func shouldSample(
                parent: TraceContext?, traceID: TraceID, name: String, kind: SpanData.Kind, attributes: [Attribute],
                links: [SpanData.Link]
            ) -> Bool {
                let parent = parent.map { "\($0.spanID)" } ?? ""
                let links = links.map { "\($0.context.spanID)" }
                asked.withLock {
                    $0 = [parent, "\(traceID)", name, "\(kind)", attributes[0].key] + links
                }
                return true
            }
        }
        let sampler = Asking()
        let parent = parent(.sampled)
        _ = tracer(sampler: sampler).makeContext(
            parent: parent, name: "process", kind: .consumer, attributes: [Attribute("key", 1)],
            links: [SpanData.Link(parent)])
        #expect(
            sampler.asked.withLock { $0 } == [
                "\(parent.spanID)", "\(parent.traceID)", "process", "consumer", "key", "\(parent.spanID)",
            ])
    }

    @Test("a span never ends before it starts, though the clock may be set back")
    func clockSetBack() {
        var span = SpanData.sample("span")
        span.end = span.start - 5
        tracer().emit(span)
        #expect(processor.ended.map(\.end) == [span.start])
    }

    @Test("B04 flush and shutdown say what the processor says", arguments: [FlushResult.success, .failure, .timeout])
    func passesResultsOn(result: FlushResult) async {
        let processor = CollectingSpanProcessor(result: result)
        let tracer = SpanTracer(processor: processor)
        #expect(await tracer.flush(timeout: .seconds(1)) == result)
        #expect(await tracer.shutdown(timeout: .seconds(1)) == result)
        #expect(processor.flushes == 1 && processor.shutdowns == 1)
    }
}
