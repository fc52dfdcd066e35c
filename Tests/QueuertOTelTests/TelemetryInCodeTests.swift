import Foundation
import HTTPTestSupport
import Logging
import Queuert
import SQLiteTestSupport
import Testing
import Tracing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

@Suite("Telemetry set up in code", .timeLimit(.minutes(20))) struct TelemetryInCodeTests {
    private let log = RecordingLog()

    /// Says that no signal is sent anywhere.
    private static let nowhere = EnvironmentConfiguration(environment: [
        "OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none",
    ])

    /// Says that spans are sent to a server, and no batch before it is asked for.
    private static func sending(to server: ScriptedServer) throws -> EnvironmentConfiguration {
        var environment = nowhere
        environment.tracesExporter = .otlp
        environment.exporter.endpoint = try OTLPEndpoint(base: server.url)
        environment.exporter.timeout = .seconds(3600)
        environment.batchProcessor.scheduleDelay = .seconds(3600)
        return environment
    }

    private func outbox(in adapter: MemoryStateAdapter) -> TelemetryOutbox {
        TelemetryOutbox(
            in: adapter, configuration: .init(), logger: log.logger(), pace: OutboxFixture.still,
            lease: .seconds(3600))
    }

    private func kept(in adapter: MemoryStateAdapter) async throws -> [[UInt8]] {
        try await adapter.withReadConnection { db in
            try adapter.operations(on: db).oldestTelemetry("traces", limit: 1_000).map(\.message.bytes)
        }
    }

    /// Starts chains in a transaction that is undone.
    private static func undo(_ count: Int, with client: Client<MemoryStateAdapter>) async {
        await #expect(throws: CancellationError.self) {
            try await client.withTransaction { db in
                for number in 0..<count { _ = try await client.startJobChain(Single.self, input: number, on: db) }
                throw CancellationError()
            }
        }
    }

    @Test("signals go to files that code names, though the environment sends them nowhere")
    func files() async throws {
        try await withTemporaryFolder { folder in
            let resource = Resource(attributes: [Attribute("service.name", "shop")])
            func file(_ name: String) throws -> OTLPFileExporter {
                try OTLPFileExporter(path: "\(folder)/\(name).jsonl", resource: resource)
            }
            let telemetry = Telemetry(
                Self.nowhere,
                exporters: .init(spans: try file("traces"), metrics: try file("metrics"), logs: try file("logs")),
                logger: log.logger())
            let client = Client(adapter: MemoryStateAdapter(), observability: telemetry.queue)
            _ = try await client.startJobChain(Single.self, input: 7)
            telemetry.meters.counter("mails").add(3)
            Logger(label: "shop") { telemetry.logHandler(label: $0) }.warning("sold out")
            #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
            for (name, text) in [("traces", "start single"), ("metrics", "mails"), ("logs", "sold out")] {
                let written = try String(contentsOfFile: "\(folder)/\(name).jsonl", encoding: .utf8)
                #expect(written.contains(text) && written.contains("\"shop\""), "\(name)")
            }
            #expect(telemetry.statistics?.exported == 1)
        }
    }

    @Test("no exporter of code's is used when telemetry is off")
    func off() async throws {
        try await withTemporaryFolder { folder in
            var environment = Self.nowhere
            environment.isDisabled = true
            let file = try OTLPFileExporter(path: "\(folder)/all.jsonl", resource: Resource())
            let collected = CollectingSpanProcessor()
            let telemetry = Telemetry(
                environment, exporters: .init(spans: file, metrics: file, logs: file), spanProcessors: [collected])
            telemetry.meters.counter("mails").add(1)
            telemetry.tracer.startSpan("sell").end()
            #expect(await telemetry.shutdown() == .success)
            #expect(try String(contentsOfFile: "\(folder)/all.jsonl", encoding: .utf8).isEmpty)
            #expect(collected.ended.isEmpty)
        }
    }

    @Test("what code changes of the environment's settings holds", arguments: [true, false])
    func changes(isLimited: Bool) async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        var environment = try Self.sending(to: server)
        if isLimited { environment.exporter.maximumRequestBytes = 1 }
        let telemetry = Telemetry(environment, logger: log.logger())
        telemetry.tracer.startSpan("sell").end()
        _ = await telemetry.shutdown(timeout: .seconds(600))
        #expect(server.requests.count == (isLimited ? 0 : 1))
        #expect(telemetry.statistics?.exported == (isLimited ? 0 : 1))
    }

    @Test("B01 a setting of code's that can't be used is logged, the nearest holds, and the service goes on")
    func wrongSettings() async throws {
        try await withTemporaryFolder { folder in
            var environment = Self.nowhere
            environment.batchProcessor.maximumQueueSize = 0
            environment.batchProcessor.maximumBatchSize = -1
            environment.logs.batchProcessor.scheduleDelay = .zero
            environment.sampler = .traceIDRatio(1.5)
            environment.metrics.reader.interval = .zero
            let file = try OTLPFileExporter(path: "\(folder)/all.jsonl", resource: Resource())
            let telemetry = Telemetry(environment, exporters: .init(spans: file, logs: file), logger: log.logger())
            #expect(log.entries.map(\.message) == environment.warnings.map(\.description))
            #expect(
                environment.warnings.map(\.variable) == [
                    "batchProcessor.maximumQueueSize", "batchProcessor.maximumBatchSize", "sampler",
                    "logs.batchProcessor.scheduleDelay", "metrics.reader.interval",
                ])
            #expect(environment.warnings.allSatisfy { $0.sentence.hasSuffix(".") && $0.hint.hasSuffix(".") })
            telemetry.tracer.startSpan("sell").end()
            #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
            #expect(telemetry.statistics?.exported == 1)
        }
    }

    @Test("a sampler of code's decides what transactions keep, and its share goes along")
    func sampler() async throws {
        let server = try ScriptedServer(isDown: true)
        defer { server.stop() }
        let adapter = MemoryStateAdapter()
        let telemetry = Telemetry(
            try Self.sending(to: server), sampler: ParentBasedSampler(root: ProbabilitySampler(0.5)),
            outbox: outbox(in: adapter), logger: log.logger())
        let client = Client(adapter: adapter, observability: telemetry.queue)
        for number in 0..<64 { _ = try await client.startJobChain(Single.self, input: number) }
        let kept = try await kept(in: adapter)
        // By chance: all or none of them are as likely as 64 heads in a row.
        #expect((1..<64).contains(kept.count))
        #expect(kept.allSatisfy { String(decoding: $0, as: UTF8.self).contains("ot=th:8") })
        await Self.undo(64, with: client)
        #expect(try await self.kept(in: adapter) == kept)
        try server.comeUp()
        #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
    }

    @Test("further processors get each span, of transactions what is committed, and are shut down")
    func processors() async throws {
        let server = try ScriptedServer(isDown: true)
        defer { server.stop() }
        let (adapter, collected) = (MemoryStateAdapter(), CollectingSpanProcessor())
        let telemetry = Telemetry(
            try Self.sending(to: server), spanProcessors: [collected], outbox: outbox(in: adapter),
            logger: log.logger())
        let client = Client(adapter: adapter, observability: telemetry.queue)
        _ = try await client.startJobChain(Single.self, input: 7)
        await Self.undo(1, with: client)
        telemetry.tracer.startSpan("sell").end()
        #expect(collected.ended.map(\.name) == ["start single", "start single", "sell"])
        #expect(
            collected.ended.map(\.status) == [.unset, .error(description: "the transaction was rolled back"), .unset])
        #expect(try await kept(in: adapter).count == 1)
        try server.comeUp()
        #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
        #expect(collected.shutdowns == 1)
        #expect(telemetry.statistics?.exported == 2)
    }

    @Test("an instrumentation made by hand keeps spans with the transaction, if its outbox is in the queue's database")
    func byHand() async throws {
        let adapter = MemoryStateAdapter()
        let collected = CollectingSpanProcessor()
        let outbox = outbox(in: adapter)
        let instrumentation = QueueInstrumentation(
            tracer: SpanTracer(processor: collected), outbox: outbox, exporter: OTLPConfiguration(),
            resource: Resource(), logger: log.logger())
        let client = Client(adapter: adapter, observability: instrumentation)
        _ = try await client.startJobChain(Single.self, input: 7)
        #expect(try await kept(in: adapter).flatMap { try SpanNames.read($0) } == ["start single"])
        await Self.undo(1, with: client)
        #expect(try await kept(in: adapter).count == 1)
        #expect(collected.ended.map(\.name) == ["start single"])
        _ = await outbox.shutdown(timeout: .seconds(600))
        try await withTemporaryFolder { folder in
            let file = try TelemetryOutbox(path: "\(folder)/kept.sqlite", logger: log.logger())
            let instrumentation = QueueInstrumentation(
                tracer: SpanTracer(processor: collected), outbox: file, exporter: OTLPConfiguration(),
                resource: Resource(), logger: log.logger())
            #expect(!instrumentation.recordsTransactions)
            _ = await file.shutdown(timeout: .seconds(600))
        }
    }

    @Test("what code says of the queue beats what the environment says")
    func queue() {
        var environment = Self.nowhere
        environment.queue.mode = .linked
        environment.queue.baggageKeys = ["tenant"]
        environment.queue.capturesCaller = false
        let said = Telemetry(environment).queue.configuration
        #expect(said.mode == TraceMode.linked && said.mode(ofType: "any") == .linked)
        #expect(said.baggageKeys == ["tenant"] && said.capturesCaller == false)
        let own = QueueInstrumentation.Configuration(mode: .single, baggageKeys: ["region"], capturesCaller: true)
        let kept = Telemetry(environment, queue: own).queue.configuration
        #expect(kept.mode == TraceMode.single && kept.baggageKeys == ["region"] && kept.capturesCaller == true)
        #expect(Telemetry(Self.nowhere).queue.configuration.mode(ofType: "any") == TraceMode.bounded)
    }

    @Test(
        "a chain is in its caller's trace, with the baggage, unless the caller isn't captured",
        arguments: [true, false])
    func capture(isOn: Bool) async throws {
        var environment = Self.nowhere
        environment.queue.capturesCaller = isOn
        environment.queue.baggageKeys = ["tenant"]
        let telemetry = Telemetry(environment)
        var context = ServiceContext.topLevel
        context.traceContext = telemetry.tracer.makeContext(parent: nil, name: "sell", kind: .internal)
        context.baggage["tenant"] = "1"
        let client = Client(adapter: MemoryStateAdapter(), observability: telemetry.queue)
        let chain = try await ServiceContext.withValue(context) {
            try await client.startJobChain(Single.self, input: 7)
        }
        let stored = try await client.jobs(ofChain: chain.id)[0].trace
        let job = try #require(TraceContext(traceparent: stored.jobContext ?? ""))
        #expect((job.traceID == context.traceContext?.traceID) == isOn)
        #expect(stored.carrier == (isOn ? "baggage: tenant=1" : nil))
    }
}
