package import Queuert
package import QueuertSQLite

/// What this module has to offer: its job types, their processors and its tables.
package enum Billing {
    /// The types of this module.
    ///
    /// What they lead to, such as `SendInvoice`, comes with them.
    package static var jobTypes: JobTypes { get throws { try JobTypes(IssueInvoice.self) } }

    package static let slice = ProcessorSlice<SQLiteStateAdapter>(
        "billing",
        [
            .atomic(IssueInvoice.self) { job, db in
                let rows = try db.query(
                    "INSERT INTO invoices (order_number, cents) VALUES (?, ?) RETURNING number",
                    [job.input.order, job.input.cents])
                return .continueWith(\.send, input: rows.first?.int("number") ?? 0)
            },
            .detached(SendInvoice.self) { job in .finish(job.input) },
        ])

    package static let tables = """
        CREATE TABLE invoices (number INTEGER PRIMARY KEY, order_number INTEGER NOT NULL, cents INTEGER NOT NULL);
        """
}
