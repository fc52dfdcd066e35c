import COTLP
import HTTPTestSupport
import Logging
import Queuert
import Testing
import Tracing

@testable import QueuertOTel

@Suite("Telemetry set up by the environment") struct TelemetryTests {
    @Test("a chain's spans reach the receiver that the environment names, with its service name")
    func exports() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let telemetry = Self.telemetry(["OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "OTEL_SERVICE_NAME": "shop"])
        try await Self.runChain(telemetry)
        #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
        var names: [String] = []
        for body in server.requests.filter({ $0.line.contains("/v1/traces") }).map(\.body) {
            let request = try #require(queuert__otlp__v1__export_trace_request__unpack(nil, body.count, body))
            defer { queuert__otlp__v1__export_trace_request__free_unpacked(request, nil) }
            #expect(OTLPDecoded.resources(request).allSatisfy { $0.contains("service.name=\"shop\"") })
            names += OTLPDecoded.spans(request).compactMap { text in
                text.split(separator: " ").first { $0.hasPrefix("name=") }.map { String($0.dropFirst(5)) }
            }
        }
        // The decoder's text has a span's name up to its first space.
        #expect(names.sorted() == ["chain", "complete", "process", "start"])
        #expect(telemetry.statistics?.exported == names.count)
    }

    @Test(
        "a receiver that is down, silent, slow, too busy or talks nonsense costs spans, which are counted, and no job",
        arguments: ["down", "hang", "trickle", "reset", "busy", "huge", "nonsense"])
    func receiverFails(_ fault: String) async throws {
        let answers: [String: ScriptedServer.Answer] = [
            "hang": .hang, "trickle": .trickle, "reset": .reset, "busy": .respond(429), "huge": .huge(bytes: 64 << 20),
        ]
        // One that is down keeps its port, which another test's server could take otherwise.
        let server = try ScriptedServer(then: answers[fault] ?? .raw([1, 2, 3]), isDown: fault == "down")
        defer { server.stop() }
        let telemetry = Self.telemetry([
            "OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "OTEL_EXPORTER_OTLP_TIMEOUT": "50",
        ])
        try await Self.runChain(telemetry)
        _ = await telemetry.shutdown(timeout: .seconds(600))
        let statistics = try #require(telemetry.statistics)
        #expect(statistics.exported == 0)
        #expect(statistics.failed + statistics.droppedAtDeadline == 4)
    }

    @Test(
        "an episode of failures is one warning for each signal, and what is lost is counted by its cause",
        arguments: [ExportFailureCause.status(400), .timeout])
    func episodes(cause: ExportFailureCause) async throws {
        let server = try ScriptedServer(then: cause == .timeout ? .hang : .respond(400))
        defer { server.stop() }
        let log = RecordingLog()
        let telemetry = Telemetry(
            EnvironmentConfiguration(environment: [
                "OTEL_EXPORTER_OTLP_ENDPOINT": server.url,
                "OTEL_EXPORTER_OTLP_TIMEOUT": cause == .timeout ? "50" : "600000",
                "OTEL_BSP_SCHEDULE_DELAY": "3600000", "OTEL_BLRP_SCHEDULE_DELAY": "3600000",
                "OTEL_BSP_EXPORT_TIMEOUT": "600000", "OTEL_BLRP_EXPORT_TIMEOUT": "600000",
                "OTEL_METRIC_EXPORT_INTERVAL": "86400000", "OTEL_METRIC_EXPORT_TIMEOUT": "600000",
            ]), logger: log.logger())
        let logger = Logger(label: "shop") { telemetry.logHandler(label: $0) }
        telemetry.meters.counter("mails").add(1)
        for number in 1...2 {
            telemetry.tracer.emit(.sample("sell"))
            logger.info("sold")
            #expect(await telemetry.flush(timeout: .seconds(600)) == .failure)
            #expect(telemetry.statistics?.failedByCause == [cause: number])
            #expect(telemetry.logStatistics?.failedByCause == [cause: number])
            #expect(telemetry.metricStatistics?.failedByCause == [cause: number])
        }
        let warnings = log.entries.filter { $0.level == .warning }
        #expect(warnings.compactMap { $0.metadata["queuert.otlp.signal"] }.sorted() == ["logs", "metrics", "traces"])
        #expect(warnings.allSatisfy { $0.metadata["queuert.otlp.endpoint"]?.hasPrefix(server.url) == true })
        _ = await telemetry.shutdown(timeout: .seconds(600))
    }

    @Test(
        "nothing leaves when telemetry is off, and jobs run all the same",
        arguments: [
            ["OTEL_SDK_DISABLED": "true"], ["OTEL_TRACES_EXPORTER": "none"], ["OTEL_TRACES_SAMPLER": "always_off"],
        ])
    func off(_ setting: [String: String]) async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let telemetry = Self.telemetry(
            setting.merging([
                "OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "OTEL_METRICS_EXPORTER": "none",
                "OTEL_LOGS_EXPORTER": "none",
            ]) { $1 })
        telemetry.meters.counter("mails").add(1)
        Logger(label: "shop") { telemetry.logHandler(label: $0) }.critical("not told")
        try await Self.runChain(telemetry)
        #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
        #expect(server.requests.isEmpty)
    }

