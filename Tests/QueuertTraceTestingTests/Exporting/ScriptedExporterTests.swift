import Logging
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("An exporter that fails by a script", .timeLimit(.minutes(20)))
struct ScriptedExporterTests {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func processor(_ exporter: ScriptedExporter, batch: Int = 1, queue: Int = 100) -> BatchSpanProcessor {
        BatchSpanProcessor(
            exporter: exporter,
            configuration: .init(
                maximumQueueSize: queue, maximumBatchSize: batch, scheduleDelay: .seconds(3600),
                exportTimeout: .seconds(3600)),
            logger: logger)
    }

    @Test("A10 each export takes the next step, and the processor's own metrics tell what became of it")
    func script() async throws {
        let exporter = ScriptedExporter(
            .accept, .reject(1), .refuse("quota"), .unavailable("no route"), .lose)
        let processor = Self.processor(exporter)
        let meters = MeterProvider()
        meters.observe(processor)
        for number in 1...6 as ClosedRange<UInt64> { processor.spanEnded(recorded(number, "work")) }
        _ = await processor.shutdown(timeout: .seconds(60))
        #expect(exporter.exportCount == 6)
        // What was rejected is the exporter's to tell; what was lost looks like a success.
        #expect(exporter.spans.map(\.context) == [1, 2, 6].map { context($0) })
        try await MetricSnapshot(of: meters).expect {
            metric("otel.sdk.exporter.span.exported", .counter, unit: "{span}") {
                point(["error.type": .absent]).value(3)
                point(["error.type": "rejected"]).value(1)
                point(["error.type": "_OTHER"]).value(2)
            }
            metric("otel.sdk.processor.span.queue.size") { point().value(0) }
        }
    }

    @Test("A10 an export that is held blocks what comes after it, until it is released")
    func hold() async throws {
        let exporter = ScriptedExporter(.hold)
        let processor = Self.processor(exporter, queue: 2)
        let meters = MeterProvider()
        meters.observe(processor)
        processor.spanEnded(recorded(1, "work"))
        try await exporter.begun(1)
        for number in 2...5 as ClosedRange<UInt64> { processor.spanEnded(recorded(number, "work")) }
        try await MetricSnapshot(of: meters).expect {
            metric("otel.sdk.exporter.span.inflight") { point().value(1) }
            metric("otel.sdk.processor.span.processed") {
                point(["error.type": .absent])
                point(["error.type": "queue_full"]).value(.atLeast(2))
            }
        }
        exporter.release()
        #expect(await processor.shutdown(timeout: .seconds(60)) == .success)
        #expect(exporter.spans.first?.context == context(1) && exporter.spans.count >= 2)
    }

    @Test("A10 an export that is held ends when it is interrupted, or its time is up")
    func interrupted() async throws {
        let exporter = ScriptedExporter(.hold)
        let processor = Self.processor(exporter)
        processor.spanEnded(recorded(1, "work"))
        try await exporter.begun(1)
        #expect(await processor.shutdown(timeout: .zero) != .success)
        #expect(processor.statistics.exported == 0)
        #expect(
            ScriptedExporter(.hold).export([recorded(1, "work")], timeout: .zero)
                == .unavailable(reason: "the receiver didn't answer in time"))
    }

    @Test("A10 metrics and log records are exported by the script, too")
    func otherSignals() async {
        let exporter = ScriptedExporter(.refuse("quota"))
        let meters = MeterProvider()
        meters.counter("shop.mails").add(1)
        let metrics = await meters.collect()
        let record = LogRecorderTests.record("one")
        #expect(exporter.export(metrics, timeout: .zero) == .refused(reason: "quota") && exporter.metrics.isEmpty)
        #expect(exporter.export(metrics, timeout: .zero) == .accepted(rejected: 0) && exporter.metrics == metrics)
        #expect(exporter.export([record], timeout: .zero) == .accepted(rejected: 0) && exporter.records == [record])
        let processor = BatchLogRecordProcessor(exporter: ScriptedExporter(.lose), logger: Self.logger)
        meters.observe(processor)
        processor.logged(record)
        #expect(await processor.shutdown(timeout: .seconds(60)) == .success)
    }

    @Test("A10 who waits for exports can be cancelled")
    func cancelled() async {
        let exporter = ScriptedExporter()
        let waiting = Task { try await exporter.begun(1) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
