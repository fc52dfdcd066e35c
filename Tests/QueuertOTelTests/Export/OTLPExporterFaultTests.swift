import Glibc
import HTTPTestSupport
import Logging
import Testing

@testable import QueuertOTel

@Suite("OTLP exporter, faults") struct OTLPExporterFaultTests {
    /// An exporter with the machine's own clock, for faults that take time.
    private func exporter(
        _ url: String, log: RecordingLog = RecordingLog(), timeout: Duration
    ) throws -> OTLPSender<SpanData> {
        OTLPSender<SpanData>(
            configuration: OTLPConfiguration(endpoint: try OTLPEndpoint(base: url), timeout: timeout),
            resource: Resource(), logger: log.logger())
    }

    private func isUnavailable(_ result: ExportResult) -> Bool {
        if case .unavailable = result { true } else { false }
    }

    @Test("X11 a refused connection is tried again until the budget is spent, and is then unavailable")
    func connectionRefused() async throws {
        // One that is down keeps its port, which another test's server could take otherwise.
        let down = try ScriptedServer(isDown: true)
        defer { down.stop() }
        let fixture = try ExporterFixture {
            // A server's address is right, so this can't throw; the default would show in the result.
            $0.endpoint = (try? OTLPEndpoint(base: down.url)) ?? .local
        }
        defer { fixture.server.stop() }
        let result = await fixture.export()
        #expect(isUnavailable(result) && result.cause == .connectionFailed, "\(result)")
        #expect(fixture.clock.waits.first == .seconds(1))
        #expect(fixture.clock.waits.reduce(.zero, +) == .seconds(10))
        #expect(fixture.log.levels == [.debug])
        #expect(fixture.server.connectionCount == 0)
    }

    @Test("a program that the process starts meanwhile inherits no connection")
    func execution() async throws {
        let server = try ScriptedServer(then: .hang)
        defer { server.stop() }
        let exporter = try exporter(server.url, timeout: .seconds(3600))
        async let result = onOwnThread { exporter.export([.small(1)], timeout: .seconds(3600)) }
        await server.waitForRequests(1)
        let connections = Self.connections(to: server.port)
        #expect(connections.count == 1)
        #expect(connections.allSatisfy { fcntl($0, F_GETFD) & FD_CLOEXEC != 0 })
        exporter.interrupt()
        #expect(isUnavailable(await result))
    }

