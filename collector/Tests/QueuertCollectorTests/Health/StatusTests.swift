import Foundation
import Testing

@testable import QueuertCollector

@Suite("Health and status") struct StatusTests {
    @Test("R13 tells what was accepted, refused and failed, of requests, bytes and the store")
    func metrics() async throws {
        try await withCollector { client, collector async throws in
            var bad = Sample.span(2)
            bad.traceID = "0102"
            let body = ProtobufPacker.pack([bad, Sample.span(), Sample.span(1)])
            for _ in 0..<2 { #expect(try await client.export(body).status == 200) }
            #expect(try await client.export([0xff]).status == 400)
            let log = Array(SampleTelemetry.log(1).utf8)
            #expect(try await client.export(log, .logs, type: "application/json").status == 200)
            let text = try await client.get("/metrics").text
            let lines = text.split(separator: "\n")
            for line in [
                "otelcol_receiver_accepted_spans_total 4", "otelcol_receiver_refused_spans_total 2",
                "otelcol_receiver_failed_spans_total 0", "otelcol_receiver_accepted_log_records_total 1",
                "# TYPE otelcol_receiver_accepted_metric_points_total counter",
                #"queuert_collector_receiver_repeated_total{signal="traces"} 2"#,
                #"queuert_collector_receiver_requests_total{signal="traces",status="200"} 2"#,
                #"queuert_collector_receiver_requests_total{signal="traces",status="400"} 1"#,
                "queuert_collector_receiver_bytes_total \(body.count * 2 + 1 + log.count)",
                #"queuert_collector_store_rows{kind="spans"} 2"#,
            ] { #expect(lines.contains(Substring(line)), "\(line) in \(text)") }
            #expect(text.contains("queuert_collector_store_bytes "))
            await collector.store.close()
            #expect(try await client.export(body).status == 503)
            #expect(collector.intake.statistics.counts.items[.traces]?.failed == 2)
        }
    }

    @Test("V08 the status names what was dropped and why, and what senders say they lost")
    func status() async throws {
        try await withCollector { client, _ async throws in
            var bad = Sample.span()
            bad.spanID = ""
            #expect(try await client.export(ProtobufPacker.pack([bad, Sample.span(1)])).status == 200)
            let lost = Array(SampleTelemetry.lostSpans(12).utf8)
            #expect(try await client.export(lost, .metrics, type: "application/json").status == 200)
            let status = try await client.json("/api/status")
            #expect(status.signals.traces.accepted.int == 1)
            #expect(status.signals.traces.refused.int == 1)
            #expect(status.signals.traces.requests["200"].int == 1)
            #expect(status.store.spans.int == 1)
            #expect(status.store.limitBytes.int == 2 << 30)
            #expect(status.store.oldestReceivedUnixNano.text != nil)
            #expect(status.dropped[0].what.text == "spans")
            #expect(status.dropped[0].reason.text == "invalid")
            #expect(status.dropped[0]["count"].int == 1)
            #expect(status.senders[0].metric.text == "otel.sdk.processor.span.processed")
            #expect(status.senders[0].asInt.text == "12")
            #expect(status.senders[0].attributes[0].value.stringValue.text == "queue_full")
        }
    }

    @Test("R11 what came under an id that is there is counted apart, and isn't accepted")
    func conflicts() async throws {
        try await withCollector { client, _ async throws in
            for name in ["first", "first", "second"] {
                #expect(try await client.export(ProtobufPacker.pack([Sample.span(name: name)])).status == 200)
            }
            let counts = try await client.json("/api/status").signals.traces
            #expect([counts.accepted.int, counts.repeated.int, counts.conflicting.int] == [2, 1, 1])
            let line = #"queuert_collector_receiver_conflicting_total{signal="traces"} 1"#
            #expect(try await client.get("/metrics").text.split(separator: "\n").contains(Substring(line)))
        }
    }

    @Test("ready says whether the database can be written, and health whether it can be read")
    func ready() async throws {
        try await withCollector(databaseTimeout: .zero) { client, collector async throws in
            #expect(try await client.get("/ready").text == #"{"status":"ready"}"#)
            let other = try await SpanStore(path: collector.store.path)
            try await other.write { _ async throws in
                #expect(try await client.get("/ready").status == 503)
                #expect(try await client.get("/health").status == 200)
            }
            await other.close()
            #expect(try await client.get("/ready").status == 200)
        }
    }
}
