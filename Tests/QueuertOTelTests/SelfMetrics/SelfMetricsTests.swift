import HTTPTestSupport
import Logging
import Queuert
import QueuertTraceTesting
import Testing
import Tracing

@testable import QueuertOTel

@Suite("Telemetry's own metrics", .timeLimit(.minutes(20))) struct SelfMetricsTests {
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

    /// A component as its metrics have it, and where it sends to, if it does.
    private func component(_ type: String, _ host: String? = nil, _ port: Int = 0) -> [Attribute] {
        let server = host.map { host in
            [Attribute("server.address", .string(host)), Attribute("server.port", .int(Int64(port)))]
        }
        return [
            Attribute("otel.component.type", .string(type)), Attribute("otel.component.name", .string("\(type)/0")),
        ]
            + (server ?? [])
    }

    // MARK: What comes in

    @Test("spans that begin are counted, by what the sampler has decided and by where the span above is")
    func starts() async {
        let tracer = SpanTracer(processor: CollectingSpanProcessor())
        let meters = MeterProvider()
        tracer.startSpan("before anybody wants to know", context: .topLevel).end()
        SelfMetrics(meters: meters).observe(tracer)
        for _ in 0..<2 {
            let root = tracer.startSpan("root", context: .topLevel)
            tracer.startSpan("child", context: root.context).end()
            root.end()
        }
        var elsewhere = ServiceContext.topLevel
        elsewhere.traceContext = TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02")
        tracer.startSpan("not sampled", context: elsewhere).end()
        func decided(_ result: AttributeValue, _ origin: AttributeValue) -> AttributeSet {
            ["otel.span.sampling_result": result, "otel.span.parent.origin": origin]
        }
        let metrics = await CollectedMetrics(meters)
        let expected: [AttributeSet: Double] = [
            decided("RECORD_AND_SAMPLE", "none"): 2, decided("RECORD_AND_SAMPLE", "local"): 2,
            decided("DROP", "remote"): 1,
        ]
        #expect(metrics.values("otel.sdk.span.started") == expected)
        #expect(metrics.violations == [])
    }

    @Test("each span of a queue is counted once, also where transactions keep spans", arguments: [false, true])
    func startsInQueue(isKept: Bool) async throws {
        let player = HistoryPlayer(seed: 1, mode: .bounded, isKept: isKept)
        let meters = MeterProvider()
        SelfMetrics(meters: meters).observe(player.tracer)
        try await player.play(steps: 300)
        let started = await CollectedMetrics(meters).total("otel.sdk.span.started")
        #expect(started == Double(player.recorder.spans.count))
    }

    @Test("log records are counted as they come, whatever becomes of them")
    func records() async {
        let processor = BatchLogRecordProcessor(
            exporter: ConsoleExporter { _ in "Broken pipe" }, configuration: .init(scheduleDelay: .seconds(3600)),
            logger: CollectedLogs().logger)
        let meters = MeterProvider()
        SelfMetrics(meters: meters).observe(processor)
        let record = LogRecordData(time: 0, severity: .info, body: "", scope: .application)
        #expect(await CollectedMetrics(meters).values("otel.sdk.log.created") == [AttributeSet.empty: 0])
        processor.logged(record)
        #expect(await CollectedMetrics(meters).values("otel.sdk.log.created") == [AttributeSet.empty: 1])
        #expect(await processor.flush(timeout: .seconds(600)) == .failure)
        _ = await processor.shutdown(timeout: .seconds(600))
        processor.logged(record)
        let metrics = await CollectedMetrics(meters)
        #expect(metrics.values("otel.sdk.log.created") == [AttributeSet.empty: 2])
        #expect(metrics.violations == [])
    }

    // MARK: What goes out

    @Test(
        "what an exporter sends to is told as a host and a port",
        arguments: [
            ("http://localhost:4318", "localhost", 4318), ("http://collector", "collector", 80),
            ("https://user:secret@collector.example/otlp", "collector.example", 443),
            ("http://[::1]:4318", "::1", 4318), ("https://[::1]", "::1", 443),
        ])
    func servers(url: String, host: String, port: Int) throws {
        let configuration = OTLPConfiguration(endpoint: try OTLPEndpoint(base: url))
        let server = ExporterComponent(signal: .traces, configuration: configuration).server
        #expect(server == [Attribute("server.address", .string(host)), Attribute("server.port", .int(Int64(port)))])
    }

    @Test("over gRPC, what is lost has the receiver's status, and exports have a duration")
    func overGRPC() async throws {
        let server = try ScriptedGRPCServer([.status(3)])
        defer { server.stop() }
        let processor = BatchSpanProcessor(
            exporter: OTLPSpanExporter(
                configuration: OTLPConfiguration(
                    endpoint: try OTLPEndpoint(grpc: server.url), timeout: .seconds(600)),
                resource: Resource(), logger: CollectedLogs().logger),
            configuration: .init(scheduleDelay: .seconds(3600), exportTimeout: .seconds(600)),
            logger: CollectedLogs().logger)
        let meters = MeterProvider()
        SelfMetrics(meters: meters).observe(processor)
        for expected in [FlushResult.failure, .success] {
            processor.spanEnded(.sample("span"))
            #expect(await processor.flush(timeout: .seconds(600)) == expected)
        }
        let metrics = await CollectedMetrics(meters)
        let exporter = component("otlp_grpc_span_exporter", "127.0.0.1", Int(server.port))
        let refused = AttributeSet(exporter + [Attribute("error.type", "INVALID_ARGUMENT")])
        for name in ["otel.sdk.exporter.span.exported", "otel.sdk.exporter.operation.duration"] {
            #expect(metrics.values(name) == [AttributeSet(exporter): 1, refused: 1], "\(name)")
        }
        #expect(metrics.violations == [])
        _ = await processor.shutdown(timeout: .seconds(60))
    }

    @Test(
        "an exporter is called what it is",
        arguments: [
            ("http/protobuf", "otlp_http_log_exporter", 4318), ("http/json", "otlp_http_json_log_exporter", 4318),
            ("grpc", "otlp_grpc_log_exporter", 4317), ("", "ConsoleExporter", 0),
        ])
    func components(transport: String, type: String, port: Int) async {
        let configuration = EnvironmentConfiguration(environment: ["OTEL_EXPORTER_OTLP_PROTOCOL": transport]).logs
        let exporter: any LogRecordExporter =
            transport.isEmpty
            ? ConsoleExporter { _ in nil }
            : OTLPLogRecordExporter(
                configuration: configuration.exporter, resource: Resource(), logger: CollectedLogs().logger)
        let processor = BatchLogRecordProcessor(exporter: exporter, logger: CollectedLogs().logger)
        let meters = MeterProvider()
        SelfMetrics(meters: meters).observe(processor)
        let inFlight = await CollectedMetrics(meters).values("otel.sdk.exporter.log.inflight")
        let told = transport.isEmpty ? component(type) : component(type, "localhost", port)
        #expect(inFlight == [AttributeSet(told): 0])
        _ = await processor.shutdown(timeout: .seconds(60))
    }

    @Test("collections and exports of a reader have a duration, and its points are told by what became of them")
    func reader() async {
        let meters = MeterProvider()
        meters.counter("mails").add(1)
        let reader = PeriodicMetricReader(
            meters: meters, exporter: ConsoleExporter { _ in "Broken pipe" },
            configuration: .init(interval: .seconds(3600), timeout: .seconds(3600)), logger: CollectedLogs().logger)
        SelfMetrics(meters: meters).observe(reader)
        #expect(await reader.flush(timeout: .seconds(600)) == .failure)
        let lost = Double(reader.statistics.failed)
        let metrics = await CollectedMetrics(meters)
        let exporter = AttributeSet(component("ConsoleExporter"))
        let failing = AttributeSet(component("ConsoleExporter") + [Attribute("error.type", "_OTHER")])
        #expect(
            metrics.values("otel.sdk.metric_reader.collection.duration") == [
                AttributeSet(component("periodic_metric_reader")): 1
            ])
        #expect(metrics.values("otel.sdk.exporter.operation.duration") == [failing: 1])
        #expect(metrics.values("otel.sdk.exporter.metric_data_point.exported") == [exporter: 0, failing: lost])
        #expect(metrics.values("otel.sdk.exporter.metric_data_point.inflight") == [exporter: 0])
        _ = await reader.shutdown(timeout: .seconds(600))
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
