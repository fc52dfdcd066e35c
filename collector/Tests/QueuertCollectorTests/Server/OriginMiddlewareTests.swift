import Testing

@testable import QueuertCollector

@Suite("Requests of web pages") struct OriginMiddlewareTests {
    private static let writes = [("POST", "/api/import"), ("DELETE", "/api/traces"), ("POST", "/_control")]

    @Test("V09 a page of another origin changes nothing, though its browser asks nobody")
    func foreign() async throws {
        try await withCollector(configure: { $0.hasScriptedFaults = true }) { client, collector async throws in
            try await collector.store.insert([Sample.span()])
            let own = "http://127.0.0.1:\(client.port)"
            let pages = [
                ["Origin": "https://evil.test"], ["Origin": "null"], ["Origin": "http://127.0.0.1:1"],
                ["Origin": own, "Sec-Fetch-Site": "cross-site"], ["Origin": own, "Sec-Fetch-Site": "same-site"],
            ]
            for page in pages {
                for (method, path) in Self.writes {
                    let headers = page.merging(["Content-Type": "text/plain"]) { $1 }
                    let body = path == "/_control" ? #"{"next":[503]}"# : SampleTelemetry.log(1)
                    let answer = try await client.send(method, path, headers: headers, body: Array(body.utf8))
                    #expect(answer.status == 403)
                    #expect(answer.text.contains("hint"))
                }
            }
            let sizes = try await collector.store.sizes()
            #expect(sizes.logs == 0)
            #expect(sizes.spans == 1)
            #expect(try await client.export(ProtobufPacker.pack([Sample.span()])).status == 200)
        }
    }

    @Test("the collector's own page does, behind a proxy as well, and so does what isn't a browser")
    func own() async throws {
        try await withCollector { client, collector async throws in
            let senders: [[String: String]] = [
                ["Origin": "http://127.0.0.1:\(client.port)"], [:],
                ["Origin": "https://traces.example.com", "Sec-Fetch-Site": "same-origin"],
            ]
            for (number, headers) in senders.enumerated() {
                let log = Array(SampleTelemetry.log(number).utf8)
                #expect(try await client.send("POST", "/api/import", headers: headers, body: log).status == 200)
                #expect(try await collector.store.sizes().logs == 1)
                #expect(try await client.send("DELETE", "/api/traces", headers: headers).status == 200)
            }
        }
    }
}
