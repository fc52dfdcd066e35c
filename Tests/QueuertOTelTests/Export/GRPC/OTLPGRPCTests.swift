import COTLP
import Foundation
import HTTPTestSupport
import Logging
import Synchronization
import Testing

@testable import QueuertOTel

/// A sender of spans before a scripted gRPC server, with a clock that makes waits instant and no jitter.
private struct GRPCFixture {
    let server: ScriptedGRPCServer
    let clock = ManualExportClock()
    let log = RecordingLog()
    let sender: OTLPSender<SpanData>

    init(
        _ script: [ScriptedGRPCServer.Answer] = [],
        then: ScriptedGRPCServer.Answer = .status(body: GRPCBody.empty),
        configure: (inout OTLPConfiguration) -> Void = { _ in }
    ) throws {
        server = try ScriptedGRPCServer(script, then: then)
        var configuration = OTLPConfiguration(endpoint: try OTLPEndpoint(grpc: server.url))
        configure(&configuration)
        sender = OTLPSender<SpanData>(
            configuration: configuration, resource: Resource(attributes: [Attribute("service.name", "test")]),
            logger: log.logger(), clock: clock, retries: RetryPolicy(jitter: { $0 }))
    }

    func export(_ batch: [SpanData] = [.small()], timeout: Duration = .seconds(30)) async -> ExportResult {
        let sender = sender
        return await onOwnThread { sender.export(batch, timeout: timeout) }
    }

    var expectedMessage: [UInt8] {
        OTLPEncoder(resource: Resource(attributes: [Attribute("service.name", "test")])).encode([SpanData.small()])
    }
}

