import ExampleSupport
import ExampleTesting
import GRDB
import Logging
import Queuert
import QueuertGRDB
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@testable import GRDBExample

@Suite("Chains in GRDB's writes", .timeLimit(.minutes(2))) struct GRDBExampleTests {
    /// Runs a body with a shop whose spans are recorded.
    private func withShop(_ body: (Bookshop, TraceRecorder) async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withTraceRecording { recorder in
            try await withTemporaryDatabase { path in
                let adapter = GRDBStateAdapter(try DatabasePool(path: path), logger: logger)
                try Bookshop.migrator(adapter).migrate(adapter.writer)
                // How long a job waits for a worker depends on the machine, and is not what is tested.
                let instrumentation = QueueInstrumentation(
                    tracer: recorder.tracer, configuration: .init(waitThreshold: .seconds(3600)), logger: logger)
                let client = Client(adapter: adapter, observability: instrumentation, logger: logger)
                try await body(Bookshop(client: client), recorder)
            }
        }
    }

    private func working(_ shop: Bookshop, _ body: () async throws -> Void) async throws {
        let worker = try Worker(client: shop.client, processors: Bookshop.processors)
        async let working: Void = worker.run()
        try await body()
        await worker.stop()
        await working
    }

    @Test("ends as the README says, with the rows that belong to it")
    func linesAndRows() async throws {
        try await withShop { shop, _ in
            try await working(shop) {
                let lines = try await shop.run()
                let told = try linesInReadme()
                #expect(lines == told)
            }
            let orders = try await shop.database.read { db in try Order.fetchAll(db) }
            #expect(orders.map(\.title) == ["Emma", "Walden"])
            let copies = try await shop.database.read { db in
                try Int.fetchAll(db, sql: "SELECT copies FROM books ORDER BY title")
            }
            #expect(copies == [2, 0, 0])
        }
    }

    @Test("a write that fails leaves neither orders nor chains")
    func failedWrite() async throws {
        try await withShop { shop, _ in
            // Nothing of the kind is in the catalogue, which the foreign key says at the commit.
            #expect(throws: DatabaseError.self) { try shop.order(["Emma", "No such book"], by: "Ada") }
            let orders = try await shop.database.read { db in try Order.fetchCount(db) }
            let jobs = try await shop.client.jobCounts()
            #expect(orders == 0 && jobs.isEmpty)
        }
    }

    @Test("the trace shows the book that was sold out as undone, and the others' way")
    func trace() async throws {
        try await withShop { shop, recorder in
            try await working(shop) {
                let chains = try withSpan("POST /orders", ofKind: .server) { _ in
                    try shop.order(["Ulysses", "Emma"], by: "Ada")
                }
                for chain in chains { _ = try await shop.client.awaitJobChain(chain) }
                try await recorder.expect {
                    QueuertTraceTesting.trace {
                        span("POST /orders", .server) {
                            span("start pack-book", .producer).status(.error).attribute("error.type", "rollback")
                            span("start pack-book", .producer) {
                                span("process pack-book", .consumer) { span("complete pack-book") }
                                span("continue send-receipt", .producer) {
                                    span("process send-receipt", .consumer) { span("complete send-receipt") }
                                }
                                span("chain pack-book", .internal, ["queuert.chain.jobs": 2])
                            }.unordered()
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }
}
