import Logging
import Queuert
import QueuertConformance
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("A backup of a queue", .timeLimit(.minutes(20))) struct QueueBackupTests {
    /// Writes its number into a table of the user's.
    enum Store: EntryJobType {
        static let name = "store"
        typealias Input = Int
        typealias Output = Int
    }
    /// Ends when the test says so.
    enum Hold: EntryJobType {
        static let name = "hold"
        typealias Input = Int
        typealias Output = Int
    }

    @Test("one that is made while a worker runs is worked on: each job that it holds is done once in it")
    func workedOn() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let journal = Journal()
            let pool = try await SQLitePool(path: folder + "/db.sqlite")
            let client = try await makeClient(pool, clock)
            try await pool.write { db in _ = try db.execute("CREATE TABLE stored (number INTEGER NOT NULL)") }
            let hold = Processor<SQLiteStateAdapter>.detached(Hold.self) { job in
                journal.add("holds")
                try await journal.wait(of: "end")
                return .finish(job.input)
            }
            let worker = try Worker(client: client, processors: [Self.store(journal), hold])
            async let running: Void = worker.run()
            for number in 0..<3 { try await client.startJobChain(Hold.self, input: number) }
            for number in 0..<20 { try await client.startJobChain(Store.self, input: number) }
            try await journal.wait(for: 3, of: "holds")
            try await journal.wait(for: 20, of: "stores")

            let isOver = Locked(false)
            async let starting: Int = {
                var number = 20
                while !isOver.withLock({ $0 }) {
                    try await client.startJobChain(Store.self, input: number)
                    number += 1
                }
                return number
            }()
            try await pool.backup(to: folder + "/copy.sqlite", pagesPerStep: 1)
            isOver.withLock { $0 = true }
            let started = try await starting
            journal.add("end")
            await worker.stop()
            await running
            await pool.close()

            // The leases of the worker that ran then are over.
            let later = ManualClock(start: clock.now + .seconds(3_600))
            let copy = try await SQLitePool(path: folder + "/copy.sqlite")
            try await expectInvariants(copy)
            let copied = try await makeClient(copy, later)
            #expect(try await copied.jobCounts()["hold"]?.overdue == 3)
            let next = try Worker(
                client: copied, processors: [Self.store(journal), .detached(Hold.self) { .finish($0.input) }],
                configuration: .init(leaseDuration: .seconds(86_400)))
            async let goingOn: Void = next.run()
            while try await copied.jobCounts().values.contains(where: { $0.waiting + $0.running > 0 }) {
                // What was lost waits for its next attempt.
                later.advance(by: .seconds(1))
                await Task.yield()
            }
            await next.stop()
            await goingOn

            let query = ChainQuery(typeNames: ["store"], statuses: [.completed], limit: 1_000_000)
            let inputs = try await copied.chains(query).items.compactMap { Int($0.first.input) }
            let stored = try await copy.read { db in
                try db.query("SELECT number FROM stored").compactMap { $0.int("number") }
            }
            #expect(20...started ~= stored.count)
            #expect(stored.sorted() == inputs.sorted())
            #expect(Set(stored).count == stored.count)
            let held = try await copied.chains(ChainQuery(typeNames: ["hold"])).items
            #expect(held.map { $0.last.status(at: later.now) } == [.completed, .completed, .completed])
            for chain in held {
                let attempts = try await copied.failedAttempts(ofJob: chain.first.id)
                #expect(attempts.map(\.outcome) == [.lost])
            }
            try await expectInvariants(copy)
            await copy.close()
        }
    }

    private static func store(_ journal: Journal) -> Processor<SQLiteStateAdapter> {
        .atomic(Store.self) { job, db in
            try db.execute("INSERT INTO stored VALUES (?)", [job.input])
            journal.add("stores")
            return .finish(job.input)
        }
    }

    private func makeClient(_ pool: SQLitePool, _ clock: ManualClock) async throws -> Client<SQLiteStateAdapter> {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let adapter = SQLiteStateAdapter(pool: pool, clock: clock, logger: logger)
        try await adapter.migrate()
        return Client(adapter: adapter, clock: clock, logger: logger)
    }
}
