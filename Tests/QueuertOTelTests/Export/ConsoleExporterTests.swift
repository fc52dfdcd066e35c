import Foundation
import Logging
import ProcessTestSupport
import Synchronization
import Testing

@testable import QueuertOTel

@Suite("Console") struct ConsoleExporterTests {
    private final class Written: Sendable {
        private let text = Mutex("")

        var lines: [Substring] { text.withLock { $0.split(separator: "\n", omittingEmptySubsequences: false) } }

        func add(_ bytes: [UInt8]) { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
    }

    private let written = Written()

    private func exporter(failing reason: String? = nil) -> ConsoleExporter {
        ConsoleExporter { [written] bytes in
            written.add(bytes)
            return reason
        }
    }

    private var lines: [Substring] { written.lines }

    private let context = TraceContext(traceID: TraceID(high: 1, low: 2), spanID: SpanID(value: 3), flags: .sampled)

    @Test("a span is a line, with lines for its events and links")
    func spans() {
        var parent = context
        parent.spanID = SpanID(value: 4)
        let span = SpanData(
            context: context, parent: parent, name: "process order", kind: .consumer, start: 1_000_000_000,
            end: 1_002_500_000, attributes: [Attribute("a", "plain"), Attribute("b", ["x y", 1, true, 0.5])],
            events: [.init(name: "exception", time: 1_001_000_000, attributes: [Attribute("exception.type", "Boom")])],
            links: [.init(parent, attributes: [Attribute("queuert.link.type", "creation")])],
            status: .error(description: "it failed"), scope: InstrumentationScope(name: "queuert"))
        #expect(exporter().export([span], timeout: .seconds(1)) == .accepted(rejected: 0))
        let trace = "00000000000000010000000000000002"
        #expect(
            lines == [
                "1970-01-01T00:00:01.000000Z span \"process order\" consumer 0.0025 seconds trace=\(trace) "
                    + "span=0000000000000003 parent=0000000000000004 status=error \"it failed\" a=plain "
                    + "b=[\"x y\", 1, true, 0.5]",
                "  event 1970-01-01T00:00:01.001000Z exception exception.type=Boom",
                "  link trace=\(trace) span=0000000000000004 queuert.link.type=creation", "",
            ])
    }

