import Queuert
import QueuertConformance
import QueuertSQLite
import SQLiteTestSupport
import Testing

private enum Tick: EntryJobType {
    static let name = "tick"
    typealias Input = Occurrence<String>
    typealias Output = Int
}

/// What one process has of a file that it shares with others: it hears nothing of them.
private struct Participant: Sendable {
    let pool: SQLitePool
    let client: Client<SQLiteStateAdapter>

    init(_ path: String, _ clock: ManualClock) async throws {
        pool = try await SQLitePool(path: path, configuration: .init(busyTimeout: .seconds(60)))
        let adapter = SQLiteStateAdapter(pool: pool, clock: clock)
        try await adapter.migrate()
        client = Client(adapter: adapter, clock: clock)
    }

    /// The time may run far ahead of a slow machine: nothing is to be left out for that.
    func start() async throws -> RecurringWork {
        try await client.startRecurring(
            "ticks", Tick.self, payload: "", .every(.seconds(60)), missedRuns: .all(limit: 100_000),
            overlappingRuns: .allow)
    }

    func makeWorker() throws -> Worker<SQLiteStateAdapter> {
        try Worker(
            client: client,
            processors: [
                .recurrences(of: client),
                .atomic(Tick.self) { job, db in
                    let time = Int(job.input.time.microseconds / 1_000_000)
                    try db.execute("INSERT INTO ticked VALUES (?)", [time])
                    return .finish(1)
                },
            ], configuration: .init(leaseDuration: .seconds(10_000_000)))
    }
}

@Suite("What recurs on a file that processes share", .timeLimit(.minutes(20))) struct SharedRecurrenceTests {
    @Test("is started by all of them as one, and each occurrence exactly once by whoever is first")
    func twoPools() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let begin = Int(clock.now.microseconds / 1_000_000)
            let one = try await Participant(folder + "/db.sqlite", clock)
            let other = try await Participant(folder + "/db.sqlite", clock)
            try await one.pool.write { db in _ = try db.execute("CREATE TABLE ticked (time INTEGER)") }
            async let started = one.start()
            async let startedToo = other.start()
            let (work, sameWork) = try await (started, startedToo)
            #expect(work == sameWork)

            let workers = [try one.makeWorker(), try other.makeWorker()]
            let haveStopped = Journal()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in workers { group.addTask { await worker.run() } }
                while try await !haveEnded(30, one.client) {
                    try Task.checkCancellation()
                    await pass(clock)
                }
                group.addTask {
                    for worker in workers { await worker.stop() }
                    haveStopped.add("stopped")
                }
                // Whoever waits before it tries again does so by the clock.
                while haveStopped.count(of: "stopped") == 0 { await pass(clock) }
                try await group.waitForAll()
            }

            let times = try await one.pool.read { db in
                try db.query("SELECT time FROM ticked ORDER BY time").compactMap { $0.int("time") }
            }
            #expect(Set(times).count == times.count)
            #expect(Array(times.prefix(30)) == (1...30).map { begin + 60 * $0 })
            let waiting = try await one.client.chains(
                ChainQuery(typeNames: ["queuert.recurrence"], statuses: [.scheduled, .ready, .running]))
            #expect(waiting.items.count == 1)
            let works = try await other.client.recurringWork()
            #expect(works.map(\.name) == ["ticks"])
            for participant in [one, other] { await participant.pool.close() }
        }
    }

    /// Whether the first chains that were started are over.
    private func haveEnded(_ count: Int, _ client: Client<SQLiteStateAdapter>) async throws -> Bool {
        let query = ChainQuery(typeNames: ["tick"], order: .oldestFirst, limit: count)
        let chains = try await client.chains(query).items
        return chains.count == count && chains.allSatisfy { $0.last.completedAt != nil }
    }

    /// Lets a quarter of a minute pass, and gives others their turn.
    private func pass(_ clock: ManualClock) async {
        clock.advance(by: .seconds(15))
        for _ in 0..<10 { await Task.yield() }
    }
}
