import COTLP
import Foundation
import HTTPTestSupport
import Logging
import Synchronization
import Testing

@testable import QueuertOTel

/// An exporter before a scripted server, with a clock that makes waits instant and no jitter.
struct ExporterFixture {
    let server: ScriptedServer
    let clock: ManualExportClock
    let log = RecordingLog()
    let exporter: OTLPSender<SpanData>

    init(
        _ script: [ScriptedServer.Answer] = [], then: ScriptedServer.Answer = .respond(), resetConnections: Int = 0,
        clock: ManualExportClock = ManualExportClock(), configure: (inout OTLPConfiguration) -> Void = { _ in }
    ) throws {
        server = try ScriptedServer(script, then: then, resetConnections: resetConnections)
        self.clock = clock
        var configuration = OTLPConfiguration(endpoint: try OTLPEndpoint(base: server.url))
        configure(&configuration)
        exporter = OTLPSender<SpanData>(
            configuration: configuration, resource: Resource(attributes: [Attribute("service.name", "test")]),
            logger: log.logger(), clock: clock, retries: RetryPolicy(jitter: { $0 }))
    }

    func export(_ batch: [SpanData] = [.small()], timeout: Duration = .seconds(30)) async -> ExportResult {
        let exporter = exporter
        return await onOwnThread { exporter.export(batch, timeout: timeout) }
    }
}

