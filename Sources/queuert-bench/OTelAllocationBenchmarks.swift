import Foundation
import QueuertOTel
import Tracing

/// How often memory is asked for: no matter of time, and the same in each run.
let otelAllocationBenchmarks = [
    allocations("otel.span.allocations", "for a span with ten attributes") {
        let tracer = SpanTracer(processor: Discarding())
        return { tracer.tellOfWork() }
    },
    allocations("otel.disabled.allocations", "for a span where telemetry is off") {
        let tracer = Telemetry(EnvironmentConfiguration(environment: ["OTEL_SDK_DISABLED": "true"])).tracer
        return { tracer.startSpan("work", context: .topLevel).end() }
    },
    allocations("otel.job.allocations", "for the four spans of a detached job") {
        let told = try await JobRecorder.recordJob()
        let instrumentation = QueueInstrumentation(tracer: SpanTracer(processor: Discarding()))
        return { await told.tell(instrumentation) }
    },
]

private func allocations(
    _ name: String, _ thing: String, _ prepare: @escaping @Sendable () async throws -> () async -> Void
) -> Benchmark {
    let library = ProcessInfo.processInfo.environment["QUEUERT_BENCH_ALLOCATIONS"]
    return Benchmark(name, isAlone: true, environment: library.map { ["LD_PRELOAD": $0] } ?? [:]) {
        guard let count = AllocationCounter() else { throw Unavailable(reason: "allocations are counted by .ci/bench") }
        let body = try await prepare()
        // What is made once, and kept.
        await body()
        let (times, before) = (100_000, count())
        for _ in 0..<times { await body() }
        return Measurement(value: Double(count() - before) / Double(times), unit: "allocations \(thing)")
    }
}

/// Tells how often the process has asked for memory, if `.ci/allocation-count.c` is loaded.
private struct AllocationCounter {
    private let count: @convention(c) () -> UInt

    init?() {
        guard let symbol = dlsym(nil, "queuert_allocation_count") else { return nil }
        // The function of that name is declared so.
        count = unsafeBitCast(symbol, to: (@convention(c) () -> UInt).self)
    }

    func callAsFunction() -> UInt { count() }
}