@Suite("OTLP over gRPC", .timeLimit(.minutes(20))) struct OTLPGRPCTests {
    @Test("sends the message that HTTP would carry, with its length before it")
    func request() async throws {
        let fixture = try GRPCFixture()
        defer { fixture.server.stop() }
        for _ in 0..<3 { #expect(await fixture.export() == .accepted(rejected: 0)) }
        #expect(fixture.server.bodies == Array(repeating: GRPCBody.message(fixture.expectedMessage), count: 3))
    }

    @Test("compresses the message, and says so in the byte before it, if asked")
    func gzip() async throws {
        let fixture = try GRPCFixture { $0.compression = .gzip }
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        let body = try #require(fixture.server.bodies.first)
        #expect(body[0] == 1)
        #expect(body[1..<5].reduce(0) { $0 << 8 | Int($1) } == body.count - 5)
        #expect(try Gzip.decompress(Array(body[5...]), maximumBytes: 10_000) == fixture.expectedMessage)
    }

    @Test("sends protobuf whatever encoding HTTP is to have, and a large batch in parts")
    func encodingAndLimit() async throws {
        let fixture = try GRPCFixture {
            $0.encoding = .json
            $0.maximumRequestBytes = 100_000
        }
        defer { fixture.server.stop() }
        let batch = [SpanData](repeating: .small(), count: 2_000)
        #expect(await fixture.export(batch) == .accepted(rejected: 0))
        let counts = try fixture.server.bodies.map { body in
            #expect(body.count <= 100_005)
            let request = try #require(
                queuert__otlp__v1__export_trace_request__unpack(nil, body.count - 5, Array(body[5...])))
            defer { queuert__otlp__v1__export_trace_request__free_unpacked(request, nil) }
            return OTLPDecoded.spanIDs(request).count
        }
        #expect(counts.count > 1)
        #expect(counts.reduce(0, +) == 2_000)
    }

    @Test("counts what a partial success rejects, also in a compressed answer, and tells what the receiver says")
    func partialSuccess() async throws {
        let partial = QueuertOTelTests.partialSuccess(rejected: 3, message: "too old")
        let fixture = try GRPCFixture([
            .status(body: GRPCBody.message(partial)),
            .status(body: GRPCBody.message(try Gzip.compress(partial), isCompressed: true), encoding: "gzip"),
        ])
        defer { fixture.server.stop() }
        let batch = [SpanData](repeating: .small(), count: 5)
        #expect(await fixture.export(batch) == .accepted(rejected: 3))
        #expect(await fixture.export(batch) == .accepted(rejected: 3))
        #expect(fixture.server.bodies.count == 2)
    }

    @Test("X07 refuses an answer that is over the limit once it is decompressed, and doesn't try again")
    func compressedBomb() async throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0, count: 1_000_000))
        // What comes over the wire is within the limit, and within one frame.
        #expect(bomb.count < 16_000)
        let answer = ScriptedGRPCServer.Answer.status(
            body: GRPCBody.message(bomb, isCompressed: true), encoding: "gzip")
        let fixture = try GRPCFixture([answer]) { $0.maximumResponseBytes = 100_000 }
        defer { fixture.server.stop() }
        let result = await fixture.export()
        guard case .refused(_, .unreadableAnswer) = result else { return #expect(Bool(false), "\(result)") }
        #expect(fixture.server.bodies.count == 1)
    }

    @Test("tries again for each status that OTLP calls transient", arguments: [1, 4, 10, 11, 14, 15])
    func transient(code: Int) async throws {
        let fixture = try GRPCFixture([.status(code), .status(code, message: "later")])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(fixture.server.bodies.count == 3)
        #expect(fixture.clock.waits == [.seconds(1), .milliseconds(1500)])
    }

    @Test("tries again for no other status, and says which it was", arguments: [2, 3, 5, 6, 7, 8, 9, 12, 13, 16, 99])
    func permanent(code: Int) async throws {
        let fixture = try GRPCFixture([.status(code, message: "not%20so%21")])
        defer { fixture.server.stop() }
        guard case .refused(let reason, _) = await fixture.export() else { return #expect(Bool(false), "was taken") }
        #expect(reason.hasSuffix(": not so!."))
        #expect(fixture.server.bodies.count == 1)
    }

    @Test("a receiver that doesn't accept provided headers is asked once more with those of then")
    func unauthenticated() async throws {
        let asked = Mutex(0)
        let provider = OTLPConfiguration.HeaderProvider {
            asked.withLock { $0 += 1 }
            return ["authorization": "Bearer token"]
        }
        let fixture = try GRPCFixture([.status(16)]) { $0.headerProvider = provider }
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        let count = asked.withLock { $0 }
        #expect(fixture.server.bodies.count == 2 && count == 2)
    }

    /// A `google.rpc.Status` with a `google.rpc.RetryInfo`, in base 64 without padding, as gRPC sends it.
    private func details(seconds: UInt8, nanos: [UInt8] = []) -> String {
        let delay: [UInt8] = [0x08, seconds] + (nanos.isEmpty ? [] : [0x10] + nanos)
        let info: [UInt8] = [0x0a, UInt8(delay.count)] + delay
        let url = Array("type.googleapis.com/google.rpc.RetryInfo".utf8)
        let any: [UInt8] = [0x0a, UInt8(url.count)] + url + [0x12, UInt8(info.count)] + info
        let status: [UInt8] = [0x08, 8, 0x12, 1, UInt8(ascii: "x"), 0x1a, UInt8(any.count)] + any
        return Data(status).base64EncodedString().replacingOccurrences(of: "=", with: "")
    }

    @Test("waits as long as RetryInfo asks, and takes RESOURCE_EXHAUSTED for transient only with it")
    func retryInfo() async throws {
        let fixture = try GRPCFixture([
            // 500,000,000 nanoseconds.
            .status(8, details: details(seconds: 2, nanos: [0x80, 0xca, 0xb5, 0xee, 0x01])),
            .status(14, details: details(seconds: 3)), .status(14, details: "no base 64!"),
        ])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(fixture.clock.waits == [.milliseconds(2500), .seconds(3), .milliseconds(2250)])
    }

    @Test("a proxy's answer is tried again where HTTP has it so, and refused otherwise")
    func proxies() async throws {
        let fixture = try GRPCFixture([.http(503), .http(502), .http(404)])
        defer { fixture.server.stop() }
        #expect(
            await fixture.export() == .refused(reason: "The receiver answered with status 404.", cause: .status(404)))
        #expect(fixture.server.bodies.count == 3)
    }

    @Test("an answer that is cut short, or isn't OTLP's, is refused with the reason")
    func unreadable() async throws {
        let fixture = try GRPCFixture([
            .status(body: [0, 0, 0]), .status(body: [0, 0, 0, 0, 9, 1]), .status(body: GRPCBody.message([0xff])),
            .status(body: GRPCBody.message([1, 2], isCompressed: true), encoding: "gzip"), .http(200),
        ])
        defer { fixture.server.stop() }
        for _ in 0..<5 {
            guard case .refused(let reason, _) = await fixture.export() else {
                return #expect(Bool(false), "was taken")
            }
            #expect(reason.hasPrefix("The receiver's answer can't be read.") || reason.hasPrefix("The answer isn't"))
        }
        #expect(fixture.server.bodies.count == 5)
    }

    @Test("a stream that is reset or a connection that is closed is tried again, on another connection")
    func broken() async throws {
        let fixture = try GRPCFixture([.close, .resetStream(code: 7)])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(fixture.server.bodies.count == 3)
    }

    @Test("a receiver that never answers costs the timeout, and an interruption ends the wait at once")
    func hangs() async throws {
        let fixture = try GRPCFixture(then: .hang)
        defer { fixture.server.stop() }
        guard case .unavailable = await fixture.export(timeout: .milliseconds(50)) else {
            return #expect(Bool(false), "was taken")
        }
        // On a busy machine the first may have timed out before it was sent.
        let before = fixture.server.bodies.count
        async let result = fixture.export()
        while fixture.server.bodies.count == before { await Task.yield() }
        fixture.sender.interrupt()
        guard case .unavailable = await result else { return #expect(Bool(false), "was taken") }
    }

    @Test("a receiver that speaks HTTP/1.1 only is told apart, and nothing hangs")
    func wrongProtocol() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let configuration = OTLPConfiguration(endpoint: try OTLPEndpoint(grpc: server.url))
        let sender = OTLPSender<SpanData>(
            configuration: configuration, resource: Resource(), logger: RecordingLog().logger(),
            clock: ManualExportClock(), retries: RetryPolicy(jitter: { $0 }))
        let result = await onOwnThread { sender.export([.small()], timeout: .seconds(30)) }
        guard case .unavailable(let reason, _) = result else { return #expect(Bool(false), "\(result)") }
        #expect(reason.contains("endpoint"))
    }

    @Test("headers of gRPC's and of the body are not the user's to set")
    func reservedHeaders() async throws {
        let fixture = try GRPCFixture {
            $0.headers = ["grpc-timeout": "1S", "TE": "gzip", "Content-Type": "text/plain", "X-Key": "secret"]
        }
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        let logged = fixture.log.entries.map { "\($0)" }.joined()
        #expect(logged.contains("grpc-timeout") && logged.contains("TE"))
        #expect(!logged.contains("secret"))
    }

    @Test("the deadline is told in milliseconds, of which there are eight digits at most")
    func deadline() {
        #expect(GRPC.deadline(.seconds(10)).value == "10000m")
        #expect(GRPC.deadline(.microseconds(1)).value == "1m")
        #expect(GRPC.deadline(.seconds(1_000_000)).value == "99999999m")
    }
}

