import Queuert
import QueuertPostgres
import Testing

/// A job that waits for those that write.
private enum Sum: EntryJobType {
    static let name = "sum"
    typealias Input = Int
    typealias Output = Int
    typealias Blockers = BlockedByAll<Store>
}

/// How an attempt's transaction is made.
enum LastStatement: String, CaseIterable, Sendable {
    /// Its end is all that it writes, and is committed by the server.
    case alone
    /// Its end and its commit follow the handler's statements.
    case afterOthers

    func processor(_ table: StoreTable) -> Processor<PostgresStateAdapter> {
        switch self {
        case .alone: .atomic(Store.self) { job, _ in .finish(job.input) }
        case .afterOthers: table.processor
        }
    }

    /// What the handler's transaction has written.
    func written(_ number: Int) -> [Int] { self == .alone ? [] : [number] }
}

@Suite("An attempt's last statement, with which it commits", .timeLimit(.minutes(20))) struct LastStatementTests {
    @Test(
        "whose answer is lost is found to be committed, and what follows from it is told",
        arguments: LastStatement.allCases, [PostgresHistory.amongJobs, .partitioned(days: 1)])
    func answerIsLost(_ last: LastStatement, _ history: PostgresHistory) async throws {
        // What is not prepared is seen by the proxy.
        try await withProxy(.init(statementCacheLimit: 0)) { pool, proxy in
            try await withQueue(pool, history: history) { client, table in
                let chain = try await client.startJobChain(Store.self, input: 1)
                let sum = try await client.startJobChain(Sum.self, input: 0, blockers: [chain])
                proxy.set(.loseAnswer(to: "queuert_complete_"))
                let adding = Processor<PostgresStateAdapter>.detached(Sum.self) { job in
                    .finish(job.blockers.reduce(0, +))
                }
                // No poll finds the job that waits: it is begun because somebody tells of it.
                let worker = try Worker(
                    client: client, processors: [last.processor(table), adding],
                    configuration: .init(pollInterval: .seconds(3_600)))
                async let running: Void = worker.run()
                #expect(try await client.awaitJobChain(sum, timeout: .seconds(60)).output == 1)
                await worker.stop()
                await running
                #expect(proxy.losses == 1)
                #expect(try await table.stored() == last.written(1))
                #expect(try await client.failedAttempts(ofJob: chain.id).isEmpty)
            }
        }
    }

    @Test(
        "that does not get through has its attempt fail, and the next one writes all",
        arguments: LastStatement.allCases)
    func statementIsLost(_ last: LastStatement) async throws {
        try await withProxy(.init(statementCacheLimit: 0)) { pool, proxy in
            try await withQueue(pool) { client, table in
                let chain = try await client.startJobChain(Store.self, input: 1)
                proxy.set(.lose("queuert_complete_"))
                try await work(last, table, client, on: chain)
                #expect(proxy.losses == 1)
            }
        }
    }

    @Test(
        "that the server refuses, or whose commit it refuses, has its attempt fail, and the connection goes on",
        arguments: LastStatement.allCases, ["BEFORE UPDATE", "AFTER UPDATE"])
    func refused(_ last: LastStatement, _ moment: String) async throws {
        try await TestDatabase.withPool { pool in
            try await withQueue(pool) { client, table in
                try await table.refuse(moment, when: "NEW.completed_at IS NOT NULL AND NEW.attempt = 1")
                let chain = try await client.startJobChain(Store.self, input: 1)
                let connections = pool.connectionCount
                try await work(last, table, client, on: chain)
                #expect(pool.connectionCount >= connections)
            }
        }
    }

    /// Runs a worker that tries a job twice.
    private func work(
        _ last: LastStatement, _ table: StoreTable, _ client: Client<PostgresStateAdapter>, on chain: Chain<Store>
    ) async throws {
        let patience = Backoff(initial: .milliseconds(5), maximum: .milliseconds(50))
        let worker = try Worker(
            client: client, processors: [last.processor(table)],
            configuration: .init(pollInterval: .milliseconds(50), backoff: patience, recoveryBackoff: patience))
        async let running: Void = worker.run()
        #expect(try await client.awaitJobChain(chain, timeout: .seconds(60)).output == 1)
        await worker.stop()
        await running
        #expect(try await table.stored() == last.written(1))
        #expect(try await client.failedAttempts(ofJob: chain.id).map(\.outcome) == [.failed])
    }

    @Test(
        "that finds the lease lost commits nothing of what came before, whatever the body does",
        arguments: [true, false])
    func leaseLost(_ throwsError: Bool) async throws {
        try await withClaimedJob { adapter, table, row in
            await #expect(throws: (any Error).self) {
                try await adapter.withTransaction { db in
                    try table.store(1, db)
                    let results = try adapter.operations(on: db).settleLast([
                        row.completion(token: row.leaseToken + 1)
                    ])
                    guard case .leaseLost = results[0] else { return }
                    if throwsError { throw CancellationError() }
                }
            }
            #expect(try await table.stored().isEmpty)
            try await adapter.withTransaction { db in
                _ = try adapter.operations(on: db).settleLast([row.completion()])
            }
        }
    }

    @Test("is the last: what follows is refused, and an error then undoes nothing", arguments: LastStatement.allCases)
    func nothingFollows(_ last: LastStatement) async throws {
        try await withClaimedJob { adapter, table, row in
            let client = Client(adapter: adapter, logger: TestDatabase.quietLogger)
            let ends = Locked<[String]>([])
            let error = await #expect(throws: PostgresError.self) {
                try await adapter.withTransaction { db in
                    try client.addHook(
                        on: db, onCommit: { ends.withLock { $0.append("committed") } },
                        onRollback: { ends.withLock { $0.append("undone") } })
                    if last == .afterOthers { try table.store(1, db) }
                    _ = try adapter.operations(on: db).settleLast([row.completion()])
                    try table.store(2, db)
                }
            }
            #expect(error?.code == .transactionEnded)
            #expect(ends.withLock { $0 } == ["committed"])
            let stored = try await table.stored()
            #expect(stored == last.written(1))
        }
    }

    @Test("of which nothing can be found out is unknown, and says so", arguments: LastStatement.allCases)
    func unknown(_ last: LastStatement) async throws {
        try await withQueueBehindProxy { adapter, table, proxy in
            let row = try await adapter.claimedJob()
            proxy.set(.loseAnswerForGood(to: "queuert_complete_"))
            let error = await #expect(throws: PostgresError.self) {
                try await adapter.withTransaction { db in
                    if last == .afterOthers { try table.store(1, db) }
                    _ = try adapter.operations(on: db).settleLast([row.completion()])
                }
            }
            #expect(error?.code == .commitUnknown)
            #expect(proxy.losses == 1)
        }
    }

    @Test("that somebody else undoes, or that is gone, is not taken for committed")
    func othersJob() async throws {
        try await withProxy(.init(statementCacheLimit: 0)) { pool, proxy in
            try await withQueue(pool) { client, table in
                let adapter = client.adapter
                let row = try await adapter.claimedJob()
                try await adapter.settle(row.settlement(.released))
                let again = try await adapter.claimedJob(isNew: false)
                proxy.set(.loseAnswer(to: "queuert_complete_"))
                let error = await #expect(throws: PostgresError.self) {
                    try await adapter.withTransaction { db in
                        _ = try adapter.operations(on: db).settleLast([row.completion()])
                    }
                }
                #expect(error?.code == .connectionLost)
                try await client.deleteJobChains([row.chainID])
                proxy.set(.loseAnswer(to: "queuert_complete_"))
                let unknown = await #expect(throws: PostgresError.self) {
                    try await adapter.withTransaction { db in
                        _ = try adapter.operations(on: db).settleLast([again.completion()])
                    }
                }
                #expect(unknown?.code == .commitUnknown)
            }
        }
    }

    @Test("an operation whose own commit is refused says why, and its connection goes on")
    func refusedOperation() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            try await withQueue(pool) { client, table in
                try await table.refuse("AFTER INSERT", when: "NEW.input = '1'")
                let process = try await pool.read { try $0.query("SELECT pg_backend_pid() AS pid")[0].int("pid") }
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await client.startJobChain(Store.self, input: 1)
                }
                #expect(error?.sqlState == "P0001")
                _ = try await client.startJobChain(Store.self, input: 2)
                #expect(try await client.jobCounts()["store"]?.ready == 1)
                #expect(
                    try await pool.read { try $0.query("SELECT pg_backend_pid() AS pid")[0].int("pid") } == process)
            }
        }
    }

    private func withClaimedJob(
        _ body: @Sendable (PostgresStateAdapter, StoreTable, JobRow) async throws -> Void
    ) async throws {
        try await TestDatabase.withPool { pool in
            try await withQueue(pool) { client, table in
                try await body(client.adapter, table, try await client.adapter.claimedJob())
            }
        }
    }

    /// A queue that can't be reached any more when the body ends.
    private func withQueueBehindProxy(
        _ body: @Sendable (PostgresStateAdapter, StoreTable, FaultyProxy) async throws -> Void
    ) async throws {
        try await TestDatabase.withSchema { direct, schema in
            try await PostgresStateAdapter(pool: direct, schema: schema, logger: TestDatabase.quietLogger).migrate()
            try await direct.write { _ = try $0.execute("CREATE TABLE \(schema).stored (number integer NOT NULL)") }
            try await withTemporaryFolder { folder in
                let proxy = try FaultyProxy(to: try TestDatabase.address(), folder: folder)
                let result = await Result {
                    try await TestDatabase.withFurtherPool(
                        .init(
                            maximumConnections: 1, acquisitionTimeout: .milliseconds(100), statementCacheLimit: 0),
                        address: proxy.address
                    ) { pool in
                        try await body(
                            PostgresStateAdapter(pool: pool, schema: schema, logger: TestDatabase.quietLogger),
                            StoreTable(pool: direct, schema: schema), proxy)
                    }
                }
                proxy.stop()
                try result.get()
            }
        }
    }
}

