import ExampleSupport
import Queuert
import QueuertSQLite

/// Runs a chain of each shape, and prints what came of it.
@main
struct ChainPatterns {
    static func main() async throws {
        let telemetry = ExampleTelemetry("chain-patterns")
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        try await Shop.createTables(in: pool)
        let client = Client(adapter: adapter, observability: telemetry.queue)

        let worker = try Worker(client: client, processors: Shop.processors)
        async let working: Void = worker.run()
        for line in try await Shop.run(client) { print(line) }
        await worker.stop()
        await working
        await telemetry.shutdown()
    }
}
