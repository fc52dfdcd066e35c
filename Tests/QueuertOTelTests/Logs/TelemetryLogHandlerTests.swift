import Logging
import Queuert
import Synchronization
import Testing
import Tracing

@testable import QueuertOTel

@Suite("Log handler") struct TelemetryLogHandlerTests {
    private final class Records: LogRecordProcessor {
        private let records = Mutex<[LogRecordData]>([])
        var all: [LogRecordData] { records.withLock { $0 } }
        func logged(_ record: LogRecordData) { records.withLock { $0.append(record) } }
    }

    private struct Leaky: Error, CustomStringConvertible { let description = "card 4711 was refused" }
    private struct Redacted: RedactedError { let description = "The card was refused. Ask for another." }

    private let records = Records()
    private let clock = SteppingSpanClock(startingAt: 500)

    private func logger(
        provider: Logger.MetadataProvider? = nil, recordsErrorMessages: Bool = false,
        limits: LogRecordLimits = LogRecordLimits()
    ) -> Logger {
        var logger = Logger(label: "shop") { label in
            TelemetryLogHandler(
                label: label, processor: records, logLevel: .trace, metadataProvider: provider,
                recordsErrorMessages: recordsErrorMessages, clock: clock, limits: limits)
        }
        logger.logLevel = .trace
        return logger
    }

    /// The attributes of the only record, but for where it was logged.
    private func attributes() throws -> [Attribute] {
        let record = try #require(records.all.first)
        #expect(records.all.count == 1)
        return record.attributes.filter { !$0.key.hasPrefix("code.") }
    }

    @Test(
        "each level has its severity",
        arguments: zip(Logger.Level.allCases, [1, 5, 9, 10, 13, 17, 21]))
    func severity(level: Logger.Level, number: Int) {
        logger().log(level: level, "told")
        #expect(records.all.map(\.severity.rawValue) == [number])
        #expect(records.all.map(\.severity.name) == [level.rawValue])
    }

    @Test("a record has the message, the time, the label and the place where it was logged")
    func record() throws {
        logger().info("sold")
        let record = try #require(records.all.first)
        #expect(record.body == "sold" && record.time == 500 && record.scope.name == "shop" && record.context == nil)
        #expect(record[attribute: "code.file.path"] == "QueuertOTelTests/TelemetryLogHandlerTests.swift")
        #expect(record[attribute: "code.function.name"] == "record()")
        #expect(record[attribute: "code.line.number"] != nil)
    }

    @Test("metadata becomes attributes in the order of their names; the nearest wins")
    func metadata() throws {
        var logger = logger(provider: Logger.MetadataProvider { ["a": "provided", "b": "provided"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "z"] = "logger"
        logger.info(
            "sold",
            metadata: [
                "b": "event", "list": ["x", "y"], "number": .stringConvertible(7), "truth": .stringConvertible(true),
                "half": .stringConvertible(0.5),
            ])
        #expect(
            try attributes() == [
                Attribute("a", "provided"), Attribute("b", "event"), Attribute("half", 0.5),
                Attribute("list", ["x", "y"]), Attribute("number", 7), Attribute("truth", true),
                Attribute("z", "logger"),
            ])
    }

    @Test("an event's name is the record's, and no attribute")
    func eventName() throws {
        logger().info("sold", metadata: ["event.name": "shop.sold"])
        #expect(records.all.map(\.eventName) == ["shop.sold"])
        #expect(try attributes().isEmpty)
    }

    @Test("the span that is current is the record's")
    func correlation() {
        var context = ServiceContext.topLevel
        let span = TraceContext(
            traceID: TraceID(high: 1, low: 2), spanID: SpanID(value: 3), flags: [.sampled, .random])
        context.traceContext = span
        ServiceContext.withValue(context) { logger().info("inside") }
        logger().info("outside")
        #expect(records.all.map(\.context) == [span, nil])
    }

    @Test("what people read leads to the trace, and a record says it once")
    func metadataOfTraces() throws {
        let span = TraceContext(
            traceID: TraceID(high: 1, low: 2), spanID: SpanID(value: 3), flags: [.sampled, .random])
        var context = ServiceContext.topLevel
        context.traceContext = span
        ServiceContext.withValue(context) {
            #expect(
                Logger.MetadataProvider.traceContext.get() == [
                    "trace_id": "00000000000000010000000000000002", "span_id": "0000000000000003", "trace_flags": "03",
                ])
            logger(provider: .traceContext).info("inside")
        }
        #expect(Logger.MetadataProvider.traceContext.get().isEmpty)
        #expect(try attributes().isEmpty)
        #expect(records.all.map(\.context) == [span])
    }

