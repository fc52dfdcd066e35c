import Billing
package import Queuert
package import QueuertSQLite

/// What this module has to offer: its job types, their processors and its tables.
package enum Orders {
    package static var jobTypes: JobTypes { get throws { try JobTypes(PlaceOrder.self) } }

    package static func slice(_ client: Client<SQLiteStateAdapter>) -> ProcessorSlice<SQLiteStateAdapter> {
        ProcessorSlice(
            "orders",
            [
                .atomic(PlaceOrder.self) { job, db in
                    try db.execute("INSERT INTO orders (number) VALUES (?)", [job.input.order])
                    let invoice = try await client.startJobChain(
                        IssueInvoice.self, input: .init(order: job.input.order, cents: job.input.cents), on: db)
                    return .continueWith(\.ship, input: job.input.order, blockers: (invoice))
                },
                .atomic(ShipOrder.self) { job, db in
                    let invoice = job.blockers
                    try db.execute("UPDATE orders SET invoice = ? WHERE number = ?", [invoice, job.input])
                    return .finish("order \(job.input) is shipped with invoice \(invoice)")
                },
            ])
    }

    package static let tables = """
        CREATE TABLE orders (number INTEGER PRIMARY KEY, invoice INTEGER);
        """
}
