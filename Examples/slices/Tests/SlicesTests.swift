import Billing
import ExampleTesting
import Orders
import Queuert
import Testing

@testable import Shop

@Suite("Slices", .timeLimit(.minutes(2))) struct SlicesTests {
    @Test("work together: yield what the README says, and the rows that belong to it")
    func outputsAndRows() async throws {
        try await withExampleQueue { queue in
            try await Shop.createTables(in: queue.pool)
            let worker = try Worker(client: queue.client, slices: [Orders.slice(queue.client), Billing.slice])
            let lines = try await queue.working(worker) { try await Shop.run(queue.client) }
            let types = try Orders.jobTypes.merging(Billing.jobTypes).names.joined(separator: ", ")
            let told = try linesInReadme()
            #expect(["job types: \(types)"] + lines == told)
            #expect(try await queue.rows("SELECT * FROM orders") == ["7, 1", "8, 2"])
            #expect(try await queue.rows("SELECT * FROM invoices") == ["1, 7, 4900", "2, 8, 1200"])
        }
    }

    @Test("merge to all their types, also those that only their module can name")
    func names() throws {
        #expect(
            try Orders.jobTypes.merging(Billing.jobTypes).names
                == ["issue-invoice", "place-order", "send-invoice", "ship-order"])
    }

    @Test("of two modules that gave two types one name are refused when the program starts")
    func sameName() throws {
        // What another module calls the same.
        enum AnotherInvoice: EntryJobType {
            static let name = "issue-invoice"
            typealias Input = String
            typealias Output = String
        }
        #expect(throws: DuplicateJobTypeError.self) {
            try Orders.jobTypes.merging(Billing.jobTypes, JobTypes(AnotherInvoice.self))
        }
    }

    @Test("that both process one type are refused, and the error names both")
    func sameProcessor() async throws {
        try await withExampleQueue { queue in
            let error = #expect(throws: DuplicateJobTypeError.self) {
                try Worker(
                    client: queue.client, slices: [Billing.slice, Orders.slice(queue.client), Billing.slice])
            }
            #expect(error?.description.contains("billing") == true)
        }
    }
}
