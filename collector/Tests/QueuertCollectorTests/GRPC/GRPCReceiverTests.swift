import COTLP
import Foundation
import NIOHPACK
import QueuertSQLite
import Testing

@testable import QueuertCollector

@Suite("The receiver over gRPC") struct GRPCReceiverTests {
    private let body = ProtobufPacker.pack([Sample.full])

    @Test("R03 all signals are kept, plain and compressed, and the answer is an empty message")
    func signals() async throws {
        try await withGRPCCollector { client, collector async throws in
            try await client.connected { connection async throws in
                let requests: [(Signal, [UInt8])] = [
                    (.traces, body), (.logs, try SampleTelemetry.protobuf(SampleTelemetry.log(1), .logs)),
                    (.metrics, try SampleTelemetry.protobuf(SampleTelemetry.metrics(1), .metrics)),
                ]
                for (signal, request) in requests {
                    let answer = try await connection.export(request, signal)
                    #expect(answer.httpStatus == "200")
                    #expect(answer.fields.first(name: "content-type") == "application/grpc")
                    #expect(answer.status == 0)
                    #expect(answer.body == [0, 0, 0, 0, 0])
                    for (coding, compressed) in [
                        ("gzip", Gzip.compress(request)), ("deflate", Gzip.compress(request, asZlib: true)),
                    ] {
                        let answer = try await connection.export(
                            compressed, signal, headers: ["grpc-encoding": coding])
                        #expect(answer.status == 0)
                    }
                }
            }
            #expect(try await collector.store.spans(ofTrace: Sample.full.traceID).count == 1)
            let sizes = try await collector.store.sizes()
            #expect(sizes.logs == 1)
            #expect(sizes.points == 5)
            #expect(collector.intake.statistics.counts.requests[.traces] == [200: 3])
        }
    }

    @Test("R03 a message that isn't compressed is fine where the headers speak of gzip")
    func uncompressedMessage() async throws {
        try await withGRPCCollector { client, collector async throws in
            let answer = try await client.call(
                Signal.traces.method, headers: ["grpc-encoding": "gzip", "content-type": "application/grpc+proto"],
                parts: [GRPCConnection.framed(body)])
            #expect(answer.status == 0)
            #expect(try await collector.store.spans(ofTrace: Sample.full.traceID).count == 1)
        }
    }

    @Test("R05 spans with bad ids are reported as a partial success, the others are kept")
    func partialSuccess() async throws {
        try await withGRPCCollector { client, collector async throws in
            var bad = Sample.span(2)
            bad.traceID = "0102"
            let answer = try await client.export(ProtobufPacker.pack([bad, Sample.span()]))
            #expect(answer.status == 0)
            let bytes = answer.response
            let response = try #require(queuert__otlp__v1__export_trace_response__unpack(nil, bytes.count, bytes))
            defer { queuert__otlp__v1__export_trace_response__free_unpacked(response, nil) }
            #expect(response.pointee.partial_success?.pointee.rejected_spans == 1)
            #expect(try await collector.store.traces(limit: 10).traces.map(\.spanCount) == [1])
        }
    }

    @Test("R02 what is no call of gRPC's gets an HTTP status")
    func notGRPC() async throws {
        try await withGRPCCollector { client, _ async throws in
            let path = Signal.traces.method
            for type in ["", "application/json", "application/grpc+json", "application/grpcx"] {
                let answer = try await client.call(
                    path, headers: ["content-type": type], parts: [GRPCConnection.framed(body)])
                #expect(answer.httpStatus == "415")
                #expect(answer.status == nil)
            }
            let other = try await client.call(path, headers: [":method": "GET"])
            #expect(other.httpStatus == "405")
            #expect(other.fields.first(name: "allow") == "POST")
        }
    }

    @Test("R02 a method that isn't OTLP's is UNIMPLEMENTED, and so is a coding that isn't known")
    func unimplemented() async throws {
        try await withGRPCCollector { client, _ async throws in
            for path in [
                "/", "/v1/traces", "/opentelemetry.proto.collector.trace.v1.TraceService/Import",
                "/grpc.health.v1.Health/Check",
            ] {
                let answer = try await client.call(path, parts: [GRPCConnection.framed(body)])
                #expect(answer.httpStatus == "200")
                #expect(answer.status == 12)
                #expect(answer.message.contains("TraceService/Export"))
            }
            let answer = try await client.export(body, headers: ["grpc-encoding": "snappy"])
            #expect(answer.status == 12)
            #expect(answer.fields.first(name: "grpc-accept-encoding") == "identity,gzip,deflate")
        }
    }

