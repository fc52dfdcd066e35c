import Testing

@testable import QueuertCollector

@Suite("Telemetry from browsers") struct AllowedOriginsTests {
    @Test(
        "R09 origins are compared as a whole, and an asterisk stands for anything but slashes",
        arguments: [
            ("https://app.example.com", true), ("HTTPS://APP.example.com", true), ("https://b.test:8080", true),
            ("https://example.com", false), ("https://app.example.com.evil.test", false),
            ("http://app.example.com", false),
            ("https://evil.test/.example.com", false), ("https://b.test", false), ("null", false), ("", false),
        ])
    func patterns(_ origin: String, _ isAllowed: Bool) {
        let origins = AllowedOrigins(["https://*.example.com", "https://b.test:8080"])
        #expect(origins.contains(origin) == isAllowed)
        #expect(AllowedOrigins(["*"]).contains(origin))
        #expect(!AllowedOrigins().contains(origin))
    }

    @Test("R09 a page on the list may ask and send, without credentials; others may not")
    func requests() async throws {
        try await withCollector(configure: { configuration in
            configuration.allowedOrigins = AllowedOrigins(["https://*.example.com"])
        }) { client, _ async throws in
            let asked = try await client.send(
                "OPTIONS", "/v1/traces",
                headers: [
                    "Origin": "https://app.example.com", "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "content-type",
                ])
            #expect(asked.status == 204)
            #expect(asked.headers["Access-Control-Allow-Origin"] == ["https://app.example.com"])
            #expect(asked.headers["Access-Control-Allow-Methods"] == ["POST"])
            #expect(asked.headers["Access-Control-Allow-Headers"] == ["content-type"])
            #expect(asked.headers["Access-Control-Max-Age"] == ["7200"])
            let type = ["Content-Type": "application/x-protobuf"]
            let sent = try await client.send(
                "POST", "/v1/logs", headers: type.merging(["Origin": "https://app.example.com"]) { $1 })
            #expect(sent.status == 200)
            #expect(sent.headers["Access-Control-Allow-Origin"] == ["https://app.example.com"])
            #expect(sent.headers["Access-Control-Allow-Credentials"].isEmpty)
            #expect(sent.headers["Vary"] == ["Origin"])
            #expect(sent.headers["Cross-Origin-Resource-Policy"] == ["cross-origin"])
            for origin in ["https://example.com", "https://evil.test"] {
                let refused = try await client.send(
                    "OPTIONS", "/v1/traces", headers: ["Origin": origin, "Access-Control-Request-Method": "POST"])
                #expect(refused.status == 405)
                #expect(refused.headers["Access-Control-Allow-Origin"].isEmpty)
            }
            // The page and the API are for nobody else.
            let api = try await client.send("GET", "/api/traces", headers: ["Origin": "https://app.example.com"])
            #expect(api.headers["Access-Control-Allow-Origin"].isEmpty)
        }
    }

    @Test("R09 with a token a browser may ask without it, and a page that doesn't know it can read so")
    func token() async throws {
        try await withCollector(configure: { configuration in
            configuration.allowedOrigins = AllowedOrigins(["https://app.example.com"])
            configuration.token = "t"
        }) { client, _ async throws in
            let origin = "https://app.example.com"
            let asked = try await client.send(
                "OPTIONS", "/v1/traces", headers: ["Origin": origin, "Access-Control-Request-Method": "POST"])
            #expect(asked.status == 204)
            #expect(asked.headers["Access-Control-Allow-Origin"] == [origin])
            let headers = ["Origin": origin, "Content-Type": "application/x-protobuf"]
            let unknown = try await client.send("POST", "/v1/traces", headers: headers)
            #expect(unknown.status == 401)
            #expect(unknown.headers["Access-Control-Allow-Origin"] == [origin])
            let known = try await client.send(
                "POST", "/v1/traces", headers: headers.merging(["Authorization": "Bearer t"]) { $1 })
            #expect(known.status == 200)
            #expect(known.headers["Access-Control-Allow-Origin"] == [origin])
        }
    }
}