extension StoreTable {
    fileprivate func store(_ number: Int, _ db: isolated PostgresConnection) throws {
        try db.execute("INSERT INTO \(schema).stored (number) VALUES ($1)", [number])
    }

    /// Has the server refuse a change of jobs: at once, or at the commit if it is to look after the change.
    fileprivate func refuse(_ moment: String, when condition: String) async throws {
        let isDeferred = moment.hasPrefix("AFTER")
        try await pool.write { [schema] db in
            try db.executeScript(
                """
                CREATE FUNCTION \(schema).refuse () RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
                CREATE \(isDeferred ? "CONSTRAINT " : "")TRIGGER refused \(moment) ON \(schema).queuert_job
                    \(isDeferred ? "DEFERRABLE INITIALLY DEFERRED" : "") FOR EACH ROW
                    WHEN (\(condition)) EXECUTE FUNCTION \(schema).refuse();
                """)
        }
    }
}

extension PostgresStateAdapter {
    /// Starts a chain, unless one is there, and claims its job.
    fileprivate func claimedJob(isNew: Bool = true) async throws -> JobRow {
        if isNew {
            try await Client(adapter: self, logger: TestDatabase.quietLogger).startJobChain(Store.self, input: 1)
        }
        let request = ClaimRequest(
            typeNames: ["store"], typesWithBlockers: [], limit: 1, worker: "w", leaseDuration: .seconds(600))
        return try #require(
            try await withOperation(.work) { db in try operations(on: db).claimJobs(request).jobs.first }
        ).row
    }

    fileprivate func settle(_ settlement: Settlement) async throws {
        try await withOperation(.work) { db in _ = try operations(on: db).settle([settlement]) }
    }
}

extension JobRow {
    fileprivate func settlement(_ outcome: Settlement.Outcome, token: Int64? = nil) -> Settlement {
        Settlement(
            lease: Lease(jobID: id, token: token ?? leaseToken), chainID: chainID, worker: "w", attemptContext: nil,
            outcome: outcome)
    }

    fileprivate func completion(token: Int64? = nil) -> Settlement { settlement(.completed(output: "1"), token: token) }
}
