import Foundation
import Testing

@testable import QueuertCollector

@Suite("Sending on to another collector") struct ForwarderTests {
    private func forwarding(to client: HTTPClient, queueBytes: Int = 1 << 20) -> ForwardingConfiguration {
        ForwardingConfiguration(
            endpoint: "http://127.0.0.1:\(client.port)", headers: ["Authorization": "Bearer other"],
            queueBytes: queueBytes, pause: .milliseconds(1))
    }

    private func drops(_ collector: Collector, _ reason: CollectorStatistics.Drop.Reason) -> Int {
        collector.intake.statistics.counts.dropped[.init(destination: .forwarding, reason: reason), default: 0]
    }

    @Test("R12 all signals go on as they came, and arrive once")
    func tee() async throws {
        try await withCollector(configure: { $0.token = "other" }) { other, receiver async throws in
            try await withCollector(configure: { $0.forwarding = forwarding(to: other) }) {
                client, collector async throws in
                let spans = Gzip.compress(ProtobufPacker.pack([Sample.full, Sample.span()]))
                #expect(try await client.export(spans, coding: "gzip").status == 200)
                let log = Array(SampleTelemetry.log(1).utf8)
                #expect(try await client.export(log, .logs, type: "application/json").status == 200)
                #expect(try await client.export([0x0a, 0x7f]).status == 400)
                try await eventually { collector.intake.statistics.counts.forwarded == 2 }
                #expect(try await receiver.store.spans(ofTrace: Sample.full.traceID).count == 2)
                #expect(try await receiver.store.sizes().logs == 1)
                #expect(receiver.intake.statistics.counts.requests[.traces] == [200: 1])
            }
        }
    }

    @Test("R12 what the other can't take now is sent again; what it refuses is dropped and counted")
    func retries() async throws {
        try await withCollector(configure: { $0.hasScriptedFaults = true }) { other, receiver async throws in
            try await withCollector(configure: { $0.forwarding = forwarding(to: other) }) {
                client, collector async throws in
                let script = Array(#"{"next":[502,504,200,400]}"#.utf8)
                #expect(try await other.send("POST", "/_control", body: script).status == 200)
                #expect(try await client.export(ProtobufPacker.pack([Sample.span(1)])).status == 200)
                #expect(try await client.export(ProtobufPacker.pack([Sample.span(2)])).status == 200)
                try await eventually { drops(collector, .refused) == 1 }
                #expect(collector.intake.statistics.counts.forwarded == 1)
                #expect(try await receiver.store.spans(ofTrace: Sample.traceID(0)).map(\.spanID) == [Sample.spanID(1)])
                // Nothing of it is lost here.
                #expect(try await collector.store.spans(ofTrace: Sample.traceID(0)).count == 2)
            }
        }
    }

    @Test(
        "R12 another collector asks for a pause in seconds or until a date, and for none in any other words",
        arguments: [
            ("120", 120), (" 5\r\n", 5), ("99999999999999999999", Int.max), ("Wed, 21 Oct 2015 07:28:00 GMT", 90),
            ("Wed, 21 Oct 2015 07:20:00 GMT", 0), ("soon", nil), ("2 minutes", nil), ("-5", nil), ("", nil),
        ] as [(String, Int?)])
    func retryAfter(_ header: String, _ seconds: Int?) {
        #expect(CurlClient.retryAfter(header, now: 1_445_412_390) == seconds)
    }

    @Test("R12 an unreachable collector costs what doesn't fit into the queue, and never keeps a sender waiting")
    func unreachable() async throws {
        let body = ProtobufPacker.pack([Sample.full])
        try await withCollector(configure: {
            // Nobody listens on this port.
            $0.forwarding = forwarding(to: HTTPClient(port: 1), queueBytes: body.count * 3)
        }) { client, collector async throws in
            for _ in 0..<5 { #expect(try await client.export(body).status == 200) }
            #expect(drops(collector, .queueFull) == 2)
            #expect(try await client.get("/metrics").text.contains(#"reason="queue_full"} 2"#))
        }
    }
}
