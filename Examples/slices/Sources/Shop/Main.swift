import Billing
import ExampleSupport
import Orders
import Queuert
import QueuertSQLite

/// A shop made of two modules, each with job types and processors of its own.
@main
struct Shop {
    static func main() async throws {
        let telemetry = ExampleTelemetry("slices")
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        try await createTables(in: pool)
        // Two types with one name, in whichever modules, are found here, when the program starts.
        let types = try Orders.jobTypes.merging(Billing.jobTypes)
        let client = Client(adapter: adapter, types: types, observability: telemetry.queue)
        print("job types: \(types.names.joined(separator: ", "))")

        let worker = try Worker(client: client, slices: [Orders.slice(client), Billing.slice])
        async let working: Void = worker.run()
        for line in try await run(client) { print(line) }
        await worker.stop()
        await working
        await telemetry.shutdown()
    }

    static func createTables(in pool: SQLitePool) async throws {
        try await pool.write { db in try db.executeScript(Orders.tables + Billing.tables) }
    }

    /// Places two orders.
    static func run(_ client: Client<SQLiteStateAdapter>) async throws -> [String] {
        var lines: [String] = []
        for (order, cents) in [(7, 4_900), (8, 1_200)] {
            let chain = try await client.startJobChain(PlaceOrder.self, input: .init(order: order, cents: cents))
            lines.append(try await client.awaitJobChain(chain).output)
        }
        return lines
    }
}