    /// The descriptors of this process that are connected to a port.
    private static func connections(to port: UInt16) -> [Int32] {
        (0..<Int32(65_536)).filter { descriptor in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
            }
            guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return false }
            return UInt16(bigEndian: address.sin_port) == port
        }
    }

    @Test("X11 a reset connection is tried again with the same request")
    func reset() async throws {
        let fixture = try ExporterFixture([.reset])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        let bodies = fixture.server.requests.map(\.body)
        #expect(bodies.count == 2)
        #expect(bodies.first == bodies.last)
    }

    @Test("X11 a connection that is reset while the request is still being sent is tried again with the same request")
    func resetWithinRequest() async throws {
        // More than the system takes from who sends before anybody has read it.
        let span = SpanData.small(name: String(repeating: "n", count: 8_000_000))
        let fixture = try ExporterFixture(resetConnections: 1) { $0.timeout = .seconds(600) }
        defer { fixture.server.stop() }
        #expect(await fixture.export([span], timeout: .seconds(600)) == .accepted(rejected: 0))
        #expect(fixture.server.connectionCount == 2)
        #expect(fixture.clock.waits == [.seconds(1)])
        let expected = OTLPEncoder(resource: Resource(attributes: [Attribute("service.name", "test")])).encode([span])
        let isWhole = fixture.server.requests.map(\.body) == [expected]
        #expect(isWhole)
    }

    @Test("X11 a connection that ends within an answer is tried again")
    func truncated() async throws {
        let fixture = try ExporterFixture([.raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".utf8))])
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(fixture.server.requests.count == 2)
    }

    @Test("a receiver that goes down between two batches costs the second, and none of those after it is back")
    func downInTheMiddle() async throws {
        let fixture = try ExporterFixture([.respond()] + Array(repeating: .reset, count: 9)) {
            $0.timeout = .seconds(10)
        }
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        // Tries at 0, 1, 2.5, 4.75, 8.125 and 10 s.
        var failures = 0
        while isUnavailable(await fixture.export([.small(2)])) { failures += 1 }
        #expect(failures >= 1)
        #expect(await fixture.export([.small(3)]) == .accepted(rejected: 0))
        #expect(fixture.log.levels == [.debug, .debug])
    }

    @Test("X13 an answer that comes slowly and never ends is unavailable when the budget is spent")
    func trickle() async throws {
        let server = try ScriptedServer(then: .trickle)
        defer { server.stop() }
        let exporter = try exporter(server.url, timeout: .milliseconds(100))
        let result = await onOwnThread { exporter.export([.small()], timeout: .seconds(30)) }
        #expect(isUnavailable(result), "\(result)")
    }

    @Test("X09 X12 a receiver that is always too busy is asked ever more seldom, until the budget is spent")
    func storm() async throws {
        let fixture = try ExporterFixture(then: .respond(429))
        defer { fixture.server.stop() }
        for _ in 1...3 {
            #expect(
                await fixture.export()
                    == .unavailable(reason: "The receiver answered with status 429.", cause: .status(429)))
        }
        #expect(fixture.clock.waits.prefix(4) == [.seconds(1), .seconds(1.5), .seconds(2.25), .seconds(3.375)])
        #expect(fixture.server.requests.count == 15)
        #expect(fixture.log.levels == [.debug])
    }

    @Test("a name that can't be resolved is unavailable")
    func unknownName() async throws {
        let exporter = try exporter("http://receiver.invalid:4318", timeout: .milliseconds(100))
        let result = await onOwnThread { exporter.export([.small()], timeout: .seconds(30)) }
        #expect(isUnavailable(result), "\(result)")
    }

    @Test("B04 a shutdown ends in its time while a receiver asks for patience, and counts what is lost")
    func shutdownDuringRetry() async throws {
        let log = RecordingLog()
        let server = try ScriptedServer(then: .respond(503, headers: ["Retry-After": "3600"]))
        defer { server.stop() }
        let processor = BatchSpanProcessor(
            exporter: OTLPSpanExporter(
                configuration: OTLPConfiguration(endpoint: try OTLPEndpoint(base: server.url), timeout: nil),
                resource: Resource(), logger: log.logger()),
            configuration: BatchConfiguration(exportTimeout: .seconds(7200)), logger: log.logger())
        processor.spanEnded(.small())
        async let flush = processor.flush(timeout: .seconds(3600))
        await server.waitForRequests(1)
        #expect(await processor.shutdown(timeout: .milliseconds(10)) == .timeout)
        #expect(await flush == .failure)
        #expect(processor.statistics.failed == 1)
        #expect(log.levels.filter { $0 == .warning }.count >= 1)
    }

    @Test("X13 a receiver that says nothing is unavailable when the budget is spent")
    func hang() async throws {
        let server = try ScriptedServer(then: .hang)
        defer { server.stop() }
        let exporter = try exporter(server.url, timeout: .milliseconds(200))
        let result = await onOwnThread { exporter.export([.small()], timeout: .seconds(30)) }
        #expect(isUnavailable(result) && result.cause == .timeout, "\(result)")
    }

    @Test("X13 the reason is why tries failed, not that the last had no time left")
    func reasonBeforeTimeout() async throws {
        // The wait for 9 s is instant, so that the second try has a real tenth of a second.
        let fixture = try ExporterFixture([.respond(503, headers: ["Retry-After": "9"])], then: .hang) {
            $0.timeout = .milliseconds(9100)
        }
        defer { fixture.server.stop() }
        #expect(
            await fixture.export()
                == .unavailable(reason: "The receiver answered with status 503.", cause: .status(503)))
        #expect(fixture.clock.waits == [.seconds(9), .milliseconds(100)])
    }

    @Test("an answer that isn't HTTP is refused")
    func garbage() async throws {
        let fixture = try ExporterFixture(then: .raw(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)))
        defer { fixture.server.stop() }
        let result = await fixture.export()
        guard case .refused(let reason, _) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(reason.contains("isn't HTTP"))
        #expect(fixture.server.requests.count == 1)
    }

    @Test("endless headers are refused")
    func endlessHeaders() async throws {
        let line = "X-Filler: " + String(repeating: "a", count: 1000) + "\r\n"
        let fixture = try ExporterFixture(
            then: .raw(Array(("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 100)).utf8)))
        defer { fixture.server.stop() }
        let result = await fixture.export()
        guard case .refused(let reason, _) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(reason.contains("too large"))
    }

    @Test("X19 a file of authorities that isn't there is a refusal with a hint, and no try is made")
    func missingAuthorities() async throws {
        let fixture = try ExporterFixture { configuration in
            configuration.certificateAuthorityPath = "/nowhere/authorities.pem"
            configuration.endpoint =
                (try? OTLPEndpoint(url: configuration.endpoint.url.replacing("http:", with: "https:"))) ?? .local
        }
        defer { fixture.server.stop() }
        let result = await fixture.export()
        guard case .refused(let reason, _) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(reason.contains("certificate"))
        #expect(fixture.server.requests.isEmpty)
    }

    @Test("X19 https to a receiver without TLS never falls back to plain text")
    func noTLS() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let exporter = try exporter("https://127.0.0.1:\(server.port)", timeout: .milliseconds(100))
        // The server waits for the rest of what isn't HTTP to it, so nothing but the timeout ends the handshake.
        let result = await onOwnThread { exporter.export([.small()], timeout: .seconds(30)) }
        #expect(isUnavailable(result), "\(result)")
        #expect(server.requests.isEmpty)
    }

    @Test("interrupt ends a hanging transfer, and later exports fail at once")
    func interruptTransfer() async throws {
        let log = RecordingLog()
        let server = try ScriptedServer(then: .hang)
        defer { server.stop() }
        // An hour: only the interrupt can end the test.
        let exporter = try exporter(server.url, log: log, timeout: .seconds(3600))
        async let result = onOwnThread { exporter.export([.small()], timeout: .seconds(3600)) }
        await server.waitForRequests(1)
        exporter.interrupt()
        #expect(isUnavailable(await result))
        let later = await onOwnThread { exporter.export([.small()], timeout: .seconds(3600)) }
        #expect(isUnavailable(later))
        #expect(server.requests.count == 1)
        #expect(log.entries.isEmpty)
    }

    @Test("interrupt ends a wait for the next try")
    func interruptWait() async throws {
        let server = try ScriptedServer(then: .respond(503, headers: ["Retry-After": "3600"]))
        defer { server.stop() }
        let exporter = try exporter(server.url, timeout: .seconds(7200))
        async let result = onOwnThread { exporter.export([.small()], timeout: .seconds(7200)) }
        await server.waitForRequests(1)
        exporter.interrupt()
        #expect(isUnavailable(await result))
        #expect(server.requests.count == 1)
    }
}
