import ExampleSupport
import Queuert
import QueuertSQLite

/// Sells theatre tickets with a bank that is not always there, and prints what became of each order.
@main
struct ErrorHandling {
    static func main() async throws {
        let telemetry = ExampleTelemetry("error-handling")
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        try await Theatre.createTables(in: pool)
        let client = Client(adapter: adapter, observability: telemetry.queue)

        let printer = TicketPrinter()
        let worker = try Worker(client: client, processors: Theatre.processors(bank: Bank(), printer: printer))
        async let working: Void = worker.run()
        for line in try await Theatre.run(client, printer: printer) { print(line) }
        await worker.stop()
        await working
        await telemetry.shutdown()
    }
}
