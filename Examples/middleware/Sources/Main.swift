import ExampleSupport
import Queuert
import QueuertSQLite

/// Writes the invoices of several customers of one program, and prints what was written and what the journal says.
@main
struct MiddlewareExample {
    static func main() async throws {
        let telemetry = ExampleTelemetry("middleware")
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        try await Invoicing.createTables(in: pool)
        let client = Client(adapter: adapter, observability: telemetry.queue)

        let journal = Journal()
        let worker = try Invoicing.worker(client, journal: journal)
        async let working: Void = worker.run()
        for line in try await Invoicing.run(client) { print(line) }
        await worker.stop()
        await working
        for entry in journal.entries.sorted() { print("journal: \(entry)") }
        await telemetry.shutdown()
    }
}
