import Foundation
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Traces of files", .removedFailures)
struct TraceFileTests {
    /// Runs a body with the path of a file that is removed afterwards.
    static func withFile<R>(_ text: String = "", _ body: (String) async throws -> R) async throws -> R {
        let path = FileManager.default.temporaryDirectory.appending(path: "queuert-\(UUID().uuidString).jsonl").path
        if !text.isEmpty { try Data(text.utf8).write(to: URL(filePath: path)) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    static func export(_ spans: [SpanData], to path: String, service: AttributeValue) throws {
        let exporter = try OTLPFileExporter(
            path: path, resource: Resource(attributes: [Attribute("service.name", service)]))
        #expect(exporter.export(spans, timeout: .zero) == .accepted(rejected: 0))
    }

    @Test("A8 what two processes have written to their files is compared as one")
    func twoProcesses() async throws {
        try await Self.withFile { shop in
            try await Self.withFile { stock in
                try Self.export([recorded(1, "start order", kind: .producer)], to: shop, service: "shop")
                try Self.export(
                    [
                        recorded(
                            2, "process order", below: 1, kind: .consumer, links: [link(1, type: "creation")],
                            isParentRemote: true)
                    ], to: stock, service: "stock")
                try await TraceFile(shop, stock).expect {
                    trace {
                        span("start order", .producer) {
                            span("process order", .consumer).linked(to: "start", type: "creation").service("stock")
                        }.service("shop").named("start")
                    }
                }
            }
        }
    }

    @Test("A8 every part of a span comes back as it was")
    func roundTrip() async throws {
        try await Self.withFile { path in
            var span = recorded(
                2, "process \"order\"\n", below: 1, kind: .consumer,
                attributes: [
                    "text": "ä\u{1F600}", "int": -7, "large": .int(.max), "double": 0.1, "bool": false,
                    "array": ["x", 1, 2.5], "infinite": .double(.infinity), "empty": "",
                ],
                links: [link(9, trace: 5, type: "chain")], status: .error(description: "no stock"), isParentRemote: true
            )
            span.attributes.sort { $0.key < $1.key }
            span.context.state = "vendor=1"
            span.context.flags = [.sampled, .random]
            span.parent?.flags = [.sampled, .random]
            span.events = [SpanData.Event(name: "claimed", time: 5, attributes: [Attribute("n", 1)])]
            span.scope = InstrumentationScope(name: "queuert", version: "1", schemaURL: "https://example.org/1")
            try Self.export([span], to: path, service: "shop")
            #expect(try await TraceFile(path).read().spans == [span])
        }
    }

    @Test("A8 numbers as text or not, keys left out, values of other kinds: OTLP of other languages is read")
    func otherLanguages() async throws {
        let id = "0af7651916cd43dd8448eb211c80319c"
        let line = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"py"}}]},\
            "scopeSpans":[{"spans":[{"traceId":"\(id.uppercased())","spanId":"b7ad6b7169203331","name":"GET /",\
            "kind":2,"startTimeUnixNano":1,"endTimeUnixNano":"2","flags":257,"attributes":[\
            {"key":"i","value":{"intValue":3}},{"key":"d","value":{"doubleValue":"NaN"}},{"key":"b",\
            "value":{"bytesValue":"AQI="}},{"key":"m","value":{"kvlistValue":{"values":[{"key":"x","value":\
            {"boolValue":true}}]}}},{"key":"n"}]}]}]}]}

            """
        try await Self.withFile(line + line) { path in
            let forest = try await TraceFile(path).read()
            // The second line says the same: a batch may be exported twice.
            let span = try #require(forest.spans.first)
            #expect(forest.spans.count == 1 && span.context.traceID.description == id && span.kind == .server)
            #expect(span.start == 1 && span.end == 2 && span[attribute: "i"] == 3 && span[attribute: "b"] == "AQI=")
            #expect(span[attribute: "m"] == "{x = true}" && span[attribute: "n"] == "")
            if case .double(let number)? = span[attribute: "d"] {
                #expect(number.isNaN)
            } else {
                Issue.record("no number")
            }
            #expect(forest.service(of: span.context) == "py")
        }
    }

    @Test("A8 a line that is being written is left out")
    func halfALine() async throws {
        try await Self.withFile { path in
            try Self.export([recorded(1, "a")], to: path, service: "shop")
            let whole = try String(contentsOfFile: path, encoding: .utf8)
            try (whole + whole.prefix(40)).write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try await TraceFile(path).read().spans.map(\.name) == ["a"])
        }
    }

    @Test("A8 a file that isn't there yet is waited for, and told when the time is up")
    func missing() async throws {
        try await Self.withFile { path in
            let clock = ManualClock()
            let file = TraceFile(path)
            async let match = file.expect(within: .seconds(60), every: .seconds(1), clock: clock) {
                trace { span("a").named("a") }
            }
            await clock.sleepers(2)
            try Self.export([recorded(1, "a")], to: path, service: "shop")
            clock.advance(by: .seconds(1))
            #expect(try await match["a"]?.name == "a")

            let error = try await #require(throws: TraceSourceError.self) {
                try await TraceFile(path + "x").expect(within: .zero) { trace { span("a") } }
            }
            #expect(error.code == .missing && error.description.contains(path + "x"))
            let mismatch = try await #require(throws: TraceMismatch.self) {
                try await TraceFile(path).expect(within: .zero) { trace { span("b") } }
            }
            #expect(mismatch.summary.contains("after 0.0 seconds: 1 span ended"))
        }
    }

    @Test(
        "A8 a file that is no OTLP is told with the line",
        arguments: ["{", "[]", #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}"#])
    func malformed(_ line: String) async throws {
        try await Self.withFile("{}\n\n" + line + "\n") { path in
            let error = try await #require(throws: TraceSourceError.self) { try await TraceFile(path).read() }
            #expect(error.code == .malformed && error.message.contains("Line 3 of \(path)"), "\(error)")
        }
    }
}
