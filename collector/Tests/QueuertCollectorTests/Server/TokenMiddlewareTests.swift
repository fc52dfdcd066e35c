import Testing

@testable import QueuertCollector

@Suite("The token") struct TokenMiddlewareTests {
    private let token = "a secret; with=signs"

    @Test("nobody sends or reads without it, and health stays open")
    func refused() async throws {
        try await withCollector(configure: { $0.token = token }) { client, _ async throws in
            let answer = try await client.export([])
            #expect(answer.status == 401)
            #expect(answer.headers["WWW-Authenticate"] == ["Bearer"])
            #expect(answer.headers["Content-Type"] == ["application/x-protobuf"])
            for path in ["/", "/api/traces", "/api/export", "/metrics", "/page.js", "/?token=wrong"] {
                #expect(try await client.get(path).status == 401)
            }
            let wrong = try await client.send("GET", "/api/traces", headers: ["Authorization": "Bearer a secret"])
            #expect(wrong.status == 401)
            #expect(try await client.get("/health").status == 200)
            #expect(try await client.get("/ready").status == 200)
        }
    }

    @Test("programs send it as a header, and browsers get a cookie for it")
    func known() async throws {
        try await withCollector(configure: { $0.token = token }) { client, _ async throws in
            let header = ["Authorization": "Bearer \(token)", "Content-Type": "application/x-protobuf"]
            #expect(try await client.send("POST", "/v1/traces", headers: header).status == 200)
            let opened = try await client.get("/?token=a%20secret%3B%20with%3Dsigns")
            #expect(opened.status == 303)
            #expect(opened.headers["Location"] == ["/"])
            let cookie = try #require(opened.headers["Set-Cookie"].first)
            #expect(cookie.contains("HttpOnly"))
            #expect(cookie.contains("SameSite=Strict"))
            let pair = String(cookie.prefix { $0 != ";" })
            #expect(try await client.send("GET", "/api/traces", headers: ["Cookie": "other=1; \(pair)"]).status == 200)
            #expect(try await client.send("GET", "/api/traces", headers: ["Cookie": "other=1"]).status == 401)
        }
    }

    @Test("a browser may give a token that looks like something encoded", arguments: ["50%x", "%41"])
    func percentSigns(_ token: String) async throws {
        try await withCollector(configure: { $0.token = token }) { client, _ async throws in
            let opened = try await client.get("/?token=\(token.replacing("%", with: "%25"))")
            #expect(opened.status == 303)
            let cookie = try #require(opened.headers["Set-Cookie"].first)
            let pair = String(cookie.prefix { $0 != ";" })
            #expect(try await client.send("GET", "/api/traces", headers: ["Cookie": pair]).status == 200)
        }
    }
}