    @Test("X22 what is logged where telemetry is sent isn't exported")
    func suppressed() {
        var context = ServiceContext.topLevel
        context.isTracingSuppressed = true
        ServiceContext.withValue(context) { logger().error("sending failed") }
        #expect(records.all.isEmpty)
    }

    @Test("an error's text is told only if its type says that it holds no data, or if all are asked for")
    func errors() {
        logger().error("refused", error: Leaky())
        logger().error("refused", error: Redacted())
        logger(recordsErrorMessages: true).error("refused", error: Leaky())
        #expect(
            records.all.map { $0[attribute: "exception.message"] } == [
                nil, "The card was refused. Ask for another.", "card 4711 was refused",
            ])
        #expect(
            records.all.map { $0[attribute: "exception.type"] } == ["Leaky", "Redacted", "Leaky"])
    }

    @Test("an attribute that metadata has is told once, as the metadata has it")
    func unique() throws {
        logger().error(
            "refused", error: Redacted(), metadata: ["exception.type": "Forwarded", "code.line.number": "7"])
        let record = try #require(records.all.first)
        #expect(
            record.attributes.map(\.key) == [
                "code.file.path", "code.function.name", "code.line.number", "exception.message", "exception.type",
            ])
        #expect(record[attribute: "exception.type"] == "Forwarded" && record[attribute: "code.line.number"] == "7")
    }

    @Test("B09 what is over the limits is cut off and counted")
    func limits() throws {
        logger(limits: LogRecordLimits(attributes: 2, attributeValueLength: 3)).info(
            "sold", metadata: ["a": "longer", "b": ["longer", "no"]])
        let record = try #require(records.all.first)
        #expect(record.attributes == [Attribute("a", "lon"), Attribute("b", ["lon", "no"])])
        #expect(record.droppedAttributes == 3)
    }

    @Test("B01 B04 records are batched, and what is logged after the end is dropped and counted")
    func batches() async {
        let exporter = Exporter()
        let processor = BatchLogRecordProcessor(
            exporter: exporter, configuration: BatchConfiguration(scheduleDelay: .seconds(3600)),
            logger: CollectedLogs().logger)
        let logger = Logger(label: "shop") { TelemetryLogHandler(label: $0, processor: processor) }
        for number in 1...3 { logger.info("message \(number)") }
        #expect(await processor.flush(timeout: .seconds(60)) == .success)
        logger.info("message 4")
        #expect(await processor.shutdown(timeout: .seconds(60)) == .success)
        logger.info("message 5")
        #expect(exporter.bodies == [["message 1", "message 2", "message 3"], ["message 4"]])
        #expect(processor.statistics.exported == 4 && processor.statistics.droppedAfterShutdown == 1)
        #expect(BatchLogRecordProcessor.Configuration(scheduleDelay: .seconds(1)).maximumBatchSize == 512)
    }

    private final class Exporter: LogRecordExporter {
        private let batches = Mutex<[[LogRecordData]]>([])
        var bodies: [[String]] { batches.withLock { $0.map { $0.map(\.body) } } }
        func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult {
            batches.withLock { $0.append(batch) }
            return .accepted(rejected: 0)
        }
        func interrupt() {}
    }
}