/// The body of an answer that rejects spans in part.
func partialSuccess(rejected: Int64, message: String) -> [UInt8] {
    // Field 1 is the partial success; in it field 1 is the number, field 2 the message.
    var inner: [UInt8] = []
    if rejected != 0 {
        inner.append(0x08)
        var rest = UInt64(bitPattern: rejected)
        while rest >= 0x80 {
            inner.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        inner.append(UInt8(rest))
    }
    if !message.isEmpty { inner += [0x12, UInt8(message.utf8.count)] + Array(message.utf8) }
    return [0x0a, UInt8(inner.count)] + inner
}

let protobuf = ["Content-Type": "application/x-protobuf"]

@Suite("OTLP exporter, requests") struct OTLPExporterRequestTests {
    @Test("X01 X02 X04 posts protobuf to /v1/traces, names itself")
    func request() async throws {
        let fixture = try ExporterFixture()
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        let request = try #require(fixture.server.requests.first)
        #expect(request.line == "POST /v1/traces HTTP/1.1")
        #expect(request.headers["content-type"] == "application/x-protobuf")
        #expect(request.headers["user-agent"] == "QueuertOTel-OTLP-Exporter-Swift/\(LibraryVersion.current)")
        #expect(request.headers["content-encoding"] == nil)
        let resource = Resource(attributes: [Attribute("service.name", "test")])
        #expect(request.body == OTLPEncoder(resource: resource).encode([SpanData.small()]))
    }

    @Test("X03 compresses with gzip if asked")
    func gzip() async throws {
        let fixture = try ExporterFixture { $0.compression = .gzip }
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        let request = try #require(fixture.server.requests.first)
        #expect(request.headers["content-encoding"] == "gzip")
        let resource = Resource(attributes: [Attribute("service.name", "test")])
        #expect(
            try Gzip.decompress(request.body, maximumBytes: 10_000)
                == OTLPEncoder(resource: resource).encode([SpanData.small()]))
    }

    @Test("X02 X08 posts JSON if asked, and reads answers in JSON that don't say what they are")
    func json() async throws {
        let answer = Array(#"{"partialSuccess":{"rejectedSpans":"1"}}"#.utf8)
        let fixture = try ExporterFixture([.respond(body: answer)]) { $0.encoding = .json }
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 1))
        let request = try #require(fixture.server.requests.first)
        #expect(request.headers["content-type"] == "application/json")
        let resource = Resource(attributes: [Attribute("service.name", "test")])
        #expect(request.body == OTLPJSONEncoder(resource: resource).encode([SpanData.small()][...]))
    }

    @Test("X05 keeps the connection for the next batch")
    func keepsConnection() async throws {
        let fixture = try ExporterFixture()
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(fixture.server.requests.map(\.connection) == [1, 1])
    }

    @Test("X05 opens a new connection if the receiver has closed the old one")
    func halfClosedConnection() async throws {
        let fixture = try ExporterFixture([.respondAndClose()])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(fixture.server.requests.map(\.connection) == [1, 2])
    }

    @Test("X06 X07 unless told otherwise, a request may have 64 MiB, and an answer 4 MiB")
    func defaultLimits() {
        let configuration = OTLPConfiguration()
        #expect(configuration.maximumRequestBytes == 64 << 20)
        #expect(configuration.maximumResponseBytes == 4 << 20)
    }

    @Test("X06 splits a batch over the limit of a request, in order")
    func splits() async throws {
        let spans = (1...5).map { SpanData.small(UInt64($0), name: String(repeating: "n", count: 100)) }
        let fixture = try ExporterFixture { $0.maximumRequestBytes = 500 }
        defer { fixture.server.stop() }
        #expect(await fixture.export(spans) == .accepted(rejected: 0))
        let bodies = fixture.server.requests.map(\.body)
        #expect(bodies.count > 1)
        #expect(bodies.allSatisfy { $0.count <= 500 })
        let sent = try bodies.flatMap { body -> [UInt64] in
            let request = try #require(queuert__otlp__v1__export_trace_request__unpack(nil, body.count, body))
            defer { queuert__otlp__v1__export_trace_request__free_unpacked(request, nil) }
            return OTLPDecoded.spanIDs(request)
        }
        #expect(sent == [1, 2, 3, 4, 5])
    }

    @Test("X06 drops and counts a span that alone is over the limit, and sends the others")
    func dropsOversizedSpan() async throws {
        let spans = [SpanData.small(1), .small(2, name: String(repeating: "n", count: 1000)), .small(3)]
        let fixture = try ExporterFixture { $0.maximumRequestBytes = 500 }
        defer { fixture.server.stop() }
        #expect(await fixture.export(spans) == .accepted(rejected: 1))
        #expect(fixture.log.levels == [.warning])
        let alone = await fixture.export([spans[1]])
        guard case .refused(let reason, .tooLarge) = alone else {
            Issue.record("\(alone)")
            return
        }
        #expect(reason.contains("over the limit of 500"))
    }

    @Test("X16 sends nothing for an empty batch")
    func emptyBatch() async throws {
        let fixture = try ExporterFixture()
        defer { fixture.server.stop() }
        #expect(await fixture.export([]) == .accepted(rejected: 0))
        #expect(fixture.server.connectionCount == 0)
    }

    @Test("X17 batches of one exporter are sent one after the other, however many threads hand them over")
    func oneAtATime() async throws {
        let fixture = try ExporterFixture()
        defer { fixture.server.stop() }
        let results = await withTaskGroup(of: ExportResult.self) { group in
            for number in 1...8 { group.addTask { await fixture.export([.small(UInt64(number))]) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: .accepted(rejected: 0), count: 8))
        #expect(fixture.server.requests.count == 8)
        // Two at once would need two connections.
        #expect(fixture.server.connectionCount == 1)
    }

    @Test("X18 sends the user's headers, but not those that describe the body, and logs no value")
    func headers() async throws {
        let fixture = try ExporterFixture {
            $0.headers = [
                "Authorization": "Bearer secret", "content-type": "text/secret", "Content-Encoding": "secret",
                "X-Split": "secret\r\nX-Injected: 1", "X-Empty": "",
            ]
        }
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        let headers = try #require(fixture.server.requests.first).headers
        #expect(headers["authorization"] == "Bearer secret")
        #expect(headers["content-type"] == "application/x-protobuf")
        #expect(headers["content-encoding"] == nil)
        #expect(headers["x-injected"] == nil)
        #expect(headers["x-empty"] == "")
        #expect(fixture.log.entries.count == 3)
        #expect(!"\(fixture.log.entries)".contains("secret"))
    }

    @Test("X04 the program's name comes before the exporter's, and one that can't be sent is left out")
    func product() async throws {
        for (product, prefix) in [("shop/1.4", "shop/1.4 "), ("shop\r\nX-Injected: 1", ""), ("", "")] {
            let fixture = try ExporterFixture { $0.userAgentProduct = product }
            defer { fixture.server.stop() }
            #expect(await fixture.export() == .accepted(rejected: 0))
            let headers = try #require(fixture.server.requests.first).headers
            #expect(headers["user-agent"] == "\(prefix)QueuertOTel-OTLP-Exporter-Swift/\(LibraryVersion.current)")
            #expect(headers["x-injected"] == nil)
            #expect(fixture.log.entries.count == (prefix.isEmpty ? 1 : 0))
        }
    }

    @Test("X21 sends a body over 1 MiB without asking for 100 first")
    func largeBody() async throws {
        let fixture = try ExporterFixture()
        defer { fixture.server.stop() }
        let span = SpanData.small(name: String(repeating: "n", count: 2_000_000))
        #expect(await fixture.export([span]) == .accepted(rejected: 0))
        let request = try #require(fixture.server.requests.first)
        #expect(request.body.count > 2_000_000)
        #expect(request.headers["expect"] == nil)
    }

    @Test("X21 never uses a proxy for loopback")
    func proxy() async {
        await #expect(processExitsWith: .success) {
            setenv("http_proxy", "http://127.0.0.1:1", 1)
            let server = try ScriptedServer()
            let exporter = OTLPSender<SpanData>(
                configuration: OTLPConfiguration(endpoint: try OTLPEndpoint(base: server.url), timeout: .seconds(20)),
                resource: Resource(), logger: RecordingLog().logger())
            guard exporter.export([.small()], timeout: .seconds(20)) == .accepted(rejected: 0) else { exit(1) }
        }
    }

    @Test("X21 asks the proxy of the environment for another machine's receiver")
    func proxyForAnotherMachine() async {
        await #expect(processExitsWith: .success) {
            let proxy = try ScriptedServer()
            setenv("http_proxy", proxy.url, 1)
            for name in ["no_proxy", "NO_PROXY"] { unsetenv(name) }
            let exporter = OTLPSender<SpanData>(
                configuration: OTLPConfiguration(
                    endpoint: try OTLPEndpoint(base: "http://receiver.invalid:4318"), timeout: .seconds(600)),
                resource: Resource(), logger: RecordingLog().logger())
            guard exporter.export([.small()], timeout: .seconds(600)) == .accepted(rejected: 0),
                proxy.requests.map(\.line) == ["POST http://receiver.invalid:4318/v1/traces HTTP/1.1"]
            else { exit(1) }
        }
    }
}

