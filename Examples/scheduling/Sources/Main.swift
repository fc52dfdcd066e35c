import ExampleSupport
import Queuert
import QueuertSQLite

/// Runs jobs now, later, first, and only once, and prints when each ran.
@main
struct Scheduling {
    static func main() async throws {
        let telemetry = ExampleTelemetry("scheduling")
        let pool = try await SQLitePool(path: ":memory:")
        // Moved by hand, so that you needn't wait until tomorrow.
        let clock = ManualClock(start: Shop.openingTime)
        let adapter = SQLiteStateAdapter(pool: pool, clock: clock)
        try await adapter.migrate()
        try await Shop.createTables(in: pool)
        let client = Client(adapter: adapter, observability: telemetry.queue, clock: clock)

        for line in try await Shop.run(client, clock: clock) { print(line) }
        await telemetry.shutdown()
    }
}
