import Foundation
import Logging
import Queuert
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("Chains in a SQLite database that fails") struct SQLiteFaultTests {
    enum Store: EntryJobType {
        static let name = "store"
        typealias Input = Int
        typealias Output = Int
    }

    @Test("a full disk keeps jobs waiting, and each is done once when there is room again")
    func diskFull() async throws {
        let clock = ManualClock()
        try await withClient(clock: clock) { client, pool in
            try await pool.write { db in _ = try db.execute("CREATE TABLE stored (number INTEGER, filler BLOB)") }
            var chains: [Chain<Store>] = []
            for number in 1...5 { chains.append(try await client.startJobChain(Store.self, input: number)) }
            try await pool.write { db in
                let pages = try db.query("PRAGMA page_count")[0][0]
                guard case .integer(let count) = pages else { return }
                _ = try db.query("PRAGMA max_page_count = \(count + 4)")
            }
            let failures = EventLog()
            let worker = try Worker(
                client: client,
                processors: [
                    .atomic(Store.self) { job, db in
                        do {
                            try db.execute("INSERT INTO stored VALUES (?, zeroblob(40000))", [job.input])
                        } catch let error as SQLiteError {
                            failures.add("\(error.code)")
                            throw error
                        }
                        return .finish(job.input)
                    }
                ],
                configuration: .init(leaseDuration: .seconds(86_400)))
            async let running: Void = worker.run()
            while failures.events.count < 5 { await pass(clock) }
            #expect(Set(failures.events) == ["diskFull"])
            try await pool.write { db in _ = try db.query("PRAGMA max_page_count = 1000000") }
            let ids = chains.map(\.id)
            while try await client.chains(ChainQuery(statuses: [.completed], chainIDs: ids)).items.count < 5 {
                await pass(clock)
            }
            await worker.stop()
            await running
            let stored = try await pool.read { db in
                try db.query("SELECT number FROM stored ORDER BY number").compactMap { $0.int("number") }
            }
            #expect(stored == [1, 2, 3, 4, 5])
        }
    }

    @Test("a database that another process locks holds work up, and loses nothing")
    func locked() async throws {
        try await withClient { client, pool in
            try await pool.write { db in _ = try db.execute("CREATE TABLE stored (number INTEGER)") }
            let chain = try await client.startJobChain(Store.self, input: 1)
            let path = try await pool.read { db in try db.query("PRAGMA database_list")[0].text("file") ?? "" }
            let other = try await SQLitePool(path: path)
            let log = EventLog()
            let logger = Logger(label: "test") { _ in LoggedTexts(log: log, logLevel: .error) }
            let watched = Client(adapter: client.adapter, logger: logger)
            let worker = try Worker(
                client: watched,
                processors: [
                    .atomic(Store.self) { job, db in
                        try db.execute("INSERT INTO stored VALUES (?)", [job.input])
                        return .finish(job.input)
                    }
                ],
                configuration: .init(recoveryBackoff: Backoff(initial: .milliseconds(1), maximum: .milliseconds(5))))
            try await other.write { _ in
                // The lock is held until the worker has met it twice.
                let running = Task { await worker.run() }
                while log.events.count < 2 { await Task.yield() }
                _ = running
            }
            _ = try await client.awaitJobChain(chain, timeout: .seconds(300))
            await worker.stop()
            #expect(log.events.contains { $0.contains("another connection holds the lock") })
            let rows = try await pool.read { db in try db.query("SELECT number FROM stored") }
            #expect(rows.count == 1)
            await other.close()
        }
    }

    /// Lets backoffs, polls and, in the end, leases pass, though none that is prolonged by then.
    private func pass(_ clock: ManualClock) async {
        clock.advance(by: .seconds(1))
        for _ in 0..<10 { await Task.yield() }
    }

    private func withClient(
        clock: any QueueClock = SystemClock(), _ body: (Client<SQLiteStateAdapter>, SQLitePool) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let pool = try await SQLitePool(
                path: folder + "/db.sqlite", configuration: .init(busyTimeout: .milliseconds(20)))
            let adapter = SQLiteStateAdapter(pool: pool, clock: clock, logger: logger)
            try await adapter.migrate()
            try await body(Client(adapter: adapter, clock: clock, logger: logger), pool)
            await pool.close()
        }
    }
}