@Suite("OTLP exporter, answers") struct OTLPExporterAnswerTests {
    @Test("X07 refuses an answer over the limit, and doesn't try again")
    func hugeAnswer() async throws {
        let fixture = try ExporterFixture(then: .huge(bytes: 5_000_000))
        defer { fixture.server.stop() }
        let result = await fixture.export()
        guard case .refused(let reason, .unreadableAnswer) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(reason.contains("too large"))
        #expect(fixture.server.requests.count == 1)
    }

    @Test("X07 refuses an answer that is over the limit once it is decompressed, and doesn't try again")
    func compressedBomb() async throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0, count: 1_000_000))
        let headers = protobuf.merging(["Content-Encoding": "gzip"]) { $1 }
        let fixture = try ExporterFixture(then: .respond(headers: headers, body: bomb)) {
            $0.maximumResponseBytes = 100_000
        }
        defer { fixture.server.stop() }
        #expect(bomb.count < 100_000)
        let result = await fixture.export()
        guard case .refused(let reason, .unreadableAnswer) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(reason.contains("over the limit"))
        #expect(fixture.server.requests.count == 1)
    }

    @Test("X08 counts rejected spans of a partial success and doesn't try again")
    func partial() async throws {
        let answer = ScriptedServer.Answer.respond(
            headers: protobuf, body: partialSuccess(rejected: 2, message: "too old"))
        let fixture = try ExporterFixture([answer, answer])
        defer { fixture.server.stop() }
        let spans = [SpanData.small(1), .small(2), .small(3)]
        #expect(await fixture.export(spans) == .accepted(rejected: 2))
        #expect(await fixture.export(spans) == .accepted(rejected: 2))
        #expect(await fixture.export(spans) == .accepted(rejected: 0))
        #expect(fixture.server.requests.count == 3)
        #expect(fixture.log.levels == [.warning, .info])
        #expect(fixture.log.entries.first?.metadata["queuert.otlp.reason"] == "too old")
    }

    @Test("X09 retries 429, 502, 503, 504", arguments: [429, 502, 503, 504])
    func retried(status: Int) async throws {
        let fixture = try ExporterFixture([.respond(status)])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(fixture.server.requests.count == 2)
        #expect(fixture.clock.waits == [.seconds(1)])
        #expect(fixture.log.entries.isEmpty)
    }

    @Test(
        "X09 X15 retries no other status, and follows no redirect",
        arguments: [300, 301, 302, 307, 308, 400, 401, 403, 404, 408, 409, 413, 415, 500, 501, 505, 507])
    func notRetried(status: Int) async throws {
        let fixture = try ExporterFixture([.respond(status, headers: ["Location": "/elsewhere", "Retry-After": "1"])])
        defer { fixture.server.stop() }
        let result = await fixture.export()
        guard case .refused(let reason, _) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(reason.contains("status \(status)") && result.cause == .status(status))
        #expect(fixture.server.requests.count == 1)
        #expect(fixture.clock.waits.isEmpty)
    }

    @Test("X10 honours Retry-After in seconds and as a date; 2023-11-14 22:13:20 is now")
    func retryAfter() async throws {
        let fixture = try ExporterFixture([
            .respond(429, headers: ["Retry-After": "3"]),
            .respond(503, headers: ["Retry-After": "Tue, 14 Nov 2023 22:13:24 GMT"]),
        ])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(fixture.clock.waits == [.seconds(3), .seconds(4)])
    }

    @Test("X10 caps Retry-After by what remains of the budget")
    func retryAfterOverBudget() async throws {
        let fixture = try ExporterFixture([.respond(503, headers: ["Retry-After": "3600"])])
        defer { fixture.server.stop() }
        let result = await fixture.export()
        #expect(result == .unavailable(reason: "The receiver answered with status 503.", cause: .status(503)))
        #expect(fixture.clock.waits == [.seconds(10)])
        #expect(fixture.server.requests.count == 1)
    }

    @Test("X10 a malformed Retry-After counts as none", arguments: ["soon", "-5", "1.5", "", "12 monkeys", "0"])
    func malformedRetryAfter(value: String) async throws {
        let fixture = try ExporterFixture([.respond(429, headers: ["Retry-After": value])])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(fixture.clock.waits == [.seconds(1)])
    }

    @Test("X11 X12 X13 backs off by 1 s, 1.5 s, 2.25 s and so on, within the budget of 10 s for all tries")
    func backoff() async throws {
        let fixture = try ExporterFixture(then: .respond(503))
        defer { fixture.server.stop() }
        #expect(
            await fixture.export()
                == .unavailable(reason: "The receiver answered with status 503.", cause: .status(503)))
        #expect(
            fixture.clock.waits == [
                .seconds(1), .milliseconds(1500), .milliseconds(2250), .milliseconds(3375), .milliseconds(1875),
            ])
        #expect(fixture.server.requests.count == 5)
    }

    @Test("X13 the caller's timeout holds where it is shorter")
    func callersTimeout() async throws {
        let fixture = try ExporterFixture(then: .respond(503))
        defer { fixture.server.stop() }
        #expect(
            await fixture.export(timeout: .seconds(2))
                == .unavailable(reason: "The receiver answered with status 503.", cause: .status(503))
        )
        #expect(fixture.clock.waits == [.seconds(1), .seconds(1)])
    }

    @Test("X13 without a timeout of its own the caller's holds")
    func noTimeout() async throws {
        let fixture = try ExporterFixture([.respond(503, headers: ["Retry-After": "25"])]) { $0.timeout = nil }
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(fixture.clock.waits == [.seconds(25)])
    }

    @Test("X15 takes any 2xx for success", arguments: [200, 201, 202, 204, 206])
    func otherSuccess(status: Int) async throws {
        let fixture = try ExporterFixture([.respond(status)])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
    }

    @Test("an answer may come one byte at a time")
    func byteByByte() async throws {
        let body = partialSuccess(rejected: 1, message: "slow")
        let fixture = try ExporterFixture([.respond(headers: protobuf, body: body, byteByByte: true)])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 1))
    }

    @Test("an episode of failures is for whoever exports to warn of: here it is told once, for debugging, and its end")
    func episode() async throws {
        let fixture = try ExporterFixture([.respond(400), .respond(400), .respond(), .respond(400)])
        defer { fixture.server.stop() }
        for _ in 0..<4 { _ = await fixture.export() }
        #expect(fixture.log.levels == [.debug, .debug, .debug])
        #expect(fixture.log.entries[1].metadata["queuert.otlp.lost_batches"] == "2")
    }
}
