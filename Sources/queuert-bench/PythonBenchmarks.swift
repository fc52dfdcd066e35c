import Foundation

/// The same work in Python's SDK of OpenTelemetry, for comparison in the same run.
let pythonBenchmarks = [
    Benchmark("otel.encode.python") {
        try await PythonProgram.measure("encode", unit: "ns per span, ten attributes, 512 in a batch, in Python's SDK")
    },
    Benchmark("otel.pipeline.python") {
        try await PythonProgram.measure("pipeline", unit: "spans/s and core, recorded, gzip, received, in Python's SDK")
    },
]

/// A program for an interpreter that has the SDK's packages.
///
/// `.ci/interop` makes one; `QUEUERT_BENCH_PYTHON` names another.
private enum PythonProgram {
    static func measure(_ what: String, unit: String) async throws -> Measurement {
        let path =
            ProcessInfo.processInfo.environment["QUEUERT_BENCH_PYTHON"] ?? ".build-interop/venv/bin/python"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Unavailable(reason: "There is no Python at \(path): .ci/interop makes one.")
        }
        let sink = try HTTPSink()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-c", script, what, "http://127.0.0.1:\(sink.port)/v1/traces"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0,
            let value = Double(String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw Unavailable(reason: "The Python at \(path) could not measure: it needs the SDK's packages.") }
        return Measurement(value: value, unit: unit)
    }

    private static let script = """
        import sys, time
        from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
        from opentelemetry.exporter.otlp.proto.http import Compression
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        attributes = {f"an.attribute.name.{n}": "twenty bytes of text" for n in range(10)}

        def record(provider, count):
            tracer = provider.get_tracer("bench")
            for _ in range(count):
                tracer.start_span("work", attributes=attributes).end()

        def encode():
            memory = InMemorySpanExporter()
            provider = TracerProvider()
            provider.add_span_processor(SimpleSpanProcessor(memory))
            record(provider, 512)
            spans = memory.get_finished_spans()
            best = None
            for _ in range(10):
                start = time.perf_counter_ns()
                encode_spans(spans).SerializeToString()
                took = (time.perf_counter_ns() - start) / len(spans)
                best = took if best is None else min(best, took)
            return best

        def pipeline(url):
            count = 10240
            exporter = OTLPSpanExporter(endpoint=url, compression=Compression.Gzip)
            provider = TracerProvider()
            provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=count, max_export_batch_size=512))
            best = 0
            for _ in range(3):
                start = time.process_time()
                record(provider, count)
                provider.force_flush(60000)
                best = max(best, count / (time.process_time() - start))
            provider.shutdown()
            return best

        print(encode() if sys.argv[1] == "encode" else pipeline(sys.argv[2]))
        """
}
