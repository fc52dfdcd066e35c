import Foundation
import Logging
import Queuert
import QueuertOTel
import QueuertSQLite
import QueuertTraceTesting
import Testing

/// A queue whose spans are recorded, on a clock that a test moves.
struct TracedQueue<Adapter: StateAdapter>: Sendable {
    let clock: ManualClock
    let recorder: TraceRecorder
    let client: Client<Adapter>
    /// What the client tells of its work, for tests that play a worker.
    let instrumentation: QueueInstrumentation
    let meters: MeterProvider
    let events = CollectedRecords()

    init(
        _ adapter: Adapter, clock: ManualClock, recorder: TraceRecorder,
        configuration: QueueInstrumentation.Configuration = .init()
    ) {
        self.clock = clock
        self.recorder = recorder
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        meters = MeterProvider(clock: QueueSpanClock(clock), logger: logger)
        instrumentation = QueueInstrumentation(
            tracer: recorder.tracer, meters: meters, events: events, configuration: configuration, logger: logger)
        client = Client(adapter: adapter, observability: instrumentation, clock: clock, logger: logger)
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
        await CollectedMetrics(meters).violations + events.violations
            + recorder.spans.flatMap { TelemetryRegistry.queuert.violations(in: $0) }
    }

    /// Lets time pass, and lets the worker look for jobs afterwards, whatever it was about to do.
    func pass(_ duration: Duration, waking typeNames: String...) {
        clock.advance(by: duration)
        client.notify.send(WakeHint(dueTypes: Set(typeNames)))
    }
}

/// Runs a body with a recorded queue in memory.
func withTracedQueue(
    _ configuration: QueueInstrumentation.Configuration = .init(),
    _ body: (TracedQueue<MemoryStateAdapter>) async throws -> Void
) async throws {
    let clock = ManualClock()
    try await withTraceRecording(clock: QueueSpanClock(clock)) { recorder in
        let queue = TracedQueue(
            MemoryStateAdapter(clock: clock), clock: clock, recorder: recorder, configuration: configuration)
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
