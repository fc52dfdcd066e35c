import Foundation
import Testing

@testable import QueuertCollector

@Suite("The API for log records") struct LogsAPITests {
    @Test("lists records, newest first, page by page, in OTLP's form")
    func list() async throws {
        try await withLogs { client async throws in
            let first = try await client.json("/api/logs?limit=4")
            #expect(first.logs.list.compactMap(\.timeUnixNano.text) == ["1009", "1008", "1007", "1006"])
            let record = first.logs[0]
            #expect(record.body.stringValue.text == "number 9")
            #expect(record.eventName.text == "queuert.job.attempt.failed")
            #expect(record.traceId.text == Sample.traceID(1))
            #expect(record.resource.attributes[0]["key"].text == "service.name")
            #expect(record.scope.name.text == "queuert")
            let next = try #require(first.next.text)
            let rest = try await client.json("/api/logs?limit=100&before=\(next)")
            #expect(rest.logs.list.count == 6)
            #expect(rest.next.isMissing)
        }
    }

    @Test(
        "finds records by trace, span, service, severity and text",
        arguments: [
            ("trace=\(Sample.traceID(1))", 5), ("trace=\(Sample.traceID(1))&span=\(Sample.spanID(9))", 1),
            ("service=indexer", 10), ("service=other", 0), ("severity=warn", 5), ("severity=17", 5),
            ("severity=fatal", 0),
            ("q=number%203", 1), ("q=NUMBER+3", 1), ("q=attempt.failed", 10), ("q=%25", 0),
            ("trace=\(Sample.traceID(1))&q=number&severity=error", 2),
        ])
    func filters(_ query: String, _ count: Int) async throws {
        try await withLogs { client async throws in
            #expect(try await client.json("/api/logs?\(query)").logs.list.count == count)
        }
    }

    @Test("a record whose severity is none of OTLP's is listed, unless a severity is asked for")
    func negativeSeverity() async throws {
        try await withCollector { client, _ async throws in
            let log = Array(SampleTelemetry.log(1, severity: -1).utf8)
            #expect(try await client.export(log, .logs, type: "application/json").status == 200)
            #expect(try await client.json("/api/logs").logs.list.count == 1)
            #expect(try await client.json("/api/logs?trace=\(Sample.traceID(0))").logs.list.count == 1)
            #expect(try await client.json("/api/logs?severity=trace").logs.list.isEmpty)
        }
    }

    @Test("a plus sign that is encoded is one")
    func plusSigns() async throws {
        try await withCollector { client, _ async throws in
            for (number, text) in ["C++", "C and C"].enumerated() {
                let log = Array(SampleTelemetry.log(number, text: text).utf8)
                #expect(try await client.export(log, .logs, type: "application/json").status == 200)
            }
            let found = try await client.json("/api/logs?q=C%2B%2B")
            #expect(found.logs.list.compactMap(\.body.stringValue.text) == ["C++"])
            #expect(try await client.json("/api/logs?q=C+and").logs.list.count == 1)
        }
    }

    @Test(
        "what makes no sense is said to be so",
        arguments: ["trace=x", "span=\(Sample.spanID(1))", "severity=loud", "before=now", "limit=0", "limit=x"])
    func mistakes(_ query: String) async throws {
        try await withCollector { client, _ async throws in
            let answer = try await client.get("/api/logs?\(query)")
            #expect(answer.status == 400)
            #expect(answer.text.contains("hint"))
        }
    }

    private func withLogs(_ body: (HTTPClient) async throws -> Void) async throws {
        try await withCollector { client, _ async throws in
            for number in 0..<10 {
                let log = SampleTelemetry.log(
                    number, trace: number < 5 ? 0 : 1, span: number, severity: number % 2 == 0 ? 17 : 9,
                    text: "number \(number)")
                #expect(try await client.export(Array(log.utf8), .logs, type: "application/json").status == 200)
            }
            try await body(client)
        }
    }
}
