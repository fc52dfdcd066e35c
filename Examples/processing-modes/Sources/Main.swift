import ExampleSupport
import Queuert
import QueuertSQLite

/// Processes jobs of a photo service in each mode, and prints what came of them.
@main
struct ProcessingModes {
    static func main() async throws {
        let telemetry = ExampleTelemetry("processing-modes")
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        try await Photos.createTables(in: pool)
        let client = Client(adapter: adapter, observability: telemetry.queue)

        let worker = try Worker(client: client, processors: Photos.processors(printShop: PrintShop(), maps: Maps()))
        async let working: Void = worker.run()
        for line in try await Photos.run(client) { print(line) }
        await worker.stop()
        await working
        await telemetry.shutdown()
    }
}
