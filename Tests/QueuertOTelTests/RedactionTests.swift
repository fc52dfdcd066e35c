import Logging
import Queuert
import QueuertOTel
import QueuertTraceTesting
import Synchronization
import Testing
import Tracing

@Suite("Leaving attributes out") struct RedactionTests {
    private static let redact: @Sendable (inout [Attribute]) -> Void = { attributes in
        attributes.removeAll { $0.key == "user.email" }
    }
    private static let attributes = [Attribute("user.email", "a@example.org"), Attribute("user.id", 7)]

    @Test("what is left out of a span is on none of its events and links either, and the rest stays")
    func spans() async {
        let collected = CollectingSpanProcessor(result: .failure)
        let processor = RedactingSpanProcessor(collected, redact: Self.redact)
        var span = SpanData.sample("buy")
        span.attributes = Self.attributes
        span.events = [.init(name: "paid", time: 1, attributes: Self.attributes)]
        span.links = [.init(span.context, attributes: Self.attributes)]
        processor.spanStarted(span.context, name: "buy")
        processor.spanEnded(span)
        let rest = [Attribute("user.id", 7)]
        #expect(collected.started == [span.context])
        #expect(collected.ended.map(\.attributes) == [rest])
        #expect(collected.ended.flatMap(\.events).map(\.attributes) == [rest])
        #expect(collected.ended.flatMap(\.links).map(\.attributes) == [rest])
        #expect(await processor.flush(timeout: .zero) == .failure)
        #expect(await processor.shutdown(timeout: .zero) == .failure)
        #expect(collected.flushes == 1 && collected.shutdowns == 1)
    }

    @Test("telemetry leaves it out of spans, of what a service logs and of the queue's events")
    func telemetry() async throws {
        let (spans, records) = (CollectingSpanProcessor(), Records())
        let telemetry = Telemetry(
            EnvironmentConfiguration(environment: ["OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"]),
            exporters: .init(logs: records), spanProcessors: [spans],
            redact: { attributes in attributes.removeAll { ["user.email", "queuert.chain.id"].contains($0.key) } })
        let span = telemetry.tracer.startSpan("buy")
        span.attributes["user.email"] = "a@example.org"
        span.end()
        Logger(label: "shop") { telemetry.logHandler(label: $0) }.info(
            "bought", metadata: ["user.email": "a@example.org", "user.id": "7"])
        let client = Client(adapter: MemoryStateAdapter(), observability: telemetry.queue)
        _ = try await client.cancelJobChains([client.startJobChain(Single.self, input: 1).id])
        #expect(await telemetry.shutdown(timeout: .seconds(60)) == .success)
        #expect(spans.ended.map(\.name).contains("buy") && spans.ended.map(\.name).contains("start single"))
        #expect(Set(records.all.map(\.body)).isSuperset(of: ["bought", "A chain was cancelled."]))
        #expect(records.all.contains { $0[attribute: "user.id"] == "7" })
        for key in ["user.email", "queuert.chain.id"] {
            #expect(!spans.ended.contains { $0[attribute: key] != nil })
            #expect(!records.all.contains { $0[attribute: key] != nil })
        }
    }

    @Test(
        "a service that has asked for the texts of all errors has them in what it logs, too", arguments: [false, true])
    func texts(areAskedFor: Bool) async {
        struct Leaky: Error, CustomStringConvertible { let description = "card 4711 was refused" }
        let records = Records()
        let telemetry = Telemetry(
            EnvironmentConfiguration(environment: ["OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"]),
            queue: .init(recordsErrorMessages: areAskedFor), exporters: .init(logs: records))
        Logger(label: "shop") { telemetry.logHandler(label: $0) }.error("refused", error: Leaky())
        _ = await telemetry.shutdown(timeout: .seconds(60))
        let text: AttributeValue? = areAskedFor ? "card 4711 was refused" : nil
        #expect(records.all.map { $0[attribute: "exception.message"] } == [text])
    }

    private final class Records: LogRecordExporter {
        private let records = Mutex<[LogRecordData]>([])
        var all: [LogRecordData] { records.withLock { $0 } }
        func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult {
            records.withLock { $0 += batch }
            return .accepted(rejected: 0)
        }
        func interrupt() {}
    }
}
