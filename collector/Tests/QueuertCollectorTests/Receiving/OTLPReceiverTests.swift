import COTLP
import Foundation
import Logging
import QueuertSQLite
import Testing

@testable import QueuertCollector

@Suite("The receiver") struct OTLPReceiverTests {
    private let body = ProtobufPacker.pack([Sample.span()])
    private func json(_ spans: String) -> [UInt8] {
        Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans)]}]}]}"#.utf8)
    }

    @Test("R01 listens on 127.0.0.1, port 4318, unless told otherwise")
    func defaults() {
        let configuration = CollectorConfiguration(databasePath: "", logger: Logger(label: "test"))
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 4318)
        #expect(configuration.isLoopback)
    }

    @Test("R02 any method but POST gets 405", arguments: ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD", "TRACE"])
    func method(_ method: String) async throws {
        try await withCollector { client, _ async throws in
            let answer = try await client.send(method, "/v1/traces")
            #expect(answer.status == 405)
            #expect(answer.headers["Allow"] == ["POST"])
            if method != "HEAD" { #expect(answer.text == "405 method not allowed, supported: [POST]") }
            #expect(answer.headers["Content-Type"] == ["text/plain; charset=utf-8"])
        }
    }

    @Test(
        "R02 any media type but OTLP's gets 415",
        arguments: [nil, "", "text/plain", "application/jsonx", "application/*"])
    func mediaType(_ type: String?) async throws {
        try await withCollector { client, _ async throws in
            let headers = type.map { ["Content-Type": $0] } ?? [:]
            let answer = try await client.send("POST", "/v1/traces", headers: headers, body: body)
            #expect(answer.status == 415)
            #expect(
                answer.text == "415 unsupported media type, supported: [application/json, application/x-protobuf]")
        }
    }

    @Test("R02 the media type counts without its parameters, in either case")
    func parameters() async throws {
        try await withCollector { client, _ async throws in
            #expect(try await client.export(body, type: "Application/X-Protobuf; a=b").status == 200)
            #expect(try await client.export(json(""), type: "application/json;charset=utf-8").status == 200)
        }
    }

    @Test("R03 a success in protobuf is an empty message, in JSON an empty object")
    func success() async throws {
        try await withCollector { client, collector async throws in
            let protobuf = try await client.export(body)
            #expect(protobuf.status == 200)
            #expect(protobuf.headers["Content-Type"] == ["application/x-protobuf"])
            #expect(protobuf.body.isEmpty)
            let text = String(decoding: try JSONEncoder().encode(Sample.span(trace: 1)), as: UTF8.self)
            let inJSON = try await client.export(json(text), type: "application/json")
            #expect(inJSON.status == 200)
            #expect(inJSON.headers["Content-Type"] == ["application/json"])
            #expect(inJSON.text == "{}")
            #expect(try await collector.store.traces(limit: 10).traces.count == 2)
        }
    }

    @Test("R03 an empty request is fine in either encoding")
    func emptyRequest() async throws {
        try await withCollector { client, _ async throws in
            #expect(try await client.export([]).status == 200)
            #expect(try await client.export([], type: "application/json").text == "{}")
            #expect(try await client.export(Array("{}".utf8), type: "application/json").text == "{}")
        }
    }

    @Test("R04 a body that can't be read gets 400 and a google.rpc.Status in the request's encoding")
    func undecodable() async throws {
        try await withCollector { client, _ async throws in
            let protobuf = try await client.export([0xff, 0xff])
            #expect(protobuf.status == 400)
            #expect(protobuf.headers["Content-Type"] == ["application/x-protobuf"])
            #expect(try RPCStatus(protobuf: protobuf.body).code == 3)
            let inJSON = try await client.export(Array("{".utf8), type: "application/json")
            #expect(inJSON.status == 400)
            #expect(try JSONDecoder().decode(RPCStatus.self, from: Data(inJSON.body)).code == 3)
            #expect(try await client.export(body, coding: "gzip").status == 400)
            let deep = (0..<5_000).reduce([UInt8]()) { value, _ in value.asField(0x0a).asField(0x2a) }
            let request = deep.asField(0x12).asField(0x4a).asField(0x12).asField(0x12).asField(0x0a)
            let answer = try await client.export(request)
            #expect(answer.status == 400)
            #expect(try RPCStatus(protobuf: answer.body).message.contains("deeper than 64"))
        }
    }

    @Test("R04 damaged bodies get 200 or 400, never 500")
    func damaged() async throws {
        try await withCollector { client, _ async throws in
            var random = SeededGenerator(seed: 4)
            let whole = ProtobufPacker.pack([Sample.full])
            for _ in 0..<200 {
                var bytes = whole
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                let status = try await client.export(bytes).status
                #expect([200, 400].contains(status))
            }
        }
    }

    @Test("R05 spans with bad ids are reported as a partial success, the others are kept")
    func partialSuccess() async throws {
        try await withCollector { client, collector async throws in
            var bad = Sample.span(2)
            bad.traceID = "0102"
            let protobuf = try await client.export(ProtobufPacker.pack([bad, Sample.span()]))
            #expect(protobuf.status == 200)
            #expect(try PartialSuccess(protobuf: protobuf.body).rejectedSpans == 1)
            #expect(try await collector.store.traces(limit: 10).traces.map(\.spanCount) == [1])
            let answer = try await client.export(
                json(#"{"traceId":"xyz","spanId":"\#(Sample.spanID(1))","name":"odd"}"#), type: "application/json")
            #expect(answer.status == 200)
            #expect(answer.text.contains(#""rejectedSpans":"1""#))
            #expect(answer.text.contains("odd"))
        }
    }

    @Test("R06 gzip and deflate are read, other codings get 415")
    func codings() async throws {
        try await withCollector { client, collector async throws in
            #expect(try await client.export(Gzip.compress(body), coding: "gzip").status == 200)
            #expect(try await client.export(Gzip.compress(body, asZlib: true), coding: "deflate").status == 200)
            #expect(try await client.export(body, coding: "identity").status == 200)
            let answer = try await client.export(body, coding: "zstd")
            #expect(answer.status == 415)
            #expect(try RPCStatus(protobuf: answer.body).message.contains("gzip"))
            #expect(try await collector.store.traces(limit: 10).traces.map(\.spanCount) == [1])
        }
    }

    @Test("R06 64 MiB is the limit, before and after decompression")
    func tooLarge() async throws {
        try await withCollector { client, _ async throws in
            let large = [UInt8](repeating: 0, count: 64 * 1024 * 1024 + 1)
            // Refused for its Content-Length, before anything is read.
            let plain = try await client.export(large)
            #expect(plain.status == 413)
            #expect(try RPCStatus(protobuf: plain.body).message.contains("64 MiB"))
            let bomb = Gzip.compress(large)
            #expect(bomb.count < 100_000)
            #expect(try await client.export(bomb, coding: "gzip").status == 413)
        }
    }

    @Test("R07 a full disk gets 503 with Retry-After and says so; nothing is kept of the request")
    func fullDisk() async throws {
        try await withCollector { client, collector async throws in
            try await collector.store.pool.write { database in
                // A limit of SQLite's own does what a full disk does.
                _ = try database.query("PRAGMA max_page_count = 60")
            }
            let spans = (0..<500).map { Sample.span($0, name: String(repeating: "x", count: 1_000)) }
            let answer = try await client.export(ProtobufPacker.pack(spans))
            #expect(answer.status == 503)
            #expect(answer.headers["Retry-After"] == ["1"])
            let status = try RPCStatus(protobuf: answer.body)
            #expect(status.code == 14)
            #expect(status.message.contains("full"))
            #expect(try await collector.store.traces(limit: 10).traces.isEmpty)
            #expect(try await client.export(body).status == 200)
        }
    }

    @Test("R07 a database that another process holds gets 503 with Retry-After and says so")
    func lockedDatabase() async throws {
        try await withCollector(databaseTimeout: .zero) { client, collector in
            let other = try await SpanStore(path: collector.store.path)
            try await other.write { _ in
                let answer = try await client.export(body)
                #expect(answer.status == 503)
                #expect(answer.headers["Retry-After"] == ["1"])
                #expect(try RPCStatus(protobuf: answer.body).message.contains("another process"))
            }
            await other.close()
            #expect(try await client.export(body).status == 200)
        }
    }

    @Test("R09 no other origin is let in")
    func crossOrigin() async throws {
        try await withCollector { client, _ async throws in
            let answer = try await client.send(
                "POST", "/v1/traces",
                headers: ["Content-Type": "application/x-protobuf", "Origin": "https://example.com"], body: body)
            #expect(answer.headers["Access-Control-Allow-Origin"].isEmpty)
        }
    }

    @Test("R11 a request that is sent again changes nothing")
    func idempotence() async throws {
        try await withCollector { client, collector async throws in
            let request = ProtobufPacker.pack((0..<20).map { Sample.span($0, parent: $0 == 0 ? nil : 0) })
            for _ in 0..<3 { #expect(try await client.export(request).status == 200) }
            let trace = try #require(try await collector.store.trace(Sample.traceID(0)))
            #expect(trace.documents.count == 20)
            #expect(trace.summary.spanCount == 20)
            #expect(trace.conflictingSpanIDs.isEmpty)
        }
    }

    @Test("many senders at once lose nothing")
    func concurrentSenders() async throws {
        try await withCollector { client, collector async throws in
            try await withThrowingTaskGroup { group in
                for sender in 0..<16 {
                    group.addTask { () async throws in
                        let spans = (0..<25).map { Sample.span(trace: sender % 4, sender * 100 + $0) }
                        #expect(try await client.export(ProtobufPacker.pack(spans)).status == 200)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await collector.store.traces(limit: 10).traces.map(\.spanCount) == [100, 100, 100, 100])
        }
    }
}

private struct RPCStatus: Decodable {
    var code: Int32
    var message: String

    init(protobuf bytes: [UInt8]) throws {
        let status = try #require(queuert__otlp__v1__rpc_status__unpack(nil, bytes.count, bytes))
        defer { queuert__otlp__v1__rpc_status__free_unpacked(status, nil) }
        code = status.pointee.code
        message = String(cString: status.pointee.message)
    }
}

private struct PartialSuccess {
    var rejectedSpans: Int64

    init(protobuf bytes: [UInt8]) throws {
        let response = try #require(queuert__otlp__v1__export_trace_response__unpack(nil, bytes.count, bytes))
        defer { queuert__otlp__v1__export_trace_response__free_unpacked(response, nil) }
        rejectedSpans = try #require(response.pointee.partial_success).pointee.rejected_spans
    }
}
