import Queuert
import QueuertSQLite

/// A company's expenses.
enum Expenses {
    static let deadline = Duration.seconds(3 * 86_400)

    static let processors: [Processor<SQLiteStateAdapter>] = [
        // The job is due in three days, so a worker gets it only if nobody has completed it by then.
        .detached(ApproveExpense.self) { _ in .finish(.nobodyAnswered) },
        .atomic(PayExpense.self) { job, db in
            try db.execute("INSERT INTO payments VALUES (?, ?)", [job.input.employee, job.input.cents])
            return .finish(.paid(cents: job.input.cents, approvedBy: job.input.approvedBy))
        },
    ]

    /// Hands an expense in.
    static func submit(
        _ employee: String, cents: Int, to client: Client<SQLiteStateAdapter>
    ) async throws -> Chain<ApproveExpense> {
        try await client.startJobChain(
            ApproveExpense.self, input: .init(employee: employee, cents: cents), schedule: .after(deadline))
    }

    /// What a web service calls when a person clicks on "approve".
    ///
    /// The note of it and the next job are one transaction.
    static func approve(
        _ chain: Chain<ApproveExpense>, by manager: String, client: Client<SQLiteStateAdapter>
    ) async throws {
        try await client.withTransaction { db in
            try db.execute("INSERT INTO decisions VALUES (?, ?, 'approved')", [chain.id.rawValue, manager])
            try await client.completeJob(ApproveExpense.self, of: chain, on: db) { job in
                let input = job.input
                return .continueWith(
                    \.pay, input: .init(employee: input.employee, cents: input.cents, approvedBy: manager))
            }
        }
    }

    /// What a web service calls when a person clicks on "refuse".
    static func refuse(
        _ chain: Chain<ApproveExpense>, by manager: String, client: Client<SQLiteStateAdapter>
    ) async throws {
        try await client.withTransaction { db in
            try db.execute("INSERT INTO decisions VALUES (?, ?, 'refused')", [chain.id.rawValue, manager])
            try await client.completeJob(ApproveExpense.self, of: chain, on: db) { _ in
                .finish(.refused(by: manager))
            }
        }
    }

    /// The company's own tables, in the same database as the queue's.
    static func createTables(in pool: SQLitePool) async throws {
        try await pool.write { db in
            try db.executeScript(
                """
                CREATE TABLE decisions (chain TEXT NOT NULL, manager TEXT NOT NULL, decision TEXT NOT NULL);
                CREATE TABLE payments (employee TEXT NOT NULL, cents INTEGER NOT NULL);
                """)
        }
    }
}
