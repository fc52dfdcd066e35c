import ExampleSupport
import Queuert
import QueuertSQLite

/// Books trips whose parts are booked side by side, and adds up a month's sales.
@main
struct Blockers {
    static func main() async throws {
        let telemetry = ExampleTelemetry("blockers")
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        try await Agency.createTables(in: pool)
        let client = Client(adapter: adapter, observability: telemetry.queue)

        let worker = try Worker(client: client, processors: Agency.processors(client))
        async let working: Void = worker.run()
        for line in try await Agency.run(client) { print(line) }
        await worker.stop()
        await working
        await telemetry.shutdown()
    }
}
