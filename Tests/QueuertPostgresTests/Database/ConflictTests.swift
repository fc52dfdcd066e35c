import Queuert
import QueuertPostgres
import Testing

@Suite("Transactions on PostgreSQL that conflict", .timeLimit(.minutes(20))) struct ConflictTests {
    @Test(
        "of two that lock rows in opposite order both are committed if they may be run again, and else one",
        arguments: [0, 5])
    func deadlock(_ retries: Int) async throws {
        let address = try TestDatabase.address() + " options='-c deadlock_timeout=10ms'"
        try await TestDatabase.withSchema(address: address) { pool, schema in
            let table = "\(schema).numbers"
            try await pool.write { db in
                try db.executeScript(
                    """
                    CREATE SCHEMA \(schema);
                    CREATE TABLE \(table) (id integer PRIMARY KEY, number integer);
                    INSERT INTO \(table) VALUES (1, 0), (2, 0)
                    """)
            }
            let runs = Locked(0)
            let (first, lockFirst) = AsyncStream.makeStream(of: Void.self)
            let (second, lockSecond) = AsyncStream.makeStream(of: Void.self)
            @Sendable func increment(
                _ id: Int, _ locked: AsyncStream<Void>.Continuation, then other: Int, _ otherLocked: AsyncStream<Void>
            ) async -> Result<Void, any Error> {
                await Result {
                    try await pool.write(retries: retries) { db in
                        runs.withLock { $0 += 1 }
                        try db.execute("UPDATE \(table) SET number = number + 1 WHERE id = $1", [id])
                        locked.finish()
                        // In the first run; afterwards it has happened.
                        for await _ in otherLocked {}
                        try db.execute("UPDATE \(table) SET number = number + 1 WHERE id = $1", [other])
                    }
                }
            }
            async let one = increment(1, lockFirst, then: 2, second)
            async let another = increment(2, lockSecond, then: 1, first)
            let errors = await [one, another].compactMap { result -> (any Error)? in
                guard case .failure(let error) = result else { return nil }
                return error
            }
            let numbers = try await pool.read { db in
                try db.query("SELECT number FROM \(table) ORDER BY id").map { try $0.value("number", as: Int.self) }
            }
            if retries == 0 {
                #expect(errors.map { ($0 as? PostgresError)?.sqlState } == ["40P01"])
                #expect(errors.allSatisfy { ($0 as? PostgresError)?.isTransient == true })
                #expect(numbers == [1, 1])
            } else {
                #expect(errors.isEmpty)
                #expect(numbers == [2, 2])
                #expect(runs.withLock { $0 } > 2)
            }
        }
    }

    @Test("a body that is run again starts its chain once, and hooks are told of each run that was undone")
    func effects() async throws {
        try await TestDatabase.withPool { pool in
            try await withQueue(pool) { client, _ in
                let told = Locked<[String]>([])
                let runs = Locked(0)
                let started = try await client.withTransaction(retries: 1) { db in
                    try client.addHook(
                        on: db, onCommit: { told.withLock { $0.append("committed") } },
                        onRollback: { told.withLock { $0.append("undone") } })
                    let chain = try await client.startJobChain(Store.self, input: 1, on: db)
                    runs.withLock { $0 += 1 }
                    if runs.withLock({ $0 }) == 1 { try db.executeScript(Self.conflict) }
                    return chain.id
                }
                #expect(told.withLock { $0 } == ["undone", "committed"])
                #expect(try await client.jobs().items.map(\.id) == [started])
            }
        }
    }

    @Test("a body that conflicts more often than it may be run again fails, and one that fails otherwise at once")
    func exhausted() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            struct Failure: Error {}
            let client = Client(adapter: PostgresStateAdapter(pool: pool, logger: TestDatabase.quietLogger))
            let runs = Locked(0)
            let error = await #expect(throws: PostgresError.self) {
                try await client.withTransaction(retries: 2) { db in
                    runs.withLock { $0 += 1 }
                    try db.executeScript(Self.conflict)
                }
            }
            #expect(error?.code == .serialization)
            #expect(runs.withLock { $0 } == 3)
            await #expect(throws: Failure.self) {
                try await client.withTransaction(retries: 2) { _ in
                    runs.withLock { $0 += 1 }
                    throw Failure()
                }
            }
            #expect(runs.withLock { $0 } == 4)
        }
    }

    @Test(
        "an operation of the queue is run again, unless something came before it in its transaction",
        arguments: [PostgresHistory.amongJobs, .partitioned(days: 1)])
    func operations(_ history: PostgresHistory) async throws {
        try await HistoryScenario.with(history) { scenario in
            let adapter = scenario.adapter
            let client = Client(adapter: adapter, logger: TestDatabase.quietLogger)
            let conflict = try await FirstChange(in: scenario)

            let many = (0..<500).map { _ in scenario.newJob("many") }
            try await conflict.expect { try await scenario.operation { try $0.insertJobs(many) } }
            let few = (0..<2).map { _ in scenario.newJob("few") }
            try await conflict.expect { try await scenario.operation { try $0.insertJobs(few) } }
            let keyed = scenario.newJob("waiting", deduplication: Deduplication(key: "k"), blockers: [few[0].id])
            try await conflict.expect { try await scenario.start(keyed) }
            let ended = try await conflict.expect { try await scenario.start(scenario.newJob())[0] }
            let row = try await conflict.expect { try await scenario.claim().row }
            try await conflict.expect { try await scenario.settle(row, .completed(output: "1")) }
            #expect(try await scenario.status(ended) == .completed)

            let retried = try await scenario.start(scenario.newJob())[0]
            let first = try await scenario.claim().row
            try await conflict.expect { try await scenario.settle(first, .retried(.now, error: "no", .failed)) }
            try await conflict.expect { try await client.triggerJobs([retried]) }
            let second = try await scenario.claim().row
            try await conflict.expect { try await scenario.settle(second, .failed(error: "no", .failed)) }
            try await conflict.expect { try await client.redriveJobs([retried]) }
            #expect(try await scenario.status(retried) == .ready)
            let third = try await scenario.claim().row
            try await scenario.settle(third, .failed(error: "no", .failed))
            let cleaned = try await conflict.expect { try await client.cleanUp(.failed, olderThan: .zero) }
            #expect(cleaned == 1)

            let cancelled = try await conflict.expect { try await client.cancelJobChains([few[1].id]) }
            #expect(cancelled == [few[1].id])
            let deleted = try await conflict.expect { try await client.deleteJobChains(many.map(\.id)) }
            #expect(deleted.count == many.count)

            let late = scenario.newJob("late")
            try await conflict.expect {
                try await client.withTransaction { db in _ = try adapter.operations(on: db).insertJobs([late]) }
            }
            let later = scenario.newJob("later")
            let insert: @Sendable (isolated PostgresConnection) async throws -> Void = { db in
                _ = try db.query("SELECT 1")
                _ = try adapter.operations(on: db).insertJobs([later])
            }
            let error = await #expect(throws: PostgresError.self) {
                try await conflict.expect { try await client.withTransaction(insert) }
            }
            #expect(error?.sqlState == "40P01")
            #expect(try await scenario.status(later.id) == nil)
            try await conflict.expect { try await client.withTransaction(retries: 1, insert) }
            #expect(try await scenario.status(later.id) == .ready)
        }
    }

    private static let conflict = """
        DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END $$
        """
}

/// Has the first of some changes of jobs fail as in a deadlock.
private struct FirstChange {
    private let pool: PostgresPool
    private let changes: String

    init(in scenario: HistoryScenario) async throws {
        pool = scenario.adapter.pool
        let schema = scenario.schema
        // A sequence does not go back when a transaction is undone.
        let changes = "\(schema).changes"
        self.changes = changes
        try await pool.write { db in
            try db.executeScript(
                """
                CREATE SEQUENCE \(changes) START 2;
                CREATE FUNCTION \(schema).count_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF nextval('\(changes)') = 1 THEN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END IF;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON \(schema).queuert_job
                    FOR EACH ROW EXECUTE FUNCTION \(schema).count_change()
                """)
        }
    }

    /// Runs a body whose first change fails, and expects that it has succeeded all the same, by a further one.
    @discardableResult
    func expect<R>(_ body: () async throws -> R) async throws -> R {
        try await pool.write { db in _ = try db.query("SELECT setval('\(changes)', 1, false)") }
        let value = try await body()
        let count = try await pool.read { db in
            try db.query("SELECT last_value AS n FROM \(changes)")[0].value("n", as: Int.self)
        }
        #expect(count > 1)
        return value
    }
}
