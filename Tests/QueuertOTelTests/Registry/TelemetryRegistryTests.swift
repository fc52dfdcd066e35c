import Queuert
import QueuertTraceTesting
import Testing

@testable import QueuertOTel

@Suite("What telemetry is called") struct TelemetryRegistryTests {
    private let registry = TelemetryRegistry.queuert

    private var uses: [(place: String, use: AttributeUse)] {
        registry.spans.flatMap { span in span.attributes.map { (span.name, $0) } }
            + registry.metrics.flatMap { metric in metric.attributes.map { (metric.name, $0) } }
            + registry.events.flatMap { event in event.attributes.map { (event.name, $0) } }
    }

    @Test("each name is registered once, and each attribute that something has is registered")
    func consistency() {
        for (place, use) in uses { #expect(registry.attributes[use.name] != nil, "\(place): \(use.name)") }
        for names in [
            registry.metrics.map(\.name), registry.events.map(\.name), registry.spans.map { "\($0.name) \($0.kind)" },
        ] {
            #expect(Set(names).count == names.count)
        }
        for (name, uses) in registry.spans.map({ ($0.name, $0.attributes) })
            + registry.metrics.map({ ($0.name, $0.attributes) })
        {
            #expect(Set(uses.map(\.name)).count == uses.count, "\(name) has an attribute twice")
        }
        let used = Set(uses.map(\.use.name)).union([QueueAttributes.linkType])
        #expect(Set(registry.attributes.keys).subtracting(used) == [])
        let links = Set(registry.spans.flatMap(\.links))
        let known = registry.attributes[QueueAttributes.linkType]?.values ?? []
        #expect(links == Set(known))
    }

    @Test("own names are ours, and others' are the conventions'")
    func origins() {
        func isOwn(_ name: String) -> Bool { name.hasPrefix("queuert.") }
        for attribute in registry.attributes.values { #expect(isOwn(attribute.name) == (attribute.origin == .queuert)) }
        for metric in registry.metrics { #expect(isOwn(metric.name) == (metric.origin == .queuert)) }
        for event in registry.events { #expect(isOwn(event.name) == (event.origin == .queuert)) }
    }

    @Test("no metric is told apart by a job, a chain or a worker")
    func identifiers() {
        let identifiers: Set<String> = [
            "messaging.message.id", "messaging.message.conversation_id", "messaging.client.id", "queuert.chain.id",
            "queuert.job.id", "queuert.worker.id", "queuert.blocker.chain.id", "queuert.continued_with.job_id",
        ]
        for metric in registry.metrics { #expect(identifiers.isDisjoint(with: metric.attributes.map(\.name))) }
    }

    /// What the semantic conventions 1.44 say, copied from them.
    @Test("names that the conventions give are as they give them")
    func conventions() {
        let attributes: [String: AttributeDefinition.Kind] = [
            "messaging.system": .string, "messaging.operation.name": .string, "messaging.operation.type": .string,
            "messaging.destination.name": .string, "messaging.message.id": .string,
            "messaging.message.conversation_id": .string, "messaging.batch.message_count": .int,
            "messaging.message.body.size": .int, "server.address": .string, "server.port": .int,
            "messaging.client.id": .string, "error.type": .string, "exception.type": .string,
            "exception.message": .string, "otel.component.type": .string, "otel.component.name": .string,
            "otel.span.sampling_result": .string, "otel.span.parent.origin": .string,
        ]
        let found = registry.attributes.values.filter { $0.origin != .queuert }
        #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.kind) }) == attributes)
        #expect(registry.attributes["error.type"]?.origin == .conventionsStable)
        #expect(registry.attributes["messaging.system"]?.origin == .conventionsInDevelopment)
        let operations = registry.attributes["messaging.operation.type"]?.values ?? []
        #expect(Set(operations).isSubset(of: ["create", "send", "receive", "process", "settle"]))

        let metrics: [String: (kind: MetricDefinition.Kind, unit: String)] = [
            "messaging.client.sent.messages": (.counter, "{message}"),
            "messaging.client.consumed.messages": (.counter, "{message}"),
            "messaging.client.operation.duration": (.histogram, "s"), "messaging.process.duration": (.histogram, "s"),
            "otel.sdk.span.started": (.counter, "{span}"), "otel.sdk.log.created": (.counter, "{log_record}"),
            "otel.sdk.processor.span.queue.size": (.upDownCounter, "{span}"),
            "otel.sdk.processor.span.queue.capacity": (.upDownCounter, "{span}"),
            "otel.sdk.processor.span.processed": (.counter, "{span}"),
            "otel.sdk.exporter.span.inflight": (.upDownCounter, "{span}"),
            "otel.sdk.exporter.span.exported": (.counter, "{span}"),
            "otel.sdk.processor.log.queue.size": (.upDownCounter, "{log_record}"),
            "otel.sdk.processor.log.queue.capacity": (.upDownCounter, "{log_record}"),
            "otel.sdk.processor.log.processed": (.counter, "{log_record}"),
            "otel.sdk.exporter.log.inflight": (.upDownCounter, "{log_record}"),
            "otel.sdk.exporter.log.exported": (.counter, "{log_record}"),
            "otel.sdk.exporter.metric_data_point.inflight": (.upDownCounter, "{data_point}"),
            "otel.sdk.exporter.metric_data_point.exported": (.counter, "{data_point}"),
            "otel.sdk.exporter.operation.duration": (.histogram, "s"),
            "otel.sdk.metric_reader.collection.duration": (.histogram, "s"),
        ]
        let others = registry.metrics.filter { $0.origin != .queuert }
        #expect(Set(others.map(\.name)) == Set(metrics.keys))
        for metric in others {
            #expect(
                metric.kind == metrics[metric.name]?.kind && metric.unit == metrics[metric.name]?.unit, "\(metric.name)"
            )
        }
        let durations = others.filter { $0.kind == .histogram }
        #expect(
            durations.map(\.bounds)
                == [[Double]?](
                    repeating: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10], count: 4))
        #expect(
            registry.events.filter { $0.origin != .queuert }.map { "\($0.name) \($0.severity?.rawValue ?? 0)" } == [
                "exception 0", "messaging.process.exception 17", "messaging.settle.exception 13",
                "messaging.send.exception 13",
            ])
    }

    @Test("all that is registered is told by something")
    func completeness() async throws {
        var spans: Set<String> = []
        var metrics: Set<String> = []
        var events: Set<String> = []
        for seed in 1...20 {
            let player = HistoryPlayer(seed: UInt64(seed), mode: .bounded)
            try await player.play(steps: 60)
            player.instrumentation.observeJobs(of: player.client)
            spans.formUnion(player.recorder.spans.map { "\($0.name.prefix { $0 != " " }) \($0.kind)" })
            metrics.formUnion(await player.meters.collect().map(\.descriptor.name))
            events.formUnion(player.events.records.map(\.eventName))
        }
        // Workers and what else only they tell of have tests of their own, which look at each.
        let ofOthers: (metrics: Set<String>, events: Set<String>) = (
            [
                "queuert.worker.started", "queuert.worker.stopping", "queuert.worker.stopped", "queuert.worker.error",
                "queuert.state_adapter.error", "queuert.notify_adapter.error", "queuert.job_type.processing",
                "queuert.job_type.idle", "queuert.job.attempt.lease_renewed",
                "queuert.job.attempt.taken_by_another_worker", "queuert.otel.outbox.kept",
                "queuert.otel.outbox.sent", "queuert.otel.outbox.dropped", "queuert.otel.outbox.items",
                "queuert.otel.outbox.size",
            ],
            [
                "messaging.process.exception", "messaging.settle.exception", "messaging.send.exception",
                "queuert.worker.started", "queuert.worker.stopping",
                "queuert.worker.stopped", "queuert.outage.began", "queuert.outage.ended", "queuert.job_type.paused",
                "queuert.job_type.resumed", "queuert.job.attempt.lease_lost",
            ]
        )
        #expect(Set(registry.spans.map { "\($0.operation) \($0.kind)" }).subtracting(spans) == [])
        let queue = registry.metrics.filter { !$0.name.hasPrefix("otel.") }
        #expect(Set(queue.map(\.name)).subtracting(metrics) == ofOthers.metrics)
        #expect(
            Set(registry.events.filter { $0.severity != nil }.map(\.name)).subtracting(events) == ofOthers.events)
    }

