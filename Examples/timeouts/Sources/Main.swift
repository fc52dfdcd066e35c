import ExampleSupport
import Queuert
import QueuertSQLite

/// Renders invoices with a renderer that hangs now and then, and prints what came of them.
@main
struct Timeouts {
    static func main() async throws {
        let telemetry = ExampleTelemetry("timeouts")
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        let client = Client(adapter: adapter, observability: telemetry.queue)

        let renderer = Renderer()
        let worker = try Worker(client: client, processors: Invoices.processors(renderer))
        async let working: Void = worker.run()
        for line in try await Invoices.run(client, renderer) { print(line) }
        await worker.stop()
        await working
        await telemetry.shutdown()
    }
}