    @Test("R04 a message that can't be read is INVALID_ARGUMENT, with a sentence and no wish to see it again")
    func undecodable() async throws {
        try await withGRPCCollector { client, _ async throws in
            let frame = GRPCConnection.framed(body)
            let calls: [[[UInt8]]] = [
                [], [[0]], [frame.dropLast()], [frame + [0]], [frame, frame], [[7] + frame.dropFirst()],
                [GRPCConnection.framed([0xff, 0xff])],
            ]
            for parts in calls {
                let answer = try await client.call(Signal.traces.method, parts: parts)
                #expect(answer.status == 3, "\(answer.fields)")
                #expect(!answer.message.isEmpty)
                #expect(answer.retryDelay == nil)
            }
            let broken = try await client.export(body, headers: ["grpc-encoding": "gzip"])
            #expect(broken.status == 3)
            let compressed = try await client.call(
                Signal.traces.method, parts: [GRPCConnection.framed(Gzip.compress(body), isCompressed: true)])
            #expect(compressed.status == 13)
            #expect(compressed.message.contains("grpc-encoding"))
        }
    }

    @Test("R06 64 MiB is the limit, before and after decompression: RESOURCE_EXHAUSTED, and not to be sent again")
    func tooLarge() async throws {
        try await withGRPCCollector { client, _ async throws in
            // Refused for its length, before anything is read of it; the stream isn't ended.
            let huge = try await client.call(
                Signal.traces.method, parts: [[0, 0x04, 0, 0, 1] + [UInt8](repeating: 0, count: 9)], isEnded: false)
            #expect(huge.status == 8)
            #expect(huge.message.contains("64 MiB"))
            #expect(huge.retryDelay == nil)
            let bomb = Gzip.compress([UInt8](repeating: 0, count: 64 * 1024 * 1024 + 1))
            let answer = try await client.export(bomb, headers: ["grpc-encoding": "gzip"])
            #expect(answer.status == 8)
            #expect(answer.retryDelay == nil)
        }
    }

    @Test("a request that is larger than HTTP/2's windows arrives whole")
    func large() async throws {
        try await withGRPCCollector { client, collector async throws in
            let spans = (0..<2_000).map { Sample.span($0, name: String(repeating: "x", count: 1_000)) }
            let request = ProtobufPacker.pack(spans)
            #expect(request.count > 1 << 21)
            #expect(try await client.export(request).status == 0)
            #expect(try await collector.store.traces(limit: 10).traces.map(\.spanCount) == [2_000])
        }
    }

    @Test("R07 too much at once is RESOURCE_EXHAUSTED, a database that is held UNAVAILABLE, both to be sent again")
    func backPressure() async throws {
        try await withGRPCCollector(databaseTimeout: .zero, configure: { $0.intakeBytes = 1_000 }) {
            client, collector async throws in
            do {
                var reservation = collector.limit.begin()
                try reservation.grow(by: 1_000)
                let answer = try await client.export(body)
                #expect(answer.status == 8)
                #expect(answer.retryDelay == 1)
            }
            let other = try await SpanStore(path: collector.store.path)
            try await other.write { _ in
                let answer = try await client.export(body)
                #expect(answer.status == 14)
                #expect(answer.message.contains("another process"))
                #expect(answer.retryDelay == 1)
            }
            await other.close()
            #expect(try await client.export(body).status == 0)
            #expect(collector.intake.statistics.counts.requests[.traces] == [200: 1, 429: 1, 503: 1])
        }
    }

    @Test("R08 without the token a call is UNAUTHENTICATED")
    func token() async throws {
        try await withGRPCCollector(configure: { $0.token = "secret" }) { client, collector async throws in
            for headers in [[:], ["authorization": "Bearer other"], ["authorization": "secret"]] {
                #expect(try await client.export(body, headers: headers).status == 16)
            }
            #expect(try await collector.store.traces(limit: 1).traces.isEmpty)
            #expect(try await client.export(body, headers: ["authorization": "Bearer secret"]).status == 0)
        }
    }

    @Test("R12 what came over gRPC is sent on, and arrives over HTTP")
    func tee() async throws {
        try await withCollector { other, receiver async throws in
            let forwarding = ForwardingConfiguration(endpoint: "http://127.0.0.1:\(other.port)")
            try await withGRPCCollector(configure: { $0.forwarding = forwarding }) { client, collector async throws in
                let compressed = Gzip.compress(body)
                #expect(try await client.export(compressed, headers: ["grpc-encoding": "gzip"]).status == 0)
                try await eventually { collector.intake.statistics.counts.forwarded == 1 }
                #expect(try await receiver.store.spans(ofTrace: Sample.full.traceID).count == 1)
            }
        }
    }

    @Test("R13 a test's script holds for calls as well")
    func scriptedFaults() async throws {
        try await withGRPCCollector(configure: { $0.hasScriptedFaults = true }) { client, _ async throws in
            let script = Array(#"{"next":[503,429,400,405,415,500,200]}"#.utf8)
            #expect(try await client.http.send("POST", "/_control", body: script).status == 200)
            var answers: [GRPCClientAnswer] = []
            for _ in 0..<7 { answers.append(try await client.export(body)) }
            #expect(answers.map(\.status) == [14, 8, 3, 12, 12, 13, 0])
            #expect(answers.map(\.retryDelay) == [1, 1, nil, nil, nil, nil, nil])
        }
    }
}
