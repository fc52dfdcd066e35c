import Hummingbird
import Testing

@testable import QueuertCollector

@Suite("Requests that name another host") struct LoopbackHostTests {
    @Test(
        "this machine's names are let in",
        arguments: ["localhost", "LOCALHOST:4318", "127.0.0.1", "127.0.0.1:80", "[::1]:4318", "[::1]"])
    func allowed(_ host: String) {
        #expect(LoopbackHostMiddleware<BasicRequestContext>.isLoopback(host))
    }

    @Test(
        "others are not, however alike",
        arguments: [
            "", "example.com", "localhost.example.com", "127.0.0.1.nip.io:4318", "::1", "[::1", "evil@localhost",
        ])
    func refused(_ host: String) {
        #expect(!LoopbackHostMiddleware<BasicRequestContext>.isLoopback(host))
    }

    @Test(
        "a page that points its own name here gets 403, to read and to write",
        arguments: ["/", "/api/traces", "/v1/traces"])
    func rebinding(_ path: String) async throws {
        try await withCollector { client, _ async throws in
            #expect(try await client.send("GET", path, headers: ["Host": "evil.example:4318"]).status == 403)
            #expect(try await client.send("POST", path, headers: ["Host": "evil.example"]).status == 403)
        }
    }

    @Test("the API says so in its own form")
    func form() async throws {
        try await withCollector { client, _ async throws in
            let answer = try await client.send("GET", "/api/traces", headers: ["Host": "evil.example"])
            #expect(answer.headers["Content-Type"] == ["application/json"])
            #expect(answer.text.contains(#""hint":"Use localhost"#))
        }
    }
}
