import COTLP
import Foundation
import Logging
import Testing

@testable import QueuertCollector

@Suite("The receiver, for all signals") struct SignalTests {
    @Test("R01 each signal has its path, and no other path receives")
    func paths() async throws {
        #expect(Signal.allCases.map(\.path) == ["/v1/traces", "/v1/metrics", "/v1/logs"])
        try await withCollector { client, _ async throws in
            for signal in Signal.allCases {
                #expect(try await client.export([], signal).status == 200)
                #expect(try await client.send("GET", signal.path).status == 405)
            }
            let headers = ["Content-Type": "application/x-protobuf"]
            #expect(try await client.send("POST", "/v1/profiles", headers: headers, body: [0]).status == 404)
        }
    }

    @Test("R01 an address that others can reach needs a token")
    func elsewhere() async throws {
        var configuration = CollectorConfiguration(host: "0.0.0.0", databasePath: "", logger: Logger(label: "test"))
        #expect(!configuration.isLoopback)
        let error = await #expect(throws: CollectorError.self) { try await Collector(configuration) }
        #expect(error?.code == .tokenMissing)
        let hint = error?.hint ?? ""
        #expect(hint.contains("QUEUERT_COLLECTOR_TOKEN"))
        try await withTemporaryFolder { folder async throws in
            configuration.databasePath = folder.path + "/traces.sqlite"
            configuration.token = "secret"
            let collector = try await Collector(configuration)
            await collector.store.close()
        }
    }

    @Test("R03 metrics and logs are received in protobuf and in JSON, and answered in the same")
    func encodings() async throws {
        try await withCollector { client, collector async throws in
            for (signal, json) in [
                (Signal.metrics, SampleTelemetry.metrics), (.logs, { (number, _, _) in SampleTelemetry.log(number) }),
            ] as [(Signal, (Int, Int, Int) -> String)] {
                let inProtobuf = try await client.export(SampleTelemetry.protobuf(json(1, 0, 0), signal), signal)
                #expect(inProtobuf.status == 200)
                #expect(inProtobuf.body.isEmpty)
                let inJSON = try await client.export(Array(json(2, 0, 0).utf8), signal, type: "application/json")
                #expect(inJSON.text == "{}")
                #expect(inJSON.headers["Content-Type"] == ["application/json"])
            }
            let sizes = try await collector.store.sizes()
            #expect(sizes.logs == 2)
            #expect(sizes.points == 10)
            #expect(sizes.series == 5)
        }
    }

