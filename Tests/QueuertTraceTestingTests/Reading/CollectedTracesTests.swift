import Foundation
import HTTPTestSupport
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Traces of a collector", .removedFailures, .timeLimit(.minutes(20)))
struct CollectedTracesTests {
    static func document(_ id: Int, _ name: String, below parent: Int? = nil, service: String) -> String {
        let parent = parent.map { #""parentSpanId":"000000000000000\#($0)","# } ?? ""
        return """
            {"traceId":"00000000000000000000000000000001","spanId":"000000000000000\(id)",\(parent)"flags":769,\
            "name":"\(name)","kind":4,"startTimeUnixNano":"\(id)","endTimeUnixNano":"9","attributes":[],\
            "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}}]},\
            "scope":{"name":"queuert","version":"1","attributes":[]}}
            """
    }

    /// As the collector answers for a trace or a chain.
    static let body = """
        {"trace":{},"conflictingSpanIds":[],"spans":[\(document(1, "a", service: "shop")),\
        \(document(2, "b", below: 1, service: "stock"))]}
        """

    static func answer(_ text: String, status: Int = 200) -> ScriptedServer.Answer {
        .respond(status, headers: ["Content-Type": "application/json"], body: Array(text.utf8))
    }

    @Test("A8 a trace, its linked traces and a chain are asked for at the collector, and compared as any other")
    func asks() async throws {
        let linked = #"{"truncated":false,"traces":[\#(Self.body)]}"#
        let server = try ScriptedServer([Self.answer(Self.body), Self.answer(linked), Self.answer(Self.body)])
        defer { server.stop() }
        let id = TraceID(high: 0, low: 1)
        let sources = [
            CollectedTraces.trace(id, at: server.url), .linked(with: id, at: server.url + "/"),
            .chain("6f9619ff/ä", at: server.url, headers: ["authorization": "Bearer x"]),
        ]
        for source in sources {
            try await source.expect {
                trace { span("a", .producer) { span("b").service("stock") }.service("shop") }
                without(.registeredNames)
            }
        }
        #expect(
            server.requests.map(\.line) == [
                "GET /api/traces/\(id) HTTP/1.1", "GET /api/traces/\(id)/linked HTTP/1.1",
                "GET /api/chains/6f9619ff%2F%C3%A4 HTTP/1.1",
            ])
        #expect(server.requests.map { $0.headers["authorization"] } == [nil, nil, "Bearer x"])
        #expect(server.requests.allSatisfy { $0.body.isEmpty })
    }

    @Test("A8 spans that have not arrived yet are waited for")
    func waits() async throws {
        let server = try ScriptedServer([
            Self.answer("{}", status: 404), Self.answer(#"{"spans":[]}"#), Self.answer(Self.body),
        ])
        defer { server.stop() }
        try await CollectedTraces.chain("c", at: server.url).expect(every: .zero) {
            trace { span("a") { span("b") } }
            without(.registeredNames)
        }
        #expect(server.requests.count == 3)
    }

    @Test(
        "A8 that there are more spans than the collector tells is refused at once, since no wait ends it",
        arguments: [
            #"{"truncated":true,"traces":[\#(CollectedTracesTests.body)]}"#,
            #"{"truncated":true,"traceIds":[],"spans":[\#(CollectedTracesTests.document(1, "a", service: "shop"))]}"#,
            #"{"truncated":false,"traces":[{"truncated":true,"conflictingSpanIds":[],"spans":[]}]}"#,
        ])
    func truncated(_ body: String) async throws {
        let server = try ScriptedServer(then: Self.answer(body))
        defer { server.stop() }
        let error = try await #require(throws: TraceSourceError.self) {
            try await CollectedTraces.chain("c", at: server.url).expect(every: .zero) { trace { span("a") } }
        }
        #expect(error.code == .truncated && !error.hint.isEmpty, "\(error)")
        #expect(server.requests.count == 1)
    }

    @Test("A8 a span whose identifier another one has, which the collector has left out, is told")
    func conflicting() async throws {
        let text = Self.body.replacingOccurrences(
            of: #""conflictingSpanIds":[]"#, with: #""conflictingSpanIds":["0000000000000002"]"#)
        let server = try ScriptedServer(then: Self.answer(text))
        defer { server.stop() }
        let source = CollectedTraces.trace(TraceID(high: 0, low: 1), at: server.url)
        let mismatch = try await #require(throws: TraceMismatch.self) {
            try await source.expect(within: .zero) {
                trace { span("a") { span("b") } }
                without(.registeredNames)
            }
        }
        #expect(
            mismatch.description.contains(
                """
                Broken:
                  s2 b has the identifier of another span, which the collector has left out (0000000000000002) \
                [uniqueIdentifiers]

                """), "\(mismatch)")
        try await source.expect(within: .zero) {
            trace { span("a") { span("b") } }
            without(.registeredNames, .uniqueIdentifiers)
        }
    }

    @Test(
        "A8 what is no collector is told as what it is",
        arguments: [
            (ScriptedServer.Answer.respond(404), TraceSourceError.Code.missing), (.respond(503), .refused),
            (.respond(200, body: Array("<html>".utf8)), .malformed), (.raw(Array("SSH-2.0".utf8)), .unreachable),
        ])
    func faults(_ answer: ScriptedServer.Answer, _ code: TraceSourceError.Code) async throws {
        let server = try ScriptedServer(then: answer)
        defer { server.stop() }
        let error = try await #require(throws: TraceSourceError.self) {
            try await CollectedTraces.chain("c", at: server.url).expect(within: .zero) {}
        }
        #expect(error.code == code && !error.hint.isEmpty, "\(error)")
    }

    @Test("A8 nobody listens, or the address is none")
    func unreachable() async throws {
        // One that is down keeps its port, which another test's server could take otherwise.
        let server = try ScriptedServer(isDown: true)
        defer { server.stop() }
        for address in [server.url, "nowhere"] {
            let error = try await #require(throws: TraceSourceError.self) {
                try await CollectedTraces.chain("c", at: address).read()
            }
            #expect(error.code == .unreachable, "\(error)")
        }
    }
}
