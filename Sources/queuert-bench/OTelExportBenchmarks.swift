import Foundation
import Logging
import OTLPReference
import QueuertOTel
import Tracing

let otelExportBenchmarks = [
    Benchmark("otel.disabled") {
        let telemetry = Telemetry(EnvironmentConfiguration(environment: ["OTEL_SDK_DISABLED": "true"]))
        let tracer = telemetry.tracer
        let count = 2_000_000
        let value = await rate(of: count) {
            for _ in 0..<count {
                tracer.startSpan("work", context: .topLevel).end()
            }
        }
        return Measurement(value: 1_000_000_000 / value.perSecond, unit: "ns, started and ended")
    },
    Benchmark("otel.encode") {
        let spans = batch()
        let resource = Resource.detected()
        let encoder = OTLPEncoder(resource: resource)
        let rounds = 100
        func nanoseconds(_ encode: () -> [UInt8]) async -> Double {
            let value = await rate(of: rounds * spans.count) {
                for _ in 0..<rounds { keep(encode()) }
            }
            return 1_000_000_000 / value.perSecond
        }
        let reference = await nanoseconds { OTLPReference.encode(spans, resource: resource) }
        let ours = await nanoseconds { encoder.encode(spans) }
        return Measurement(value: ours, unit: "ns per span, ten attributes, 512 in a batch", floor: reference)
    },
    Benchmark("otel.pipeline") {
        let sink = try HTTPSink()
        let endpoint = try OTLPEndpoint(base: "http://127.0.0.1:\(sink.port)")
        let count = 40_960
        let processor = BatchSpanProcessor(
            exporter: OTLPSpanExporter(
                configuration: OTLPConfiguration(endpoint: endpoint, compression: .gzip), resource: .detected(),
                logger: Logger(label: "bench")),
            configuration: .init(maximumQueueSize: count))
        let tracer = SpanTracer(processor: processor)
        let value = await rate(of: count) {
            for _ in 0..<count { tracer.emit(span(tracer)) }
            _ = await tracer.flush(timeout: .seconds(60))
        }
        let statistics = processor.statistics
        _ = await tracer.shutdown(timeout: .seconds(60))
        guard statistics.exported == 3 * count else { throw LostSpans(statistics: statistics) }
        return Measurement(
            value: 1_000_000 / value.cpu, unit: "spans/s and core, recorded, gzip 1, received", floor: nil,
            cpu: value.cpu)
    },
]

/// Spans that a benchmark counted on didn't arrive.
private struct LostSpans: Error { let statistics: BatchSpanProcessor.Statistics }

private func batch() -> [SpanData] {
    let tracer = SpanTracer(processor: MultiSpanProcessor([]))
    return (0..<512).map { _ in span(tracer) }
}

private let keys = (0..<10).map { "an.attribute.name.\($0)" }
private let scope = InstrumentationScope(name: "bench")

/// A span with ten attributes of about 20 bytes and 20 bytes, as in the specification's own benchmark.
private func span(_ tracer: SpanTracer) -> SpanData {
    let context = tracer.makeContext(parent: nil, name: "work", kind: .internal)
    let start = tracer.clock.nanoseconds
    return SpanData(
        context: context, parent: nil, name: "work", kind: .internal, start: start, end: tracer.clock.nanoseconds,
        attributes: keys.map { Attribute($0, .string("twenty bytes of text")) }, scope: scope)
}

/// Keeps the optimiser from leaving out what made the value.
@inline(never) private func keep<Value>(_ value: Value) {}
