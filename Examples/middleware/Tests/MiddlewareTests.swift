import ExampleTesting
import Queuert
import QueuertSQLite
import QueuertTraceTesting
import Testing

@testable import MiddlewareExample

@Suite("Middleware", .timeLimit(.minutes(2))) struct MiddlewareTests {
    @Test("gives each handler its tenant, and the journal how each attempt ended, as the README says")
    func outputsAndRows() async throws {
        try await withExampleQueue { queue in
            try await Invoicing.createTables(in: queue.pool)
            let journal = Journal()
            let worker = try Invoicing.worker(queue.client, journal: journal)
            let lines = try await queue.working(worker) { try await Invoicing.run(queue.client) }
            let entries = journal.entries.sorted().map { "journal: \($0)" }
            let told = try linesInReadme()
            #expect(lines + entries == told)
            #expect(try await queue.rows("SELECT * FROM invoices") == ["1, the bakery, 12", "2, the garage, 800"])
        }
    }

    @Test("that throws fails the attempt, and the handler is not called")
    func unknownTenant() async throws {
        try await withExampleQueue { queue in
            try await Invoicing.createTables(in: queue.pool)
            let worker = try Invoicing.worker(queue.client, journal: Journal())
            try await queue.working(worker) {
                _ = try await queue.client.startJobChain(WriteInvoice.self, input: .init(amount: 1))
                try await queue.recorder.expect {
                    trace {
                        span("start write-invoice") {
                            span("process write-invoice").status(.error).attribute("error.type", .any).containing()
                        }.containing()
                    }
                }
                #expect(try await queue.rows("SELECT * FROM invoices").isEmpty)
            }
        }
    }

    @Test("that is required is missed when the worker is made")
    func missing() async throws {
        try await withExampleQueue { queue in
            let plain: Processor<SQLiteStateAdapter> = .atomic(MailInvoice.self) { _, _ in .finish("") }
            #expect(throws: MissingMiddlewareError.self) {
                try Worker(client: queue.client, processors: [plain], requiring: [Tenancy.self])
            }
        }
    }
}