    @Test("a queue's metrics and events are told without being asked for, and only where they are exported")
    func queueSignals() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let telemetry = Self.telemetry(["OTEL_EXPORTER_OTLP_ENDPOINT": server.url])
        try await Self.runChain(telemetry)
        #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
        let bodies = Dictionary(grouping: server.requests, by: \.line).mapValues { requests in
            requests.map { String(decoding: $0.body, as: UTF8.self) }.joined()
        }
        #expect(bodies["POST /v1/metrics HTTP/1.1"]?.contains("messaging.process.duration") == true)
        #expect(bodies["POST /v1/logs HTTP/1.1"]?.contains("queuert.worker.started") == true)
        let off = Self.telemetry([
            "OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none",
        ])
        #expect(off.queue.metrics == nil && off.queue.events == nil)
    }

    @Test("views are the meters'")
    func views() async {
        let telemetry = Telemetry(
            EnvironmentConfiguration(environment: [
                "OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none",
            ]), views: [MetricView("mails", aggregation: .drop)])
        telemetry.meters.counter("mails").add(1)
        #expect(await telemetry.meters.collect().isEmpty)
    }

    @Test("X01 what is measured reaches the receiver at a flush and at the end, on the path for metrics")
    func metrics() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let telemetry = Self.telemetry([
            "OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "OTEL_SERVICE_NAME": "shop",
            "OTEL_METRIC_EXPORT_INTERVAL": "86400000", "OTEL_METRIC_EXPORT_TIMEOUT": "600000",
        ])
        telemetry.meters.counter("mails", unit: "{mail}").add(3)
        #expect(await telemetry.flush(timeout: .seconds(600)) == .success)
        telemetry.meters.counter("mails", unit: "{mail}").add(1)
        #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
        #expect(server.requests.map(\.line) == ["POST /v1/metrics HTTP/1.1", "POST /v1/metrics HTTP/1.1"])
        for (request, value) in zip(server.requests, [3, 4] as [Int64]) {
            let message = try #require(
                queuert__otlp__v1__export_metrics_request__unpack(nil, request.body.count, request.body))
            defer { queuert__otlp__v1__export_metrics_request__free_unpacked(message, nil) }
            let ofResource = try #require(message.pointee.resource_metrics[0])
            let metric = try #require(ofResource.pointee.scope_metrics[0]?.pointee.metrics[0])
            #expect(String(cString: metric.pointee.name) == "mails" && String(cString: metric.pointee.unit) == "{mail}")
            #expect(metric.pointee.sum.pointee.is_monotonic != 0)
            #expect(metric.pointee.sum.pointee.data_points[0]?.pointee.as_int == value)
        }
        #expect(telemetry.metricStatistics?.exported == 2)
    }

    @Test("X01 what is logged reaches the receiver on the path for logs, with the span that was current")
    func logs() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let telemetry = Self.telemetry([
            "OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "OTEL_TRACES_EXPORTER": "none",
            "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT": "1", "OTEL_METRIC_EXPORT_TIMEOUT": "600000",
        ])
        let logger = Logger(label: "shop") { telemetry.logHandler(label: $0) }
        let context = telemetry.tracer.makeContext(parent: nil, name: "sell", kind: .internal)
        var above = ServiceContext.topLevel
        above.traceContext = context
        ServiceContext.withValue(above) { logger.warning("sold out") }
        logger.debug("below the level")
        #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
        #expect(server.requests.map(\.line) == ["POST /v1/logs HTTP/1.1"])
        let body = try #require(server.requests.first?.body)
        let message = try #require(queuert__otlp__v1__export_logs_request__unpack(nil, body.count, body))
        defer { queuert__otlp__v1__export_logs_request__free_unpacked(message, nil) }
        let ofScope = try #require(message.pointee.resource_logs[0]?.pointee.scope_logs[0])
        #expect(String(cString: ofScope.pointee.scope.pointee.name) == "shop" && ofScope.pointee.n_log_records == 1)
        let record = try #require(ofScope.pointee.log_records[0])
        #expect(String(cString: record.pointee.body.pointee.string_value) == "sold out")
        #expect(record.pointee.severity_number == QUEUERT__OTLP__V1__SEVERITY_NUMBER__SEVERITY_NUMBER_WARN)
        let traceID = UnsafeBufferPointer(start: record.pointee.trace_id.data, count: record.pointee.trace_id.len)
        #expect(TraceID(hex: traceID.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()) == context.traceID)
        #expect(record.pointee.n_attributes == 1 && record.pointee.dropped_attributes_count == 2)
        #expect(telemetry.logStatistics?.exported == 1)
    }

    @Test(
        "the tracer carries what the environment says, on or off, and a job's trace is stored in any case",
        arguments: ["otlp", "none"])
    func propagators(exporter: String) async throws {
        let telemetry = Self.telemetry([
            "OTEL_PROPAGATORS": "baggage", "OTEL_TRACES_EXPORTER": exporter, "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none", "OTEL_TRACES_SAMPLER": "always_off",
        ])
        var context = ServiceContext.topLevel
        context.traceContext = telemetry.tracer.makeContext(parent: nil, name: "sell", kind: .internal)
        context.baggage["tenant"] = "1"
        var headers: [String: String] = [:]
        telemetry.tracer.inject(context, into: &headers, using: Headers())
        #expect(headers == ["baggage": "tenant=1"])
        let client = Client(adapter: MemoryStateAdapter(), observability: telemetry.queue)
        let chain = try await ServiceContext.withValue(context) {
            try await client.startJobChain(Single.self, input: 7)
        }
        let row = try await client.jobs(ofChain: chain.id)[0]
        let stored = try #require(TraceContext(traceparent: row.trace.jobContext ?? ""))
        #expect(stored.traceID == context.traceContext?.traceID)
        #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
    }

    private struct Headers: Injector {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }

    @Test("telemetry logs about itself from the level on that the environment says", arguments: ["warn", "error"])
    func logLevel(word: String) {
        let log = RecordingLog()
        _ = Telemetry(
            EnvironmentConfiguration(environment: [
                "OTEL_LOG_LEVEL": word, "OTEL_TRACES_SAMPLER": "sometimes", "OTEL_TRACES_EXPORTER": "none",
                "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none",
            ]), logger: log.logger())
        #expect(log.entries.isEmpty == (word == "error"))
    }

    @Test("a setting that can't be used is logged, and doesn't stop the service")
    func warns() async throws {
        let log = RecordingLog()
        let telemetry = Telemetry(
            EnvironmentConfiguration(environment: ["OTEL_TRACES_SAMPLER": "sometimes", "OTEL_TRACES_EXPORTER": "none"]),
            logger: log.logger())
        try await Self.runChain(telemetry)
        #expect(log.entries.contains { $0.message.contains("OTEL_TRACES_SAMPLER") })
    }

    private static func telemetry(_ environment: [String: String]) -> Telemetry {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return Telemetry(EnvironmentConfiguration(environment: environment), logger: logger)
    }

    /// Runs a chain of one job from start to end.
    private static func runChain(_ telemetry: Telemetry) async throws {
        let clock = ManualClock()
        let client = Client(
            adapter: MemoryStateAdapter(clock: clock), observability: telemetry.queue, clock: clock)
        let worker = try Worker(client: client, processors: [.atomic(Single.self) { job, _ in .finish(job.input) }])
        async let running: Void = worker.run()
        let chain = try await client.startJobChain(Single.self, input: 7)
        let output = try await client.awaitJobChain(chain).output
        #expect(output == 7)
        await worker.stop()
        await running
    }
}
