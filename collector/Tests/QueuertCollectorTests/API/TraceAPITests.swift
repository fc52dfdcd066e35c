import Foundation
import Testing

@testable import QueuertCollector

@Suite("The API") struct TraceAPITests {
    private struct TraceDocument: Decodable {
        var trace: TraceSummary
        var spans: [ReceivedSpan]
        var truncated: Bool
        var conflictingSpanIds: [String]
    }
    private struct LinkedDocument: Decodable {
        var truncated: Bool
        var traces: [TraceDocument]
    }
    private struct ChainDocument: Decodable {
        var traceIds: [String]
        var spans: [ReceivedSpan]
    }
    private struct ErrorDocument: Decodable {
        var error: String
        var hint: String
    }

    private func decode<Document: Decodable>(_ answer: HTTPAnswer, status: Int = 200) throws -> Document {
        #expect(answer.status == status)
        #expect(answer.headers["Content-Type"] == ["application/json"])
        return try JSONDecoder().decode(Document.self, from: Data(answer.body))
    }

    @Test("lists traces page by page and finds them by a text")
    func list() async throws {
        try await withCollector { client, collector async throws in
            try await collector.store.insert(
                (0..<5).map { Sample.span(trace: $0, name: "name \($0)", start: UInt64($0)) })
            let first: TracePage = try decode(await client.get("/api/traces?limit=3"))
            #expect(first.traces.map(\.rootName) == ["name 4", "name 3", "name 2"])
            let next = try #require(first.next)
            let second: TracePage = try decode(await client.get("/api/traces?limit=3&before=\(next)"))
            #expect(second.traces.map(\.rootName) == ["name 1", "name 0"])
            #expect(second.next == nil)
            let found: TracePage = try decode(await client.get("/api/traces?q=name%203"))
            #expect(found.traces.map(\.rootName) == ["name 3"])
            let plus: TracePage = try decode(await client.get("/api/traces?q=name+3"))
            #expect(plus.traces.map(\.rootName) == ["name 3"])
            let none: TracePage = try decode(await client.get("/api/traces?q=100%25"))
            #expect(none.traces.isEmpty)
        }
    }

    @Test("a search that fits too many names is a mistake of whoever asks")
    func manyNames() async throws {
        try await withCollector { client, collector async throws in
            try await collector.store.insert((0..<1_001).map { Sample.span($0, name: "name \($0)") })
            let refused: ErrorDocument = try decode(await client.get("/api/traces?q=name"), status: 400)
            #expect(refused.error == "name fits more than 1000 names")
        }
    }

    @Test("answers a trace, its linked traces and a chain with whole spans")
    func spans() async throws {
        try await withCollector { client, collector async throws in
            let id = "a/b c%"
            var second = Sample.span(trace: 2, attributes: [.init("queuert.chain.id", .string(id))])
            second.links = [Sample.link(trace: 1, 0, type: "chain")]
            try await collector.store.insert([Sample.span(trace: 1), second])
            let trace: TraceDocument = try decode(await client.get("/api/traces/\(Sample.traceID(2).uppercased())"))
            #expect(trace.spans == [second])
            #expect(!trace.truncated)
            let linked: LinkedDocument = try decode(await client.get("/api/traces/\(Sample.traceID(2))/linked"))
            #expect(linked.traces.map(\.spans) == [[second], [Sample.span(trace: 1)]])
            let chain: ChainDocument = try decode(await client.get("/api/chains/a%2Fb%20c%25"))
            #expect(chain.spans == [second])
            #expect(chain.traceIds == [Sample.traceID(2)])
        }
    }

    @Test(
        "what isn't there and what makes no sense is said to be so",
        arguments: [
            ("/api/traces/\(Sample.traceID(1))", 404), ("/api/traces/\(Sample.traceID(1))/linked", 404),
            ("/api/chains/none", 404), ("/api/traces/xyz", 400), ("/api/traces?limit=0", 400),
            ("/api/traces?limit=many", 400), ("/api/traces?before=yesterday", 400), ("/api/nothing", 404),
            ("/api/chains/none/graph", 404), ("/api/chains?limit=-1", 400), ("/api/traces?q=duration%3Efast", 400),
            ("/api/traces?q=\(String(repeating: "word+", count: 21))", 400),
        ])
    func mistakes(_ path: String, _ status: Int) async throws {
        try await withCollector { client, _ async throws in
            let answer: ErrorDocument = try decode(await client.get(path), status: status)
            #expect(!answer.error.isEmpty)
            #expect(!answer.hint.isEmpty)
        }
    }

    @Test("V09 deletes everything when asked to")
    func delete() async throws {
        try await withCollector { client, collector async throws in
            try await collector.store.insert([Sample.full])
            #expect(try await client.send("DELETE", "/api/traces").status == 200)
            #expect(try await client.get("/api/traces").text == #"{"traces":[]}"#)
            #expect(try await client.get("/api/chains/x").status == 404)
        }
    }

    @Test("what a reader has is not sent again until something was stored")
    func unchanged() async throws {
        try await withCollector { client, _ async throws in
            let first = try await client.get("/api/traces")
            let tag = try #require(first.headers["ETag"].first)
            let second = try await client.send("GET", "/api/traces", headers: ["If-None-Match": tag])
            #expect(second.status == 304)
            #expect(second.body == [])
            _ = try await client.export(ProtobufPacker.pack([Sample.full]))
            let third = try await client.send("GET", "/api/traces", headers: ["If-None-Match": tag])
            #expect(third.status == 200)
            #expect(third.headers["ETag"].first != tag)
            // Events, and what isn't there, have none.
            #expect(try await client.get("/api/chains/none").headers["ETag"] == [])
        }
    }

    @Test("health says whether the database can be read")
    func health() async throws {
        try await withCollector { client, collector async throws in
            #expect(try await client.get("/health").text == #"{"status":"ok"}"#)
            await collector.store.close()
            let answer: ErrorDocument = try decode(await client.get("/health"), status: 503)
            #expect(answer.error.contains("database"))
        }
    }

    @Test("V01 tells listeners of changes, and only of changes")
    func events() async throws {
        try await withCollector { client, collector async throws in
            let body = ProtobufPacker.pack([Sample.full])
            let received = try await client.listen(
                "/api/events", until: "event: changed",
                steps: [
                    { () async throws in #expect(try await client.export(body).status == 200) },
                    // Only now, since changes in quick succession are told of as one.
                    { () async throws in
                        let version = collector.changes.version
                        #expect(try await client.export(body).status == 200)
                        // Sent again it is no change, so the second event is that of the deletion.
                        #expect(collector.changes.version == version)
                        #expect(try await client.send("DELETE", "/api/traces").status == 200)
                    },
                ])
            #expect(received.contains("event: changed"))
        }
    }

    @Test(
        "V09 every answer forbids the browser to load or run anything from elsewhere",
        arguments: ["/", "/page.js", "/api/traces", "/nothing", "/v1/traces"])
    func securityHeaders(_ path: String) async throws {
        try await withCollector { client, _ async throws in
            let headers = try await client.get(path).headers
            #expect(
                headers["Content-Security-Policy"] == [
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
                        + "base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
                ])
            #expect(headers["X-Content-Type-Options"] == ["nosniff"])
            #expect(headers["Referrer-Policy"] == ["no-referrer"])
            #expect(headers["Access-Control-Allow-Origin"].isEmpty)
        }
    }
}
