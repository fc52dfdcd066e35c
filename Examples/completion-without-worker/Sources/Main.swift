import ExampleSupport
import Queuert
import QueuertSQLite

/// Handles expenses that a person has to approve, and prints what became of them.
@main
struct CompletionWithoutWorker {
    static func main() async throws {
        let telemetry = ExampleTelemetry("completion-without-worker")
        let pool = try await SQLitePool(path: ":memory:")
        // Moved by hand, so that you needn't wait three days for the deadline.
        let clock = ManualClock(start: SystemClock().now)
        let adapter = SQLiteStateAdapter(pool: pool, clock: clock)
        try await adapter.migrate()
        try await Expenses.createTables(in: pool)
        let client = Client(adapter: adapter, observability: telemetry.queue, clock: clock)

        let worker = try Worker(client: client, processors: Expenses.processors)
        async let working: Void = worker.run()
        for line in try await Expenses.run(client, clock: clock) { print(line) }
        await worker.stop()
        await working
        await telemetry.shutdown()
    }
}
