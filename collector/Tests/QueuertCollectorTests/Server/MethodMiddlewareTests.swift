import Testing

@testable import QueuertCollector

@Suite("Methods that a path doesn't have") struct MethodMiddlewareTests {
    @Test("get 405, with those that it has")
    func allowed() async throws {
        let requests: [(String, String, String)] = [
            ("POST", "/api/traces", "DELETE, GET, HEAD"), ("PUT", "/api/traces/", "DELETE, GET, HEAD"),
            ("DELETE", "/api/traces/\(Sample.traceID(1))", "GET, HEAD"), ("POST", "/api/traces/x/linked", "GET, HEAD"),
            ("PATCH", "/api/chains/a%2Fb/graph", "GET, HEAD"), ("OPTIONS", "/api/events", "GET, HEAD"),
            ("DELETE", "/api/metrics?q=1", "GET, HEAD"), ("PROPFIND", "/api/logs", "GET, HEAD"),
            ("GET", "/api/import", "POST"), ("HEAD", "/api/import", "POST"), ("POST", "/api/export", "GET, HEAD"),
            ("POST", "/health", "GET, HEAD"), ("TRACE", "/metrics", "GET, HEAD"), ("POST", "/", "GET, HEAD"),
            ("PUT", "/page.js", "GET, HEAD"),
        ]
        try await withCollector { client, _ async throws in
            for (method, path, methods) in requests {
                let answer = try await client.send(method, path)
                #expect(answer.status == 405, "\(method) \(path)")
                #expect(answer.headers["Allow"] == [methods], "\(method) \(path)")
                #expect(!answer.headers["Content-Security-Policy"].isEmpty, "\(method) \(path)")
                if method == "HEAD" {
                    #expect(answer.body.isEmpty)
                } else {
                    #expect(answer.text.contains(#""hint":"It has \#(methods).""#), "\(answer.text)")
                }
            }
        }
    }

    @Test("get 404 where there is no path either")
    func noPath() async throws {
        let paths = ["/api", "/api/nothing", "/api/traces/x/y", "/api/traces/x/linked/z", "/v1/profiles", "/_control"]
        try await withCollector { client, _ async throws in
            for path in paths {
                for method in ["GET", "POST", "HEAD"] {
                    let answer = try await client.send(method, path)
                    #expect(answer.status == 404, "\(method) \(path)")
                    #expect(answer.headers["Allow"].isEmpty, "\(method) \(path)")
                }
            }
        }
    }

    @Test("get 405 only from who knows the token")
    func token() async throws {
        try await withCollector(configure: { $0.token = "t" }) { client, _ async throws in
            let refused = try await client.send("POST", "/api/traces")
            #expect(refused.status == 401)
            #expect(refused.headers["Allow"].isEmpty)
            let told = try await client.send("POST", "/api/traces", headers: ["Authorization": "Bearer t"])
            #expect(told.status == 405)
        }
    }
}
