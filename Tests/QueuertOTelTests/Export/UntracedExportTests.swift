import HTTPTestSupport
import Logging
import SQLiteTestSupport
import Synchronization
import Testing
import Tracing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

@Suite("Telemetry of what sends telemetry", .timeLimit(.minutes(20))) struct UntracedExportTests {
    /// Does something with each batch, as an exporter over somebody's client does, and takes it.
    private final class BusyExporter: SpanExporter, MetricExporter, LogRecordExporter {
        let work = Mutex<@Sendable () -> Void>({})

        private func take() -> ExportResult {
            let work = work.withLock { $0 }
            work()
            return .accepted(rejected: 0)
        }

        func export(_ batch: [SpanData], timeout: Duration) -> ExportResult { take() }
        func export(_ batch: [MetricData], timeout: Duration) -> ExportResult { take() }
        func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult { take() }
        func interrupt() {}
    }

    /// Makes a span and logs in it.
    private static func act(_ name: String, _ tracer: SpanTracer, _ logger: Logger? = nil) {
        tracer.withSpan(name) { _ in
            if let logger { logger.info("\(name)") }
        }
    }

    @Test("X22 an exporter that is traced, and that logs, feeds neither itself nor the others")
    func exporters() async {
        let exporter = BusyExporter()
        let configuration = BatchConfiguration(scheduleDelay: .seconds(3600))
        let spans = BatchSpanProcessor(
            exporter: exporter, configuration: configuration, logger: CollectedLogs().logger)
        let records = BatchLogRecordProcessor(
            exporter: exporter, configuration: configuration, logger: CollectedLogs().logger)
        let tracer = SpanTracer(processor: spans)
        let logger = Logger(label: "shop") { TelemetryLogHandler(label: $0, processor: records) }
        let isUncalled = SharedFlag()
        exporter.work.withLock { work in
            work = {
                _ = isUncalled.takeFirst()
                Self.act("send", tracer, logger)
            }
        }
        Self.act("work", tracer, logger)
        for _ in 1...2 {
            #expect(await spans.flush(timeout: .seconds(600)) == .success)
            #expect(await records.flush(timeout: .seconds(600)) == .success)
        }
        #expect(!isUncalled.takeFirst())
        #expect(spans.statistics.exported == 1 && records.statistics.exported == 1)
        exporter.work.withLock { $0 = {} }
        _ = await spans.shutdown(timeout: .seconds(600))
        _ = await records.shutdown(timeout: .seconds(600))
    }

    @Test("X22 what is looked up for a collection makes no spans, and neither does what sends it")
    func observers() async {
        let spans = CollectingSpanProcessor()
        let tracer = SpanTracer(processor: spans)
        let exporter = BusyExporter()
        exporter.work.withLock { $0 = { Self.act("send", tracer) } }
        let meters = MeterProvider()
        meters.observe("jobs", as: .gauge) {
            Self.act("ask", tracer)
            return [MetricObservation(1)]
        }
        let reader = PeriodicMetricReader(
            meters: meters, exporter: exporter, configuration: .init(interval: .seconds(3600), timeout: .seconds(3600)))
        #expect(await reader.flush(timeout: .seconds(600)) == .success)
        #expect(reader.statistics.exported == 1)
        #expect(spans.ended.isEmpty)
        _ = await reader.shutdown(timeout: .seconds(600))
    }

    @Test("X22 nothing is traced where an outbox sends what it keeps")
    func outbox() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let isSuppressed = Mutex<[Bool]>([])
        let configuration = OTLPConfiguration(
            endpoint: try OTLPEndpoint(base: server.url),
            headerProvider: OTLPConfiguration.HeaderProvider {
                isSuppressed.withLock { $0.append(ServiceContext.current?.isTracingSuppressed ?? false) }
                return [:]
            })
        try await withTemporaryFolder { folder in
            let outbox = try TelemetryOutbox(path: "\(folder)/outbox.sqlite", logger: CollectedLogs().logger)
            let exporter = OTLPSpanExporter(
                configuration: configuration, resource: Resource(), outbox: outbox, logger: CollectedLogs().logger)
            let result = await onOwnThread { exporter.export([.small()], timeout: .seconds(600)) }
            #expect(result == .accepted(rejected: 0))
            #expect(await outbox.flush(timeout: .seconds(600)) == .success)
            #expect(await outbox.shutdown(timeout: .seconds(600)) == .success)
        }
        #expect(server.requests.count == 1)
        let found = isSuppressed.withLock { $0 }
        #expect(found == [true])
    }
}
