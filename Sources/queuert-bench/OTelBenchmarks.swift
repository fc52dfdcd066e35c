import Queuert
import QueuertOTel
import QueuertSQLite

let otelBenchmarks = [
    Benchmark("otel.span") {
        let tracer = SpanTracer(processor: Discarding())
        let scope = InstrumentationScope(name: "bench")
        let count = 200_000
        let value = await rate(of: count) {
            for _ in 0..<count {
                let context = tracer.makeContext(parent: nil, name: "work", kind: .internal)
                let start = tracer.clock.nanoseconds
                tracer.emit(
                    SpanData(
                        context: context, parent: nil, name: "work", kind: .internal, start: start,
                        end: tracer.clock.nanoseconds,
                        attributes: (0..<10).map { Attribute(keys[$0], .string("twenty bytes of text")) }, scope: scope)
                )
            }
        }
        return Measurement(value: 1_000_000_000 / value.perSecond, unit: "ns, ten attributes")
    },
    Benchmark("otel.overhead.sqlite") {
        let count = 20_000
        func jobsPerSecond(_ observability: (any ObservabilityAdapter)?) async throws -> Rate {
            try await withDatabase(.full, observability: observability) { client, _ in
                try await startMany(count, client)
                return try await processingRate(of: count, concurrency: 200, client: client) { handled in
                    .detached(Nothing.self) { _ in
                        handled()
                        return .finish(1)
                    }
                }
            }
        }
        let without = try await jobsPerSecond(nil)
        let with = try await jobsPerSecond(QueueInstrumentation(tracer: SpanTracer(processor: Discarding())))
        return Measurement(with, unit: "jobs/s with tracing", floor: without.perSecond)
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
    Benchmark("otel.overhead.metrics.sqlite") {
        let count = 20_000
        func jobsPerSecond(_ observability: any ObservabilityAdapter) async throws -> Rate {
            try await withDatabase(.full, observability: observability) { client, _ in
                try await startMany(count, client)
                return try await processingRate(of: count, concurrency: 200, client: client) { handled in
                    .detached(Nothing.self) { _ in
                        handled()
                        return .finish(1)
                    }
                }
            }
        }
        let tracer = SpanTracer(processor: Discarding())
        let without = try await jobsPerSecond(QueueInstrumentation(tracer: tracer))
        let with = try await jobsPerSecond(QueueInstrumentation(tracer: tracer, meters: MeterProvider()))
        return Measurement(with, unit: "jobs/s with tracing and metrics", floor: without.perSecond)
    },
]

private let keys = (0..<10).map { "an.attribute.name.\($0)" }

/// Takes spans and forgets them.
private struct Discarding: SpanProcessor {
    func spanEnded(_ span: SpanData) {}
    func flush(timeout: Duration) async -> FlushResult { .success }
    func shutdown(timeout: Duration) async -> FlushResult { .success }
}
