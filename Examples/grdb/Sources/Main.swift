import ExampleSupport
import GRDB
import Queuert
import QueuertGRDB

/// Sells books, and prints what becomes of an order.
@main
struct GRDBExample {
    static func main() async throws {
        let telemetry = ExampleTelemetry("grdb")
        try await withTemporaryDatabase { path in
            let adapter = GRDBStateAdapter(try DatabasePool(path: path))
            try Bookshop.migrator(adapter).migrate(adapter.writer)
            let shop = Bookshop(client: Client(adapter: adapter, observability: telemetry.queue))

            let worker = try Worker(client: shop.client, processors: Bookshop.processors)
            async let working: Void = worker.run()
            for line in try await shop.run() { print(line) }
            await worker.stop()
            await working
        }
        await telemetry.shutdown()
    }
}

extension Bookshop {
    /// One reader orders three books, of which one is sold out.
    func run() async throws -> [String] {
        var lines: [String] = []
        let wanted = ["Emma", "Ulysses", "Walden"]
        let chains = try order(wanted, by: "Ada")
        lines.append("of \(wanted.count) books Ada gets \(chains.count)")
        for chain in chains { lines.append(try await client.awaitJobChain(chain).output) }
        for try await count in openOrders where count == 0 {
            lines.append("no order is open")
            break
        }
        return lines
    }
}
