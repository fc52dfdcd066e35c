import Foundation
import Testing

@testable import QueuertCollector

@Suite("Import and export") struct TransferAPITests {
    @Test("a trace that is exported and imported elsewhere is the same there, with its log records")
    func roundTrip() async throws {
        try await withCollector { client, collector async throws in
            try await collector.store.insert([Sample.full, Sample.span(), Sample.span(trace: 1)])
            #expect(
                try await client.export(Array(SampleTelemetry.log(1).utf8), .logs, type: "application/json").status
                    == 200)
            let one = try await client.get("/api/export?trace=\(Sample.traceID(0))")
            #expect(one.headers["Content-Type"] == ["application/x-ndjson"])
            #expect(one.headers["Content-Disposition"] == ["attachment; filename=\"trace-\(Sample.traceID(0)).jsonl\""])
            #expect(one.text.split(separator: "\n").count == 2)
            let all = try await client.get("/api/export")
            try await withCollector { other, copy async throws in
                let answer = try await other.send("POST", "/api/import", body: one.body)
                #expect(answer.text == #"{"requests":2,"spans":2,"points":0,"logs":1,"rejected":0}"#)
                let spans = try await copy.store.spans(ofTrace: Sample.traceID(0))
                #expect(try await collector.store.spans(ofTrace: Sample.traceID(0)) == spans)
                #expect(try await copy.store.sizes().logs == 1)
                let zipped = Gzip.compress(all.body)
                let imported = try await other.send(
                    "POST", "/api/import", headers: ["Content-Encoding": "gzip"], body: zipped)
                #expect(imported.status == 200)
                #expect(try await copy.store.spans(ofTrace: Sample.traceID(1)) == [Sample.span(trace: 1)])
            }
        }
    }

    @Test("a request may be spread over lines, and one that is none is refused by its number")
    func mistakes() async throws {
        try await withCollector { client, collector async throws in
            let spread = SampleTelemetry.log(1).replacing(",", with: ",\n  ")
            #expect(try await client.send("POST", "/api/import", body: Array(spread.utf8)).status == 200)
            let second = Array((SampleTelemetry.log(2) + "\n{\"spans\":[]}\n").utf8)
            let answer = try await client.send("POST", "/api/import", body: second)
            #expect(answer.status == 400)
            #expect(answer.text.contains("request 2"))
            #expect(try await collector.store.sizes().logs == 2)
            let broken = try await client.send("POST", "/api/import", body: Array("{".utf8))
            #expect(broken.status == 400)
            #expect(broken.text.contains("request 1"))
            #expect(try await client.get("/api/export?trace=xyz").status == 400)
            #expect(try await client.get("/api/export?trace=\(Sample.traceID(5))").status == 404)
        }
    }

    @Test("a file to import that isn't there keeps the collector from starting, with a sentence that names it")
    func missingFile() async throws {
        let error = await #expect(throws: CollectorError.self) {
            try await withCollector(configure: { $0.importPaths = ["/nowhere/traces.jsonl"] }) { _, _ in }
        }
        #expect(error?.code == .importFailed)
        #expect(error?.message.contains("/nowhere/traces.jsonl") == true)
    }
}
