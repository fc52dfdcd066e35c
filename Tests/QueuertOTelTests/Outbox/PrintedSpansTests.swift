import HTTPTestSupport
import Logging
import Queuert
import Testing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

/// With an outbox in the queue's database, spans are kept by transactions and come into no batch.
@Suite("Printing the spans that transactions keep", .timeLimit(.minutes(20))) struct PrintedSpansTests {
    private enum Letter: EntryJobType {
        static let name = "letter"
        typealias Input = Int
        typealias Output = Int
    }

    private static func outbox(in adapter: MemoryStateAdapter) -> TelemetryOutbox {
        TelemetryOutbox(
            in: adapter, configuration: .init(), logger: RecordingLog().logger(), pace: OutboxFixture.still,
            lease: .seconds(3600))
    }

    @Test("what is committed is printed as it is kept, and what is rolled back is not")
    func committed() async throws {
        let adapter = MemoryStateAdapter()
        let outbox = Self.outbox(in: adapter)
        let (printed, batched) = (CollectingSpanProcessor(), CollectingSpanProcessor())
        let instrumentation = QueueInstrumentation(
            tracer: SpanTracer(processor: batched), meters: nil, events: nil, eventLimits: LogRecordLimits(),
            outbox: TransactionOutbox(
                outbox, configuration: OTLPConfiguration(), resource: Resource(), onlooker: printed),
            configuration: .init(), logger: RecordingLog().logger())
        let client = Client(adapter: adapter, observability: instrumentation)
        _ = try await client.startJobChain(Letter.self, input: 1)
        await #expect(throws: CancellationError.self) {
            try await client.withTransaction { db in
                _ = try await client.startJobChain(Letter.self, input: 2, on: db)
                throw CancellationError()
            }
        }
        let kept = try await adapter.withReadConnection { db in
            try adapter.operations(on: db).oldestTelemetry("traces", limit: 10).map(\.message.bytes)
        }
        #expect(printed.ended.map(\.name) == ["start letter"])
        #expect(kept == [OTLPEncoder(resource: Resource()).encode(printed.ended)])
        #expect(batched.ended.map(\.status) == [.error(description: "the transaction was rolled back")])
        _ = await outbox.shutdown(timeout: .seconds(600))
    }

    @Test("what is to be left out is in no span that a transaction keeps")
    func redacted() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let adapter = MemoryStateAdapter()
        let variables = [
            "OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none",
        ]
        let telemetry = Telemetry(
            EnvironmentConfiguration(environment: variables),
            redact: { attributes in attributes.removeAll { $0.key == "queuert.job.type" } },
            outbox: Self.outbox(in: adapter), logger: RecordingLog().logger())
        let client = Client(adapter: adapter, observability: telemetry.queue)
        _ = try await client.startJobChain(Letter.self, input: 1)
        await telemetry.shutdown(timeout: .seconds(600))
        let texts = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(texts.count == 1 && texts.allSatisfy { $0.contains("queuert.job.id") })
        #expect(!texts.contains { $0.contains("queuert.job.type") })
    }

    @Test("telemetry that goes to OTLP and to the console prints them")
    func console() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let process = try await #require(
            processExitsWith: .success, observing: [\.standardOutputContent]
        ) { [url = server.url as String] in
            let adapter = MemoryStateAdapter()
            let variables = [
                "OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_TRACES_EXPORTER": "otlp,console",
                "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none",
            ]
            let telemetry = Telemetry(
                EnvironmentConfiguration(environment: variables), outbox: Self.outbox(in: adapter))
            let client = Client(adapter: adapter, observability: telemetry.queue)
            _ = try await client.startJobChain(Letter.self, input: 1)
            await telemetry.shutdown(timeout: .seconds(600))
        }
        let output = String(decoding: process.standardOutputContent, as: UTF8.self)
        #expect(output.contains("start letter"))
        #expect(try server.requests.flatMap { try SpanNames.read($0.body) } == ["start letter"])
    }
}
