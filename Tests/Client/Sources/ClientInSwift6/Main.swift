import Foundation
import Queuert
import QueuertOTel
import QueuertSQLite

/// Starts chains, runs them in all modes of processing, and checks what they yield: as a package of a user's would.
@main struct Main {
    struct WrongSum: Error { let sum: Int }

    static func main() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "queuert-client-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pool = try await SQLitePool(path: folder.appendingPathComponent("client.sqlite").path)
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        let client = Client(adapter: adapter)
        try await client.withTransaction { db in
            try db.executeScript("CREATE TABLE results (value INTEGER NOT NULL)")
        }

        let sum = try await client.withTransaction { db in
            try db.execute("INSERT INTO results VALUES (?)", [0])
            let left = try await client.startJobChain(Measure.self, input: .init(text: "four"), on: db)
            let right = try await client.startJobChain(Measure.self, input: .init(text: "seven"), on: db)
            return try await client.startJobChain(Add.self, input: .init(), blockers: (left, right), on: db)
        }
        let worker = try Worker(client: client, processors: processors)
        async let running: Void = worker.run()
        let output = try await client.awaitJobChain(sum, timeout: .seconds(60)).output
        await worker.stop()
        await running
        await pool.close()
        guard output == 18 else { throw WrongSum(sum: output) }
        print("a client's chains yielded \(output)")
    }

    static let processors: [Processor<SQLiteStateAdapter>] = [
        .detached(Measure.self) { job in .continueWith(\.double, input: job.input.text.count) },
        .staged(Double.self) { job, attempt in
            let known = try await attempt.prepare { db in try db.query("SELECT count(*) AS n FROM results")[0].int("n")
            }
            let doubled = job.input * 2
            return try await attempt.complete { db in
                try db.execute("INSERT INTO results VALUES (?)", [known ?? 0])
                return .continueWith(\.store, input: doubled)
            }
        },
        .atomic(Store.self) { job, db in
            try db.execute("INSERT INTO results VALUES (?)", [job.input])
            return .finish(job.input)
        },
        .atomic(Add.self) { job, _ in
            let (left, right) = job.blockers
            return .finish(left + right)
        },
    ]
}
