import HTTPTestSupport
import Logging
import Testing

@testable import QueuertOTel

@Suite("Telemetry's own metrics", .timeLimit(.minutes(2))) struct SelfMetricsTests {
    /// The values of a metric by its attributes other than the component's.
    private func values(_ name: String, of metrics: [MetricData]) throws -> [[Attribute]: MetricValue] {
        let metric = try #require(metrics.first { $0.descriptor.name == name }, "\(name) isn't told")
        guard case .sum(let points, .cumulative, _) = metric.content else {
            Issue.record("not a sum: \(metric.content)")
            return [:]
        }
        #expect(points.allSatisfy { $0.attributes.attributes.contains { $0.key == "otel.component.name" } })
        return Dictionary(
            uniqueKeysWithValues: points.map { point in
                (point.attributes.attributes.filter { !$0.key.hasPrefix("otel.component.") }, point.value)
            })
    }

    @Test("queue, capacity, exports and losses of spans are told as the statistics have them")
    func spans() async throws {
        let exporter = ScriptedSpanExporter(
            results: [.accepted(rejected: 1), .refused(reason: "")], isBlocking: true)
        let processor = BatchSpanProcessor(
            exporter: exporter,
            configuration: .init(maximumQueueSize: 4, maximumBatchSize: 2, scheduleDelay: .seconds(3600)),
            logger: CollectedLogs().logger)
        let meters = MeterProvider()
        SelfMetrics(meters: meters).observe(processor)
        for number in 0..<2 { processor.spanEnded(.sample("\(number)")) }
        await exporter.wait { $0.running == 1 }
        for number in 0..<7 { processor.spanEnded(.sample("\(number)")) }
        let during = await meters.collect()
        #expect(try values("otel.sdk.processor.span.queue.size", of: during) == [[]: .int(4)])
        #expect(try values("otel.sdk.processor.span.queue.capacity", of: during) == [[]: .int(4)])
        #expect(try values("otel.sdk.exporter.span.inflight", of: during) == [[]: .int(2)])
        #expect(
            try values("otel.sdk.processor.span.processed", of: during) == [
                []: .int(2), [Attribute("error.type", "queue_full")]: .int(3),
            ])
        exporter.release()
        _ = await processor.shutdown(timeout: .seconds(60))
        processor.spanEnded(.sample("late"))
        let after = await meters.collect()
        #expect(
            try values("otel.sdk.exporter.span.exported", of: after) == [
                []: .int(3), [Attribute("error.type", "rejected")]: .int(1),
                [Attribute("error.type", "_OTHER")]: .int(2),
            ])
        #expect(
            try values("otel.sdk.processor.span.processed", of: after) == [
                []: .int(6), [Attribute("error.type", "queue_full")]: .int(3),
                [Attribute("error.type", "already_shutdown")]: .int(1),
            ])
    }

    @Test("they don't keep a processor alive that is let go")
    func letGo() async {
        let meters = MeterProvider()
        var processor: BatchSpanProcessor? = BatchSpanProcessor(
            exporter: ScriptedSpanExporter(), logger: CollectedLogs().logger)
        let observed = WeakReference(processor)
        processor.map { SelfMetrics(meters: meters).observe($0) }
        processor = nil
        #expect(observed.object == nil)
        #expect(await meters.collect().map(\.descriptor.name) == ["otel.sdk.processor.span.queue.capacity"])
    }

    @Test("they are told only if asked for", arguments: [nil, "false", "true"])
    func optIn(value: String?) async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        var environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "OTEL_METRIC_EXPORT_TIMEOUT": "600000"]
        environment["QUEUERT_OTEL_SELF_METRICS"] = value
        let telemetry = Telemetry(
            EnvironmentConfiguration(environment: environment), logger: CollectedLogs().logger)
        let names = Set(await telemetry.meters.collect().map(\.descriptor.name))
        if value == "true" {
            #expect(names.isSuperset(of: ["otel.sdk.exporter.log.exported", "otel.sdk.exporter.span.exported"]))
            #expect(names.contains("otel.sdk.exporter.metric_data_point.exported"))
        } else {
            #expect(names.isEmpty)
        }
        #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
        #expect(server.requests.isEmpty == (value != "true"))
    }
}

/// Doesn't keep what it refers to.
private final class WeakReference<Object: AnyObject> {
    weak var object: Object?

    init(_ object: Object?) { self.object = object }
}