    @Test("telemetry's own metrics are registered")
    func own() async {
        let meters = MeterProvider()
        let processor = BatchSpanProcessor(exporter: ScriptedSpanExporter(), logger: CollectedLogs().logger)
        let records = BatchLogRecordProcessor(
            exporter: OTLPLogRecordExporter(
                configuration: OTLPConfiguration(endpoint: .local(for: .logs)), resource: Resource(),
                logger: CollectedLogs().logger),
            logger: CollectedLogs().logger)
        let tracer = SpanTracer(processor: processor)
        let own = SelfMetrics(meters: meters)
        own.observe(processor)
        own.observe(records)
        own.observe(tracer)
        _ = tracer.makeContext(parent: nil, name: "span", kind: .internal)
        let metrics = await CollectedMetrics(meters)
        #expect(metrics.all.count == 12 && metrics.violations == [])
        _ = await processor.shutdown(timeout: .seconds(60))
        _ = await records.shutdown(timeout: .seconds(60))
    }

    // MARK: What is wrong

    @Test("what isn't registered is found, on spans")
    func wrongSpans() {
        func violations(_ change: (inout SpanData) -> Void) -> [String] {
            let definition = registry.spans.first { $0.operation == "wait" }
            var span = SpanData(
                context: TraceContext(
                    traceID: TraceID(high: 1, low: 1), spanID: SpanID(value: 1), flags: .sampled), parent: nil,
                name: "wait order", kind: .internal, start: 0, end: 1,
                attributes: (definition?.attributes ?? []).map { use in
                    let known = registry.attributes[use.name]
                    return Attribute(use.name, known?.kind == .int ? 1 : .string(known?.values?.first ?? "x"))
                }, scope: QueueInstrumentation.scope)
            change(&span)
            return registry.violations(in: span)
        }
        #expect(violations { _ in } == [])
        #expect(violations { $0.name = "dance order" }.count == 1)
        #expect(violations { $0.kind = .client }.count == 1)
        #expect(violations { $0.attributes.removeLast() }.count == 1)
        #expect(violations { $0.attributes.append($0.attributes[1]) }.count == 1)
        #expect(violations { $0.attributes.append(Attribute("unknown", 1)) }.count == 1)
        #expect(violations { $0.attributes.append(Attribute("queuert.job.attempt", 1)) }.count == 1)
        #expect(violations { $0.attributes[0].value = 1 }.count == 1)
        #expect(violations { $0.attributes[0].value = "rabbitmq" }.count == 1)
        #expect(violations { $0.events = [.init(name: "exception", time: 0)] }.count == 1)
        #expect(violations { $0.links = [.init($0.context)] }.count == 1)
        #expect(
            violations { $0.links = [.init($0.context, attributes: [Attribute("queuert.link.type", "origin")])] }.count
                == 1)
        #expect(
            violations {
                $0 = SpanData(
                    context: $0.context, parent: nil, name: "GET", kind: .client, start: 0, end: 0, scope: .application)
            } == [])
    }

    @Test("what isn't registered is found, on metrics and events")
    func wrongMetrics() async {
        func violations(_ unit: String, _ set: AttributeSet, name: String = "queuert.job.created") async -> [String] {
            let meters = MeterProvider()
            meters.counter(name, unit: unit, scope: QueueInstrumentation.scope).add(1, set)
            return await CollectedMetrics(meters).violations
        }
        #expect(await violations("{job}", ["queuert.job.type": "a"]) == [])
        #expect(await violations("s", ["queuert.job.type": "a"]).count == 1)
        #expect(await violations("{job}", [:]).count == 1)
        #expect(await violations("{job}", ["queuert.job.type": "a", "queuert.job.id": "1"]).count == 1)
        #expect(await violations("{job}", ["queuert.job.type": "a"], name: "queuert.job.lost").count == 1)
        #expect(await violations("s", ["queuert.job.type": "a"], name: "queuert.job.duration").count == 1)
        var record = LogRecordData(
            time: 0, severity: .notice, body: "",
            attributes: [Attribute("messaging.system", "queuert"), Attribute("queuert.job.type", "a")],
            eventName: "queuert.job_type.paused", scope: QueueInstrumentation.scope)
        #expect(registry.violations(in: record) == [])
        record.severity = .error
        #expect(registry.violations(in: record).count == 1)
        record.eventName = "queuert.job.lost"
        #expect(registry.violations(in: record).count == 1)
    }
}