@Suite("OTLP over gRPC, endpoints") struct GRPCEndpointTests {
    @Test(
        "an address is the receiver's; the path is the method's",
        arguments: [
            ("http://box:4317", "http://box:4317/"), ("https://box", "https://box/"),
            ("http://box:1/v1/traces", "http://box:1/"),
            ("box:4317", "https://box:4317/"),
        ])
    func addresses(text: String, base: String) throws {
        let endpoint = try OTLPEndpoint(grpc: text)
        #expect(endpoint.url == base + "opentelemetry.proto.collector.trace.v1.TraceService/Export")
        let metrics = try OTLPEndpoint(grpc: text, signal: .metrics)
        #expect(metrics.url == base + "opentelemetry.proto.collector.metrics.v1.MetricsService/Export")
        let logs = try OTLPEndpoint(grpc: text, signal: .logs)
        #expect(logs.url == base + "opentelemetry.proto.collector.logs.v1.LogsService/Export")
    }

    @Test("an address that can't be used is refused", arguments: ["ftp://box", "http://", "http://a b"])
    func refused(text: String) { #expect(throws: OTLPEndpointError.self) { try OTLPEndpoint(grpc: text) } }

    private func read(_ variables: [String: String]) -> EnvironmentConfiguration {
        EnvironmentConfiguration(environment: variables)
    }

    @Test("OTEL_EXPORTER_OTLP_PROTOCOL=grpc makes the endpoints gRPC's, for all signals or for one")
    func environment() {
        let all = read(["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"])
        #expect(all.exporter.endpoint == .localGRPC(for: .traces))
        #expect(all.metrics.exporter.endpoint == .localGRPC(for: .metrics))
        #expect(all.warnings.isEmpty)
        let one = read([
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://box:1",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "other:2", "OTEL_EXPORTER_OTLP_INSECURE": "true",
        ])
        #expect(one.exporter.endpoint.url.hasPrefix("http://other:2/opentelemetry"))
        #expect(one.metrics.exporter.endpoint.url == "http://box:1/v1/metrics")
        let secure = read(["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_ENDPOINT": "other:2"])
        #expect(secure.exporter.endpoint.url.hasPrefix("https://other:2/"))
    }

    @Test("an address that can't be used leaves the collector of this machine, with a warning")
    func warning() {
        let configuration = read(["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_ENDPOINT": "ftp://box"])
        #expect(configuration.exporter.endpoint == .localGRPC(for: .traces))
        #expect(configuration.warnings.map(\.variable) == ["OTEL_EXPORTER_OTLP_ENDPOINT"])
    }
}
