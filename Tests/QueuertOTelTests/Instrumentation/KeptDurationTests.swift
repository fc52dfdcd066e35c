import Logging
import QueuertTraceTesting
import Testing

@testable import Queuert
@testable import QueuertOTel

/// With an outbox in the queue's database, spans are told before the commit and metrics after it.
@Suite("Durations of what transactions keep", .timeLimit(.minutes(20))) struct KeptDurationTests {
    @Test("each metric tells the duration of its span, however long the commit takes after the span was kept")
    func durations() async throws {
        let (clock, shelf, recorder) = (ManualClock(), SpanShelf(), TraceRecorder())
        let time = QueueSpanClock(clock)
        let meters = MeterProvider(clock: time)
        let adapter = MemoryStateAdapter(clock: clock)
        let instrumentation = QueueInstrumentation(
            tracer: SpanTracer(processor: recorder, clock: time), meters: meters, events: nil,
            eventLimits: LogRecordLimits(), outbox: shelf.transactions, configuration: .init(),
            logger: CollectedLogs().logger)
        let client = Client(
            adapter: adapter, observability: instrumentation, clock: clock, logger: CollectedLogs().logger)

        let (approved, processed) = try await client.withTransaction { db in
            let single = try await client.startJobChain(Single.self, input: 1, on: db)
            let batch = try await client.startJobChains([NewChain(Single.self, input: 2)], on: db)
            clock.advance(by: .seconds(2))
            return (single, batch[0])
        }
        try await client.withTransaction { db in
            try await client.completeJob(Single.self, of: approved, on: db) { .finish($0.input) }
            clock.advance(by: .seconds(2))
        }
        let worker = try Worker(
            client: client,
            processors: [
                .staged(Single.self) { job, attempt in
                    let completed = try await attempt.complete { _ in
                        clock.advance(by: .seconds(1))
                        return .finish(job.input)
                    }
                    // All is written, and committed when the handler returns.
                    clock.advance(by: .seconds(2))
                    return completed
                }
            ], configuration: .init(name: "test", pollInterval: .seconds(3600)))
        async let running: Void = worker.run()
        _ = try await client.awaitJobChain(processed)
        await worker.stop()
        await running

        let messages = try await adapter.withReadConnection { db in
            try adapter.operations(on: db).oldestTelemetry("traces", limit: .max).map(\.message)
        }
        let spans = messages.flatMap { shelf.spans(of: $0) }
        let metrics = await CollectedMetrics(meters)
        for (operation, metric, count) in [
            ("start", "messaging.client.operation.duration", 2),
            ("complete", "messaging.client.operation.duration", 2), ("process", "messaging.process.duration", 1),
        ] {
            let name = Attribute("messaging.operation.name", .string(operation))
            let durations = spans.filter { $0.attributes.contains(name) }
                .map { SpanData.seconds(from: $0.start, to: $0.end) }
            #expect(durations.count == count, "\(operation)")
            #expect(metrics.sum(metric, name) == durations.reduce(0, +), "\(operation)")
        }
    }
}
