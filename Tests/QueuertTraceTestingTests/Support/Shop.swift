import Logging
import Queuert
import QueuertOTel
import QueuertTraceTesting

/// An order, and the invoice that follows it.
enum Order: EntryJobType {
    static let name = "order"
    typealias Input = Int
    typealias Output = Int
    struct Next: Continuations { let invoice = To<Invoice>() }
}
enum Invoice: JobType {
    static let name = "invoice"
    typealias Input = Int
    typealias Output = Int
}

struct OutOfStock: Error {}

/// A queue whose telemetry is recorded, on a clock that a test moves.
struct Shop: Sendable {
    let clock: Queuert.ManualClock
    let recorder: TraceRecorder
    let logs = LogRecorder()
    let meters: MeterProvider
    let client: Client<MemoryStateAdapter>

    init(_ recorder: TraceRecorder, _ clock: Queuert.ManualClock) {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        self.recorder = recorder
        self.clock = clock
        meters = MeterProvider(clock: QueueSpanClock(clock), logger: logger)
        client = Client(
            adapter: MemoryStateAdapter(clock: clock),
            observability: QueueInstrumentation(tracer: recorder.tracer, meters: meters, events: logs, logger: logger),
            clock: clock, logger: logger)
    }

    /// Runs a worker while a body runs: each attempt takes a second, and the first of each order fails.
    func working(_ body: () async throws -> Void) async throws {
        let clock = clock
        let worker = try Worker(
            client: client,
            processors: [
                .atomic(Order.self) { job, _ in
                    clock.advance(by: .seconds(1))
                    if job.attempt == 1 { throw OutOfStock() }
                    return .continueWith(\.invoice, input: job.input)
                },
                .atomic(Invoice.self) { job, _ in
                    clock.advance(by: .seconds(1))
                    return .finish(job.input)
                },
            ],
            configuration: .init(
                name: "test", concurrency: 1, pollInterval: .seconds(3600),
                backoff: Backoff(initial: .seconds(10), jitter: 0)))
        async let running: Void = worker.run()
        do {
            try await body()
        } catch {
            await worker.stop()
            await running
            throw error
        }
        await worker.stop()
        await running
    }

    /// Sells something: the order waits for two seconds, fails, is tried again after ten, and is invoiced.
    func sell() async throws -> Chain<Order> {
        let chain = try await client.startJobChain(Order.self, input: 1)
        clock.advance(by: .seconds(2))
        try await working {
            try await logs.expect(othersAllowed: true) { logRecord(event: "queuert.job.attempt.failed") }
            clock.advance(by: .seconds(10))
            client.notify.send(WakeHint(dueTypes: ["order"]))
            _ = try await client.awaitJobChain(chain)
        }
        return chain
    }
}

/// Runs a body with a shop whose identifiers are 1, 2, 3 and so on.
func withShop(_ body: (Shop) async throws -> Void) async throws {
    let clock = Queuert.ManualClock()
    try await withTraceRecording(ids: IncrementingIDGenerator(), clock: QueueSpanClock(clock)) { recorder in
        try await body(Shop(recorder, clock))
    }
}
