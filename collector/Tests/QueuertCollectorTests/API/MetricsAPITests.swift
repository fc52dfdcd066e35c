import Foundation
import Testing

@testable import QueuertCollector

@Suite("The API for metrics") struct MetricsAPITests {
    @Test("lists metrics with their units, kinds, services and series")
    func list() async throws {
        try await withMetrics { client async throws in
            let metrics = try await client.json("/api/metrics").metrics
            #expect(
                metrics.list.compactMap(\.name.text) == [
                    "latency", "messaging.process.duration", "old", "queuert.jobs", "queuert.queue.age",
                ])
            let jobs = metrics[3]
            #expect(jobs.unit.text == "{job}")
            #expect(jobs.kind.text == "sum")
            #expect(jobs.temporality.text == "cumulative")
            #expect(jobs.isMonotonic.raw as? Bool == true)
            #expect(jobs.service.text == "indexer")
            #expect(jobs.seriesCount.int == 1)
        }
    }

    @Test("V07 a histogram has its buckets, and exemplars that name spans")
    func histogram() async throws {
        try await withMetrics { client async throws in
            let document = try await client.json("/api/metrics/messaging.process.duration")
            let series = document.metrics[0].series[0]
            #expect(series.attributes[0]["key"].text == "type")
            #expect(series.resource.attributes[0]["key"].text == "service.name")
            #expect(series.points.list.compactMap(\.timeUnixNano.text) == ["1001", "1002", "1003"])
            let point = series.points[0]
            #expect(point.bucketCounts.list.compactMap(\.text) == ["1", "2", "0"])
            #expect(point.explicitBounds.list.compactMap(\.double) == [0.5, 1])
            #expect(point.exemplars[0].traceId.text == Sample.traceID(0))
            #expect(point.exemplars[0].spanId.text == Sample.spanID(0))
            #expect(point.attributes.isMissing)
        }
    }

    @Test("points are chosen by time and service, and what isn't there is said to be so")
    func filters() async throws {
        try await withMetrics { client async throws in
            let points = try await client.json("/api/metrics/queuert.jobs?from=1002&to=1002").metrics[0].series[0]
                .points
            #expect(points.list.compactMap(\.asInt.text) == ["2"])
            #expect(try await client.json("/api/metrics/queuert.jobs?service=indexer").metrics.list.count == 1)
            #expect(try await client.get("/api/metrics/queuert.jobs?service=other").status == 404)
            #expect(try await client.get("/api/metrics/none").status == 404)
            #expect(try await client.get("/api/metrics/queuert.jobs?from=soon").status == 400)
        }
    }

    private func withMetrics(_ body: (HTTPClient) async throws -> Void) async throws {
        try await withCollector { client, _ async throws in
            for number in 1...3 {
                let request = Array(SampleTelemetry.metrics(number).utf8)
                #expect(try await client.export(request, .metrics, type: "application/json").status == 200)
            }
            try await body(client)
        }
    }
}
