import Foundation
import Logging
import Queuert
import QueuertOTel
import QueuertSQLite
import QueuertTraceTesting
import Testing

/// Who tells the spans: both instrumentations must tell the same.
enum Instrumented: CaseIterable {
    case builtIn
    /// The one for any tracer, with our own by the interface of swift-distributed-tracing.
    case anyTracer
}

/// A queue whose spans are recorded, on a clock that a test moves.
struct TracedQueue<Adapter: StateAdapter>: Sendable {
    let clock: ManualClock
    let recorder: TraceRecorder
    let client: Client<Adapter>
    /// What the client tells of its work, for tests that play a worker.
    let instrumentation: QueueInstrumentation
    /// The same, or the instrumentation for any tracer.
    let observability: any ObservabilityAdapter
    let meters: MeterProvider
    let events = LogRecorder()

    init(
        _ adapter: Adapter, clock: ManualClock, recorder: TraceRecorder,
        configuration: QueueInstrumentation.Configuration = .init(), by instrumented: Instrumented = .builtIn
    ) {
        self.clock = clock
        self.recorder = recorder
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        meters = MeterProvider(clock: QueueSpanClock(clock), logger: logger)
        instrumentation = QueueInstrumentation(
            tracer: recorder.tracer, meters: instrumented == .builtIn ? meters : nil, events: events,
            configuration: configuration, logger: logger)
        switch instrumented {
        case .builtIn: observability = instrumentation
        case .anyTracer:
            observability = DistributedTracingInstrumentation(
                tracer: recorder.tracer, meters: meters, events: events, clock: QueueSpanClock(clock),
                configuration: .init(
                    mode: configuration.mode ?? .bounded, recordsErrorMessages: configuration.recordsErrorMessages,
                    waitThreshold: configuration.waitThreshold, baggageKeys: configuration.baggageKeys,
                    exceptionSignal: configuration.exceptionSignal,
                    recordsBodySizes: configuration.recordsBodySizes),
                logger: logger)
        }
        client = Client(adapter: adapter, observability: observability, clock: clock, logger: logger)
    }

    /// Runs a worker while a body runs.
    @discardableResult func working<R>(_ processors: [Processor<Adapter>], _ body: () async throws -> R) async throws
        -> R
    {
        let worker = try Worker(
            client: client, processors: processors,
            configuration: .init(
                name: "test", concurrency: 4, pollInterval: .seconds(3600), backoff: Backoff(jitter: 0)))
        async let running: Void = worker.run()
        do {
            let value = try await body()
            await worker.stop()
            await running
            return value
        } catch {
            await worker.stop()
            await running
            throw error
        }
    }

    /// Says what of all that was told isn't as it is registered.
    func violations() async -> [String] {
        await CollectedMetrics(meters).violations
            + events.records.flatMap { TelemetryRegistry.queuert.violations(in: $0) }
            + recorder.spans.flatMap { span in
                var span = span
                // The interface for any tracer doesn't tell which library makes a span.
                let isQueues = span[attribute: "messaging.system"] != nil
                if observability is DistributedTracingInstrumentation, isQueues {
                    span.scope = InstrumentationScope(name: "queuert")
                }
                return TelemetryRegistry.queuert.violations(in: span)
            }
    }

    /// Lets time pass, and lets the worker look for jobs afterwards, whatever it was about to do.
    func pass(_ duration: Duration, waking typeNames: String...) {
        clock.advance(by: duration)
        client.notify.send(WakeHint(dueTypes: Set(typeNames)))
    }
}

/// Runs a body with a recorded queue in memory.
func withTracedQueue(
    _ configuration: QueueInstrumentation.Configuration = .init(), by instrumented: Instrumented = .builtIn,
    _ body: (TracedQueue<MemoryStateAdapter>) async throws -> Void
) async throws {
    let clock = ManualClock()
    try await withTraceRecording(clock: QueueSpanClock(clock)) { recorder in
        let queue = TracedQueue(
            MemoryStateAdapter(clock: clock), clock: clock, recorder: recorder, configuration: configuration,
            by: instrumented)
        try await body(queue)
        #expect(await queue.violations() == [])
    }
}

/// Runs a body with the path of a database file that is removed afterwards.
func withDatabaseFile<R>(_ body: (String) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("queuert-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.appendingPathComponent("queue.sqlite").path)
}
