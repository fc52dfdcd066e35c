import ExampleSupport
import Queuert
import QueuertSQLite

/// Ends, deletes and cleans up the chains of a service that exports data, and prints what is left each time.
@main
struct Cleanup {
    static func main() async throws {
        let telemetry = ExampleTelemetry("cleanup")
        let pool = try await SQLitePool(path: ":memory:")
        // Moved by hand, so that you needn't wait a month.
        let clock = ManualClock(start: SystemClock().now)
        let adapter = SQLiteStateAdapter(pool: pool, clock: clock)
        try await adapter.migrate()
        let client = Client(adapter: adapter, observability: telemetry.queue, clock: clock)

        let worker = try Worker(client: client, processors: Exports.processors(client))
        async let working: Void = worker.run()
        for line in try await Exports.run(client, clock: clock) { print(line) }
        await worker.stop()
        await working
        await telemetry.shutdown()
    }
}