    @Test("R03 the protobuf that is made of JSON is what protobuf-c reads")
    func independentReader() throws {
        let metrics = try SampleTelemetry.protobuf(SampleTelemetry.metrics(7), .metrics)
        let request = try #require(queuert__otlp__v1__export_metrics_request__unpack(nil, metrics.count, metrics))
        defer { queuert__otlp__v1__export_metrics_request__free_unpacked(request, nil) }
        let list = try #require(request.pointee.resource_metrics[0]?.pointee.scope_metrics[0]?.pointee)
        #expect(list.n_metrics == 5)
        let histogram = try #require(list.metrics[0]?.pointee.histogram.pointee.data_points[0]?.pointee)
        #expect(histogram.count == 3)
        #expect(histogram.sum == 1.5)
        let counts = UnsafeBufferPointer(start: histogram.bucket_counts, count: histogram.n_bucket_counts)
        #expect(Array(counts) == [1, 2, 0])
        #expect(histogram.exemplars[0]?.pointee.as_double == 0.75)
        let exponential = try #require(
            list.metrics[3]?.pointee.exponential_histogram.pointee.data_points[0]?.pointee)
        #expect(exponential.scale == -1)
        #expect(exponential.positive.pointee.offset == -3)
        let logs = try SampleTelemetry.protobuf(SampleTelemetry.log(7), .logs)
        let logRequest = try #require(queuert__otlp__v1__export_logs_request__unpack(nil, logs.count, logs))
        defer { queuert__otlp__v1__export_logs_request__free_unpacked(logRequest, nil) }
        let record = try #require(
            logRequest.pointee.resource_logs[0]?.pointee.scope_logs[0]?.pointee.log_records[0]?.pointee)
        #expect(record.time_unix_nano == 1_007)
        #expect(String(cString: record.body.pointee.string_value) == "an attempt failed")
        #expect(record.trace_id.len == 16)
    }

    @Test("R03 JSON that is made of protobuf is the JSON that it was")
    func roundTrip() throws {
        for (signal, json) in [(Signal.metrics, SampleTelemetry.metrics(3)), (.logs, SampleTelemetry.log(3))] {
            let protobuf = try SampleTelemetry.protobuf(json, signal)
            let back = try OTLPJSON.json(of: protobuf, OTLPSchema.shared.request(signal))
            #expect(try Self.object(back) == Self.object(Array(json.utf8)))
        }
    }

    private static func object(_ json: [UInt8]) throws -> NSDictionary? {
        try JSONSerialization.jsonObject(with: Data(json)) as? NSDictionary
    }

    @Test("R04 metrics and logs that can't be read get 400 in the same encoding", arguments: [Signal.metrics, .logs])
    func undecodable(_ signal: Signal) async throws {
        try await withCollector { client, _ async throws in
            #expect(try await client.export([0x0a, 0x7f], signal).status == 400)
            let answer = try await client.export(
                Array(#"{"\#(signal.member)":7}"#.utf8), signal, type: "application/json")
            #expect(answer.status == 400)
            #expect(answer.text.contains(signal.member))
        }
    }

    @Test("R07 more than fits into memory gets 429 with Retry-After, and is received later")
    func overload() async throws {
        let body = ProtobufPacker.pack((0..<200).map { Sample.span($0, name: String(repeating: "x", count: 500)) })
        try await withCollector(configure: { $0.intakeBytes = 64 * 1024 }) { client, collector async throws in
            // The database is held, so that what is received stays in memory.
            try await collector.store.write { _ async throws in
                try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
                    group.addTask { try await client.export(body) }
                    try await eventually { collector.limit.usedBytes >= body.count }
                    let refused = try await client.export(body)
                    #expect(refused.status == 429)
                    #expect(refused.headers["Retry-After"] == ["1"])
                    group.cancelAll()
                }
            }
            // The first one leaves when it is written: until then, there is no room.
            try await eventually { collector.limit.usedBytes == 0 }
            #expect(try await client.export(body).status == 200)
            try await eventually { collector.limit.usedBytes == 0 }
        }
    }

    @Test("R07 tests can ask for faults, if the collector was started so")
    func scriptedFaults() async throws {
        try await withCollector(configure: { $0.hasScriptedFaults = true }) { client, _ async throws in
            let script = Array(#"{"next":[503,200,429,400]}"#.utf8)
            #expect(try await client.send("POST", "/_control", body: script).status == 200)
            let statuses = try await [
                client.export([]), client.export([], .logs), client.export([], .metrics), client.export([]),
                client.export([]),
            ]
            #expect(statuses.map(\.status) == [503, 200, 429, 400, 200])
            #expect(statuses[0].headers["Retry-After"] == ["1"])
            #expect(statuses[3].headers["Retry-After"].isEmpty)
            #expect(try await client.get("/_control").text == #"{"next":[]}"#)
            #expect(try await client.send("POST", "/_control", body: Array("{}".utf8)).status == 400)
            let other = try await client.send("DELETE", "/_control")
            #expect(other.status == 405)
            #expect(other.headers["Allow"] == ["GET, POST"])
        }
        try await withCollector { client, _ async throws in
            #expect(try await client.send("POST", "/_control", body: Array("{}".utf8)).status == 404)
        }
    }

    @Test("R11 log records and points that are sent again are stored once", arguments: [Signal.metrics, .logs])
    func idempotence(_ signal: Signal) async throws {
        try await withCollector { client, collector async throws in
            let json = signal == .logs ? SampleTelemetry.log(1) : SampleTelemetry.metrics(1)
            let body = try SampleTelemetry.protobuf(json, signal)
            for _ in 0..<3 { #expect(try await client.export(body, signal).status == 200) }
            let sizes = try await collector.store.sizes()
            #expect(sizes.logs + sizes.points == (signal == .logs ? 1 : 5))
            let counts = try #require(collector.intake.statistics.counts.items[signal])
            #expect(counts.accepted == counts.repeated / 2 * 3)
        }
    }
}
