import InMemoryTracing
import QueuertOTel
import Tracing

let otelBenchmarks = [
    Benchmark("otel.span") {
        let tracer = SpanTracer(processor: Discarding())
        let count = 200_000
        let value = await rate(of: count) { for _ in 0..<count { tracer.tellOfWork() } }
        return Measurement(value: 1_000_000_000 / value.perSecond, unit: "ns, ten attributes")
    },
    Benchmark("otel.span.api") {
        func nanoseconds<T: Tracer>(_ tracer: T, _ forget: () -> Void) async -> Double {
            let count = 100_000
            let value = await rate(of: count) {
                for _ in 0..<count {
                    let span = tracer.startSpan("work", context: .topLevel)
                    span.updateAttributes { attributes in
                        for key in keys { attributes[key] = "twenty bytes of text" }
                    }
                    span.end()
                }
                forget()
            }
            return 1_000_000_000 / value.perSecond
        }
        let inMemory = InMemoryTracer()
        let theirs = await nanoseconds(inMemory) { inMemory.clearAll() }
        let ours = await nanoseconds(SpanTracer(processor: Discarding())) {}
        return Measurement(value: ours, unit: "ns, ten attributes, by swift-distributed-tracing", floor: theirs)
    },
    Benchmark("otel.metrics") {
        let clock = SystemSpanClock()
        let count = 200_000
        let attributes: AttributeSet = ["messaging.system": "queuert", "messaging.destination.name": "nothing"]
        let durations = MeterProvider(clock: clock).histogram(
            "work", buckets: .explicit(ExplicitHistogram.secondsBounds))
        let value = await rate(of: count) {
            for _ in 0..<count { durations.record(0.01, attributes) }
        }
        return Measurement(value: 1_000_000_000 / value.perSecond, unit: "ns, a measurement with two attributes")
    },
]

extension SpanTracer {
    /// Makes a span with ten attributes, and ends it.
    func tellOfWork() {
        let context = makeContext(parent: nil, name: "work", kind: .internal)
        let start = clock.nanoseconds
        emit(
            SpanData(
                context: context, parent: nil, name: "work", kind: .internal, start: start, end: clock.nanoseconds,
                attributes: (0..<10).map { Attribute(keys[$0], .string("twenty bytes of text")) }, scope: scope))
    }
}

private let scope = InstrumentationScope(name: "bench")
private let keys = (0..<10).map { "an.attribute.name.\($0)" }

/// Takes spans and forgets them.
struct Discarding: SpanProcessor {
    func spanEnded(_ span: SpanData) {}
    func flush(timeout: Duration) async -> FlushResult { .success }
    func shutdown(timeout: Duration) async -> FlushResult { .success }
}
