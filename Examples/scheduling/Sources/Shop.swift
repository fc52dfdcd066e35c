import Queuert
import QueuertSQLite

/// A shop whose clock is moved by hand.
enum Shop {
    /// The second of March 2026, 9:00 UTC.
    static let openingTime = Timestamp(microseconds: 1_772_442_000_000_000)

    static let supplierOpens = openingTime + .seconds(3_600)

    static let processors: [Processor<SQLiteStateAdapter>] = [
        .atomic(RemindOfCart.self) { job, db in
            try note("reminded \(job.input.customer)", on: db)
            // The second reminder comes three days after. Which one this is, is the job's place in the chain.
            if job.chainIndex == 0 {
                let threeDaysAfter = job.input.leftAt + .seconds(3 * 86_400)
                return .continueWith(\.askAgain, input: job.input, schedule: .at(threeDaysAfter))
            }
            return .finish("\(job.input.customer) was reminded twice")
        },
        .atomic(SendOrder.self) { job, db in
            try note("sent \(job.input)", on: db)
            return .finish(job.input)
        },
        .atomic(SyncStock.self) { job, db in
            // Called too early: the job asks to be called again, which is no failure.
            if job.attempt == 1 { throw RescheduleJob(.at(supplierOpens), reason: "the supplier opens at ten") }
            try note("synced the stock of account \(job.input)", on: db)
            return .finish("account \(job.input)")
        },
    ]

    private static func note(_ what: String, on db: isolated SQLiteConnection) throws {
        try db.execute("INSERT INTO events (what) VALUES (?)", [what])
    }

    /// The shop's own table, in the same database as the queue's.
    static func createTables(in pool: SQLitePool) async throws {
        try await pool.write { db in
            try db.executeScript("CREATE TABLE events (number INTEGER PRIMARY KEY, what TEXT NOT NULL)")
        }
    }

    /// What has happened since the last call.
    static func takeEvents(_ pool: SQLitePool) async throws -> String {
        try await pool.write { db in
            let events = try db.query("SELECT what FROM events ORDER BY number").compactMap { $0.text("what") }
            try db.execute("DELETE FROM events")
            return events.joined(separator: ", ")
        }
    }
}