    @Test("each point of a metric is a line")
    func metrics() async {
        let meters = MeterProvider(clock: SteppingSpanClock(startingAt: 0))
        meters.counter("jobs", unit: "{job}").add(2, ["type": "a b"])
        meters.histogram("sizes").record(1.5)
        meters.histogram("growing", buckets: .exponential()).record(2)
        #expect(exporter().export(await meters.collect(), timeout: .seconds(1)) == .accepted(rejected: 0))
        #expect(
            lines == [
                "1970-01-01T00:00:00.000000Z metric jobs 2 {job} type=\"a b\"",
                "1970-01-01T00:00:00.000000Z metric sizes count=1 sum=1.5 min=1.5 max=1.5",
                "1970-01-01T00:00:00.000000Z metric growing count=1 sum=2.0 min=2.0 max=2.0", "",
            ])
    }

    @Test("a log record is a line, whatever is in it")
    func records() {
        let record = LogRecordData(
            time: 0, severity: .warning, body: "one\ntwo \u{1B}[31m\"red\"", attributes: [Attribute("k=", "")],
            context: context, eventName: "queuert.job.failed", scope: InstrumentationScope(name: "queuert"))
        #expect(exporter().export([record], timeout: .seconds(1)) == .accepted(rejected: 0))
        #expect(
            lines == [
                "1970-01-01T00:00:00.000000Z log warning event=queuert.job.failed "
                    + #""one\ntwo \u{1B}[31m\"red\"" trace=00000000000000010000000000000002 span=0000000000000003 "k="="""#,
                "",
            ])
    }

    @Test("all bytes are written to the stream, and a stream that is closed is told")
    func output() throws {
        let pipe = try ProgramOutput()
        #expect(ConsoleOutput(descriptor: pipe.writing).write(Array("one\ntwo\n".utf8)) == nil)
        pipe.closeWriting()
        #expect(pipe.rest() == "one\ntwo\n")
        #expect(ConsoleOutput(descriptor: -1).write([1]) == "Bad file descriptor")
        #expect(ConsoleOutput(descriptor: -1).write([]) == nil)
    }

    @Test("each signal is printed that the environment wants printed", arguments: ["console", "otlp"])
    func environment(word: String) {
        let configuration = EnvironmentConfiguration(environment: [
            "OTEL_TRACES_EXPORTER": word, "OTEL_METRICS_EXPORTER": word, "OTEL_LOGS_EXPORTER": word,
        ])
        let (resource, logger) = (Resource(), Logger(label: "test"))
        let exporters: [(any Sendable)?] = [
            configuration.spanExporter(resource, nil, logger),
            configuration.metrics.metricExporter(resource, nil, logger),
            configuration.logs.logExporter(resource, nil, logger),
        ]
        #expect(exporters.allSatisfy { ($0 is ConsoleExporter) == (word == "console") })
    }

    @Test("for programs, each batch is a line of OTLP in JSON, whatever signal it is of")
    func linesForPrograms() async {
        let resource = Resource(attributes: [Attribute("service.name", "shop")])
        let exporter = OTLPConsoleExporter(resource: resource) { [written] bytes in
            written.add(bytes)
            return nil
        }
        let meters = MeterProvider(clock: SteppingSpanClock(startingAt: 0))
        meters.counter("jobs").add(2)
        let metrics = await meters.collect()
        let record = LogRecordData(
            time: 0, severity: .info, body: "one\ntwo", scope: InstrumentationScope(name: "queuert"))
        #expect(exporter.export([SpanData.small(1), .small(2)], timeout: .seconds(1)) == .accepted(rejected: 0))
        #expect(exporter.export(metrics, timeout: .seconds(1)) == .accepted(rejected: 0))
        #expect(exporter.export([record], timeout: .seconds(1)) == .accepted(rejected: 0))
        #expect(exporter.export([LogRecordData](), timeout: .seconds(1)) == .accepted(rejected: 0))
        let encoder = OTLPJSONEncoder(resource: resource)
        let expected = [
            encoder.encode([SpanData.small(1), .small(2)][...]), encoder.encode(metrics[...]),
            encoder.encode([record][...]),
        ]
        #expect(written.lines.map(String.init) == expected.map { String(decoding: $0, as: UTF8.self) } + [""])
    }

    @Test("for programs, what can't be written is told")
    func failureOfLines() {
        let exporter = OTLPConsoleExporter(resource: Resource()) { _ in "Broken pipe" }
        #expect(exporter.export([SpanData.small()], timeout: .seconds(1)) == .unavailable(reason: "Broken pipe"))
    }

    @Test("a signal may go to several places at once, for people and for programs")
    func several() {
        let configuration = EnvironmentConfiguration(environment: [
            "OTEL_TRACES_EXPORTER": "otlp/stdout", "OTEL_METRICS_EXPORTER": "otlp,console,otlp/stdout",
            "OTEL_LOGS_EXPORTER": "none",
        ])
        let (resource, logger) = (Resource(), Logger(label: "test"))
        #expect(configuration.spanExporter(resource, nil, logger) is OTLPConsoleExporter)
        #expect(configuration.spanPrinter(resource) is OTLPConsoleExporter)
        #expect(configuration.logs.logExporter(resource, nil, logger) == nil)
        let exporter = configuration.metrics.metricExporter(resource, nil, logger)
        // The one over OTLP says what became of a batch.
        #expect(exporter.map { ExporterComponent(of: $0).type } == "otlp_http_metric_exporter")
    }

    @Test("what can't be written is told")
    func failure() {
        let record = LogRecordData(time: 0, severity: .info, body: "x", scope: InstrumentationScope(name: ""))
        #expect(
            exporter(failing: "Broken pipe").export([record], timeout: .seconds(1))
                == .unavailable(reason: "Broken pipe"))
    }
}
