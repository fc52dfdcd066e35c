import Queuert
import QueuertPostgres
import Testing

/// A job that writes its number into a table of the user's.
enum Store: EntryJobType {
    static let name = "store"
    typealias Input = Int
    typealias Output = Int
}

/// The user's table beside the queue's.
struct StoreTable: Sendable {
    let pool: PostgresPool
    let schema: String

    /// How many jobs a worker runs at once, and how long it waits at most after the database failed it.
    static let slots = 4
    static let longestPause = Duration.milliseconds(50)

    var processor: Processor<PostgresStateAdapter> {
        .atomic(Store.self) { [schema] job, db in
            try db.execute("INSERT INTO \(schema).stored (number) VALUES ($1)", [job.input])
            return .finish(job.input)
        }
    }

    /// How long a lease lasts, unless the test says otherwise.
    static let leaseDuration = Duration.seconds(60)

    /// A worker that has little patience.
    func makeWorker(
        _ client: Client<PostgresStateAdapter>, and others: [Processor<PostgresStateAdapter>] = [],
        leaseDuration: Duration = Self.leaseDuration
    ) throws -> Worker<PostgresStateAdapter> {
        try Worker(
            client: client, processors: [processor] + others,
            configuration: .init(
                concurrency: Self.slots, leaseDuration: leaseDuration, pollInterval: .milliseconds(100),
                backoff: Backoff(initial: .milliseconds(10), maximum: .milliseconds(50)),
                recoveryBackoff: Backoff(initial: .milliseconds(5), maximum: Self.longestPause)))
    }

    func stored() async throws -> [Int] {
        try await pool.read { db in
            try db.query("SELECT number FROM \(schema).stored ORDER BY number").compactMap { $0.int("number") }
        }
    }
}

/// Runs a body with a queue on tables of its own, and looks afterwards whether all holds that must.
///
/// Its time is the server's, unless there is a clock for it.
func withQueue(
    _ pool: PostgresPool, history: PostgresHistory = .amongJobs, notify: any NotifyAdapter = InProcessNotify(),
    clock: (any QueueClock)? = nil,
    _ body: @Sendable (Client<PostgresStateAdapter>, StoreTable) async throws -> Void
) async throws {
    let schema = TestDatabase.makeSchemaName()
    let adapter = PostgresStateAdapter(
        pool: pool, schema: schema, history: history, clock: clock, logger: TestDatabase.quietLogger)
    try await adapter.migrate()
    try await pool.write { db in _ = try db.execute("CREATE TABLE \(schema).stored (number integer NOT NULL)") }
    try await body(
        Client(adapter: adapter, notify: notify, clock: clock ?? SystemClock(), logger: TestDatabase.quietLogger),
        StoreTable(pool: pool, schema: schema))
    try await expectInvariants(pool, schema: schema, hasHistory: history != .amongJobs)
    try await pool.write { db in
        try db.execute("SET LOCAL client_min_messages = warning")
        _ = try db.execute("DROP SCHEMA \(schema) CASCADE")
    }
}

/// Runs a body with a queue in which something is to fail, and with what shows that it recovers.
func withFaultyQueue(
    _ pool: PostgresPool, history: PostgresHistory = .amongJobs, notify: any NotifyAdapter = InProcessNotify(),
    _ body: @Sendable (Client<PostgresStateAdapter>, StoreTable, Throughput) async throws -> Void
) async throws {
    let clock = FaultClock()
    try await withQueue(pool, history: history, notify: notify, clock: clock) { client, table in
        let throughput = try await Throughput(of: client, table, clock)
        try await body(client, table, throughput)
    }
}

/// Runs a body with a pool that reaches the tests' server through a proxy.
func withProxy(
    _ configuration: PostgresPool.Configuration = .init(),
    _ body: @Sendable (PostgresPool, FaultyProxy) async throws -> Void
) async throws {
    let address = try TestDatabase.address()
    try await withTemporaryFolder { folder in
        let proxy = try FaultyProxy(to: address, folder: folder)
        let result = await Result {
            try await TestDatabase.withPool(configuration, address: proxy.address) { try await body($0, proxy) }
        }
        proxy.stop()
        try result.get()
    }
}

/// Starts a chain, again and again while the database is out of reach: by its identifier it is started once.
func startOnce(_ number: Int, _ client: Client<PostgresStateAdapter>) async throws -> JobID {
    let id = UUIDv7Generator().makeJobID(at: SystemClock().now)
    try await untilItWorks {
        do { try await client.startJobChain(Store.self, input: number, id: id) } catch is DuplicateJobIDError {}
    }
    return id
}

/// Tries again while the database is out of reach.
func untilItWorks<R>(_ body: () async throws -> R) async throws -> R {
    while true {
        do { return try await body() } catch let error as PostgresError where error.code != .other {
            try Task.checkCancellation()
            // In a pool's pauses it fails at once, and would keep its thread from those that are waited for.
            await Task.yield()
        }
    }
}

func waitForEnd(_ chainID: JobID, _ client: Client<PostgresStateAdapter>) async throws {
    while try await !hasEnded(chainID, client) {
        try Task.checkCancellation()
        await Task.yield()
    }
}

/// Waits for the ends of chains, and has leases end meanwhile that nobody prolongs.
///
/// A claim's answer may be lost, or the end of an attempt not be written however often it is tried. What a worker
/// knows to be its own, its reaper leaves alone.
func waitForEnds(of chainIDs: [JobID], _ client: Client<PostgresStateAdapter>, _ clock: FaultClock) async throws {
    for chainID in chainIDs {
        var looks = 0
        while try await !hasEnded(chainID, client) {
            try Task.checkCancellation()
            looks += 1
            if looks.isMultiple(of: 100) { clock.advance(by: StoreTable.leaseDuration) }
            await Task.yield()
        }
    }
}

private func hasEnded(_ chainID: JobID, _ client: Client<PostgresStateAdapter>) async throws -> Bool {
    try await untilItWorks { try await client.chain(chainID)?.last.completedAt != nil }
}

/// Waits until the lease of a job that runs is prolonged, which is due when some time has passed.
func waitForRenewal(of jobID: JobID, in schema: String, after pause: Duration, _ clock: FaultClock) async throws {
    try await TestDatabase.withFurtherPool { pool in
        @Sendable func end() async throws -> Double {
            try await pool.read { db in
                let ends = try db.query(
                    "SELECT extract(epoch FROM leased_until) AS until FROM \(schema).queuert_job WHERE id = $1",
                    [jobID.rawValue])
                return ends.first?.double("until") ?? 0
            }
        }
        let first = try await end()
        #expect(first > 0)
        clock.advance(by: pause)
        while try await end() <= first {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
