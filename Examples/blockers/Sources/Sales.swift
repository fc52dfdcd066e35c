import Queuert
import QueuertSQLite

// As many as there are: a report starts a chain for each branch, and continues with a job that waits for all of them.
// Work is handed out and gathered again inside of one chain.

enum AddUpBranch: EntryJobType {
    static let name = "add-up-branch"
    typealias Input = String
    typealias Output = Int
}
enum ReportSales: EntryJobType {
    static let name = "report-sales"
    typealias Input = [String]
    typealias Output = Int
    typealias Ending = NeverEnds
    struct Next: Continuations { let addUp = To<AddUpSales>() }
}
enum AddUpSales: JobType {
    static let name = "add-up-sales"
    struct Input: Codable, Sendable {}
    typealias Output = Int
    typealias Blockers = BlockedByAll<AddUpBranch>
}

enum Sales {
    static func processors(_ client: Client<SQLiteStateAdapter>) -> [Processor<SQLiteStateAdapter>] {
        [
            // The handler's transaction starts the branches' chains too: they exist if and only if the chain goes on.
            .atomic(ReportSales.self) { job, db in
                let branches = try await client.startJobChains(
                    job.input.map { NewChain(AddUpBranch.self, input: $0) }, on: db)
                return .continueWith(\.addUp, input: .init(), blockers: branches)
            },
            .atomic(AddUpBranch.self) { job, db in
                let rows = try db.query("SELECT sum(cents) AS total FROM sales WHERE branch = ?", [job.input])
                return .finish(rows.first?.int("total") ?? 0)
            },
            .detached(AddUpSales.self) { job in .finish(job.blockers.reduce(0, +)) },
        ]
    }
}
