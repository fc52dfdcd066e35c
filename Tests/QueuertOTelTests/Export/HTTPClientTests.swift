import HTTPTestSupport
import Testing

@testable import QueuertOTel

@Suite("HTTP client", .timeLimit(.minutes(20))) struct HTTPClientTests {
    @Test("a request whose time is up before its turn comes is not sent, and the next one is")
    func late() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let client = try HTTPClient(
            HTTPClient.Settings(
                url: server.url, isLoopback: true, userAgent: "test", connectTimeout: .seconds(600),
                maximumResponseBytes: 1024))
        let late = await post([1], by: client, timeout: .zero)
        let error = #expect(throws: HTTPTransportError.self) { try late.get() }
        #expect(error?.code == .timedOut)
        let next = await post([2], by: client, timeout: .seconds(600))
        #expect(next == .success(200))
        #expect(server.requests.map(\.body) == [[2]])
    }

    @Test("a request waits for its turn no longer than its own time, however long the one before it takes")
    func waiting() async throws {
        let server = try ScriptedServer(then: .hang)
        defer { server.stop() }
        let client = try HTTPClient(
            HTTPClient.Settings(
                url: server.url, isLoopback: true, userAgent: "test", connectTimeout: .seconds(600),
                maximumResponseBytes: 1024))
        async let first = post([1], by: client, timeout: .seconds(3600))
        await server.waitForRequests(1)
        let second = await post([2], by: client, timeout: .milliseconds(1))
        let late = #expect(throws: HTTPTransportError.self) { try second.get() }
        #expect(late?.code == .timedOut)
        client.interrupt()
        let firstResult = await first
        let interrupted = #expect(throws: HTTPTransportError.self) { try firstResult.get() }
        #expect(interrupted?.code == .interrupted)
        #expect(server.requests.map(\.body) == [[1]])
    }

    @Test("X21 a connection that isn't made in its time is given up, however long the request may take")
    func connectTimeout() async throws {
        // It waits for the rest of what isn't HTTP to it, so nothing but a timeout ends the handshake.
        let server = try ScriptedServer()
        defer { server.stop() }
        let client = try HTTPClient(
            HTTPClient.Settings(
                url: "https://127.0.0.1:\(server.port)", isLoopback: true, userAgent: "test",
                connectTimeout: .milliseconds(50), maximumResponseBytes: 1024))
        let start = ContinuousClock.now
        let result = await post([1], by: client, timeout: .seconds(3600))
        let error = #expect(throws: HTTPTransportError.self) { try result.get() }
        #expect(error?.code == .timedOut)
        // libcurl's own is 300 s.
        #expect(ContinuousClock.now - start < .seconds(290))
        #expect(server.requests.isEmpty)
    }

    @Test("X13 a request ends in its time, though the look-up of its receiver's name doesn't")
    func hangingName() async throws {
        let name = try HangingName()
        defer { name.end() }
        let result = await post([1], by: try client(of: name), timeout: .milliseconds(100))
        let error = #expect(throws: HTTPTransportError.self) { try result.get() }
        #expect(error?.code == .timedOut)
        // On a busy machine libcurl's thread may begin when nobody waits for it any more.
        await name.waitForLookup()
        #expect(!name.hasEnded)
    }

    @Test("X21 a request is interrupted at once, though the look-up of its receiver's name goes on")
    func interruptedLookup() async throws {
        let name = try HangingName()
        defer { name.end() }
        let client = try client(of: name)
        async let request = post([1], by: client, timeout: .seconds(3600))
        await name.waitForLookup()
        client.interrupt()
        let result = await request
        let error = #expect(throws: HTTPTransportError.self) { try result.get() }
        #expect(error?.code == .interrupted)
        #expect(!name.hasEnded)
    }

    /// Who asks the receiver of a name, and no proxy.
    private func client(of name: HangingName) throws -> HTTPClient {
        try HTTPClient(
            HTTPClient.Settings(
                url: "http://\(name.name):4318", isLoopback: true, userAgent: "test", connectTimeout: .seconds(600),
                maximumResponseBytes: 1024))
    }

    @Test("X21 an address of another protocol than HTTP is not asked")
    func otherProtocols() async throws {
        let client = try HTTPClient(
            HTTPClient.Settings(
                url: "file:///dev/null", userAgent: "test", connectTimeout: .seconds(600), maximumResponseBytes: 1024))
        let result = await onOwnThread {
            Result { () throws(HTTPTransportError) in try client.get(timeout: .seconds(600)).status }
        }
        let error = #expect(throws: HTTPTransportError.self) { try result.get() }
        #expect(error?.code == .malformedResponse)
    }

    /// The answer's status, or why there is none.
    private func post(
        _ body: [UInt8], by client: HTTPClient, timeout: Duration
    ) async -> Result<Int, HTTPTransportError> {
        await onOwnThread {
            Result { () throws(HTTPTransportError) in try client.post(body, headers: [], timeout: timeout).status }
        }
    }
}
