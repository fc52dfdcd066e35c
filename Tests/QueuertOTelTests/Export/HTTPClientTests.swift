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

    /// The answer's status, or why there is none.
    private func post(
        _ body: [UInt8], by client: HTTPClient, timeout: Duration
    ) async -> Result<Int, HTTPTransportError> {
        await onOwnThread {
            Result { () throws(HTTPTransportError) in try client.post(body, headers: [], timeout: timeout).status }
        }
    }
}
