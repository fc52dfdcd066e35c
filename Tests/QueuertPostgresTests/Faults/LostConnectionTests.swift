import Foundation
import Queuert
import QueuertPostgres
import Testing

@Suite("Connections to PostgreSQL that are lost", .timeLimit(.minutes(20))) struct LostConnectionTests {
    @Test("a transaction whose commit got no answer, and was done, is reported as done, with its effects")
    func answerToCommitIsLost() async throws {
        try await withProxy(.init(maximumConnections: 4)) { pool, proxy in
            try await withFaultyQueue(pool) { client, table, throughput in
                proxy.set(.loseAnswerToCommit)
                let chain = try await client.withTransaction { db in
                    try db.execute("INSERT INTO \(table.schema).stored VALUES (0)")
                    return try await client.startJobChain(Store.self, input: 1, on: db)
                }
                #expect(proxy.losses == 1)
                // The worker's first commit is that of the job.
                proxy.set(.loseAnswerToCommit)
                let worker = try table.makeWorker(client, and: [throughput.processor])
                async let running: Void = worker.run()
                _ = try await client.awaitJobChain(chain, timeout: .seconds(60))
                try await throughput.expectRecovery(of: worker)
                await running
                #expect(proxy.losses == 2)
                #expect(try await table.stored() == [0, 1])
                #expect(try await client.failedAttempts(ofJob: chain.id).isEmpty)
            }
        }
    }

    @Test("a transaction whose commit got no answer is found to be done though the first look for it gets none either")
    func answerToLookIsLost() async throws {
        try await withProxy { pool, proxy in
            try await withQueue(pool) { client, _ in
                let ends = Locked<[String]>([])
                proxy.set(.loseAnswerToCommit, then: .loseAnswer(to: "pg_xact_status"))
                try await client.withTransaction { db in
                    try client.addHook(
                        on: db, onCommit: { ends.withLock { $0.append("committed") } },
                        onRollback: { ends.withLock { $0.append("undone") } })
                    _ = try await client.startJobChain(Store.self, input: 1, on: db)
                }
                #expect(proxy.losses == 2)
                #expect(ends.withLock { $0 } == ["committed"])
                #expect(try await client.jobCounts()["store"]?.ready == 1)
            }
        }
    }

    @Test("chains that are started by themselves need no further statement, which could fail, where one has the key")
    func startWithKey() async throws {
        // What is not prepared is seen by the proxy.
        try await withProxy(.init(statementCacheLimit: 0)) { pool, proxy in
            try await withQueue(pool) { client, _ in
                let key = Deduplication(key: "k")
                let known = try await client.startJobChain(Store.self, input: 1, deduplication: key)
                proxy.set(.lose("WHERE j.id = $1"))
                let chains = try await client.startJobChains([
                    NewChain(Store.self, input: 2), NewChain(Store.self, input: 3, deduplication: key),
                ])
                proxy.set(.none)
                #expect(proxy.losses == 0)
                #expect(chains.map(\.isExisting) == [false, true])
                #expect(chains[1].id == known.id)
                #expect(try await client.jobCounts()["store"]?.ready == 2)
            }
        }
    }

    @Test("a commit without an answer is unknown as soon as the server has refused to tell what came of it")
    func refusedLook() async throws {
        try await withProxy { pool, proxy in
            let schema = TestDatabase.makeSchemaName()
            // A sequence counts what is rolled back, too.
            try await pool.write { db in
                try db.executeScript(
                    """
                    CREATE SCHEMA \(schema);
                    CREATE SEQUENCE \(schema).looks;
                    CREATE FUNCTION \(schema).pg_xact_status(xid8) RETURNS text LANGUAGE plpgsql AS $$
                        BEGIN PERFORM nextval('\(schema).looks'); RAISE insufficient_privilege; END $$
                    """)
            }
            let address = "\(proxy.address) options='-c search_path=\(schema),pg_catalog'"
            try await TestDatabase.withFurtherPool(.init(maximumConnections: 4), address: address) { pool in
                try await withQueue(pool) { client, _ in
                    proxy.set(.loseAnswerToCommit)
                    let error = await #expect(throws: PostgresError.self) {
                        try await client.withTransaction { db in
                            _ = try await client.startJobChain(Store.self, input: 1, on: db)
                        }
                    }
                    #expect(proxy.losses == 1)
                    #expect(error?.code == .commitUnknown)
                }
            }
            let looks = try await pool.write { db in
                let rows = try db.query("SELECT last_value AS n FROM \(schema).looks WHERE is_called")
                try db.execute("SET LOCAL client_min_messages = warning")
                try db.execute("DROP SCHEMA \(schema) CASCADE")
                return rows.first?.int("n")
            }
            #expect(looks == 1)
        }
    }

    @Test("who waits for the only connection gets another one when it is lost")
    func waiting() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            let (held, hold) = AsyncStream.makeStream(of: Int.self)
            let (released, release) = AsyncStream.makeStream(of: Void.self)
            let holder = Task {
                try await pool.write { db in
                    hold.yield(try db.query("SELECT pg_backend_pid() AS pid")[0].int("pid") ?? 0)
                    for await _ in released {}
                }
            }
            var processes = held.makeAsyncIterator()
            let process = await processes.next() ?? 0
            let waiters = (0..<2).map { number in
                Task { try await pool.write { db in try db.query("SELECT \(number) AS n")[0].int("n") } }
            }
            while pool.waitingTasks < 2 { await Task.yield() }
            try await TestDatabase.withFurtherPool { other in
                try await other.write { db in _ = try db.query("SELECT pg_terminate_backend($1)", [process]) }
                while try await other.read({ db in
                    try !db.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [process]).isEmpty
                }) {}
            }
            release.finish()
            await #expect(throws: PostgresError.self) { try await holder.value }
            for (number, waiter) in waiters.enumerated() { #expect(try await waiter.value == number) }
        }
    }

    @Test("who waits while none can be made gets a connection when that is possible again, though others stay in use")
    func refusedBesideOthers() async throws {
        try await withProxy(.init(maximumConnections: 2, acquisitionTimeout: .seconds(60))) { pool, proxy in
            try await pool.write { _ in
                proxy.set(.refusal)
                let waiter = Task.detached {
                    try await pool.write { db in try db.query("SELECT 7 AS n")[0].int("n") }
                }
                while proxy.refusals < 1 || pool.waitingTasks < 1 { await Task.yield() }
                proxy.set(.none)
                let answer = try await waiter.value
                #expect(answer == 7)
            }
        }
    }

    @Test("a connection that is lost before it can be used is one that could not be made")
    func lostAtItsBeginning() async throws {
        try await withProxy(.init(maximumConnections: 2, acquisitionTimeout: .zero)) { pool, proxy in
            try await pool.write { _ in
                // What a connection asks for first.
                proxy.set(.lose("default_transaction_isolation"))
                let further = Task.detached { try await pool.write { db in _ = try db.query("SELECT 7 AS n") } }
                let result = await further.result
                let error = #expect(throws: PostgresError.self) { try result.get() }
                #expect(error?.code == .connectionLost)
                #expect(proxy.losses == 1)
            }
        }
    }

    @Test("a transaction whose commit did not get through is reported as lost, and may be done again")
    func commitIsLost() async throws {
        try await withProxy { pool, proxy in
            try await withQueue(pool) { client, adapter in
                proxy.set(.loseCommit)
                await #expect(throws: PostgresError.self) {
                    try await client.withTransaction { db in
                        _ = try await client.startJobChain(Store.self, input: 1, on: db)
                    }
                }
                #expect(proxy.losses == 1)
                #expect(try await client.jobCounts().isEmpty)
                try await client.startJobChain(Store.self, input: 2)
                #expect(try await client.jobCounts()["store"]?.ready == 1)
            }
        }
    }

    @Test("a commit without an answer, of a transaction that the queue had no part in, is unknown and says so")
    func unknownCommit() async throws {
        try await withProxy { pool, proxy in
            proxy.set(.loseAnswerToCommit)
            let error = await #expect(throws: PostgresError.self) {
                try await pool.write { db in _ = try db.execute("CREATE TEMPORARY TABLE gone (id integer)") }
            }
            #expect(error?.code == .commitUnknown)
        }
    }

    @Test("a connection that goes dead without a word is given up, and another one is used")
    func silence() async throws {
        try await withProxy(.init(maximumConnections: 4, answerTimeout: .seconds(2))) { pool, proxy in
            try await withFaultyQueue(pool) { client, _, throughput in
                _ = try await client.startJobChain(Store.self, input: 1)
                proxy.set(.silence)
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await client.startJobChain(Store.self, input: 2)
                }
                #expect(error?.code == .noAnswer)
                proxy.set(.none)
                _ = try await client.startJobChain(Store.self, input: 3)
                #expect(try await client.jobCounts()["store"]?.ready == 2)
                try await throughput.expectRecovery()
            }
        }
    }

    @Test("a handler whose statement gets no answer behind a proxy fails, and the next attempt does the job")
    func silenceInHandler() async throws {
        try await withProxy(.init(maximumConnections: 4, answerTimeout: .seconds(2))) { pool, proxy in
            try await withFaultyQueue(pool) { client, table, throughput in
                proxy.set(.silenceFrom("INSERT INTO \(table.schema).stored"))
                let worker = try table.makeWorker(client, and: [throughput.processor])
                async let running: Void = worker.run()
                try await waitForEnd(try await startOnce(1, client), client)
                try await throughput.expectRecovery(of: worker)
                await running
                #expect(proxy.losses == 1)
                #expect(try await table.stored() == [1])
            }
        }
    }

    @Test("a statement that gets no answer ends some time after it was cancelled, and the pool can be closed")
    func cancelledSilence() async throws {
        let configuration = PostgresPool.Configuration(
            maximumConnections: 1, connectTimeout: .seconds(2), answerTimeout: .milliseconds(500))
        try await withProxy(configuration) { pool, proxy in
            let task = Task {
                try await pool.write { db in
                    _ = try db.query("SELECT 1")
                    proxy.set(.silence)
                    _ = try db.query("SELECT 2")
                }
            }
            // Until the statement runs: what is cancelled before goes on.
            while proxy.withheld < 1 { await Task.yield() }
            task.cancel()
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == .noAnswer)
            // Still nobody answers.
            await pool.close()
        }
    }

    @Test("a statement that takes long is waited for as long as the server is at it")
    func longStatement() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1, answerTimeout: .milliseconds(500))) { pool in
            try await TestDatabase.withFurtherPool { other in
                let (locked, lock) = AsyncStream.makeStream(of: Void.self)
                let (released, release) = AsyncStream.makeStream(of: Void.self)
                let holder = Task {
                    try await other.write { db in
                        _ = try db.query("SELECT pg_advisory_xact_lock(815)")
                        lock.finish()
                        for await _ in released {}
                    }
                }
                for await _ in locked {}
                let roundTrips = pool.roundTripCount
                let waiter = Task {
                    try await pool.read { db in
                        try db.query("SELECT pg_advisory_xact_lock(815), 7 AS n")[0].int("n")
                    }
                }
                // The statement, and three looks at what the server does.
                while pool.roundTripCount < roundTrips + 4 { await Task.yield() }
                release.finish()
                #expect(try await waiter.value == 7)
                try await holder.value
            }
        }
    }

    @Test("connections that are refused for ten seconds are tried again and again, and then all goes on as before")
    func refused() async throws {
        try await withProxy(.init(maximumConnections: 4, acquisitionTimeout: .milliseconds(200))) { pool, proxy in
            try await withFaultyQueue(pool) { client, table, throughput in
                let worker = try table.makeWorker(client, and: [throughput.processor])
                async let running: Void = worker.run()
                var ids: [JobID] = []
                for number in 0..<10 { ids.append(try await startOnce(number, client)) }
                proxy.refuse()
                let end = ContinuousClock.now + .seconds(10)
                // A connection may be found lost only when it is used, or when a chain may have been started, and before
                // that all may be in use by the worker.
                let losses: [PostgresError.Code] = [.cannotConnect, .connectionLost, .commitUnknown]
                var codes = losses + [.poolExhausted]
                while ContinuousClock.now < end || proxy.refusals < 6 {
                    let refusals = proxy.refusals
                    let error = await #expect(throws: PostgresError.self) {
                        _ = try await client.startJobChain(Store.self, input: -1)
                    }
                    #expect(error.map { codes.contains($0.code) } == true)
                    if error?.code == .cannotConnect { codes = losses }
                    // Until somebody has tried again: in the pauses between, all are told at once.
                    while proxy.refusals == refusals, ContinuousClock.now < end {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
                proxy.set(.none)
                for number in 10..<20 { ids.append(try await startOnce(number, client)) }
                try await waitForEnds(of: ids, client, throughput.clock)
                try await throughput.expectRecovery(of: worker)
                await running
                #expect(try await table.stored() == Array(0..<20))
            }
        }
    }

    @Test("while the server ends connections again and again, each job's effects are written once, and all goes on")
    func terminatedBackends() async throws {
        let name = "victim_\(UUID().uuidString.prefix(8))"
        let address = try TestDatabase.address() + " application_name=\(name)"
        try await TestDatabase.withPool(.init(maximumConnections: 8), address: address) { pool in
            try await withFaultyQueue(pool) { client, table, throughput in
                let worker = try table.makeWorker(client, and: [throughput.processor])
                async let running: Void = worker.run()
                try await TestDatabase.withFurtherPool { other in
                    var ids: [JobID] = []
                    for number in 0..<60 {
                        ids.append(try await startOnce(number, client))
                        if number.isMultiple(of: 3) {
                            try await other.write { db in
                                _ = try db.query(
                                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
                                    [name])
                            }
                        }
                    }
                    try await waitForEnds(of: ids, client, throughput.clock)
                }
                try await throughput.expectRecovery(of: worker)
                await running
                #expect(try await table.stored() == Array(0..<60))
            }
        }
    }

    @Test("a server that is restarted, and one that is down for a while, is worked with as before when it is back")
    func restart() async throws {
        try await TestCluster.with { cluster in
            try await TestDatabase.withPool(
                .init(maximumConnections: 6, acquisitionTimeout: .seconds(1)), address: cluster.address
            ) { pool in
                try await withFaultyQueue(pool) { client, table, throughput in
                    let worker = try table.makeWorker(client, and: [throughput.processor])
                    async let running: Void = worker.run()
                    var ids: [JobID] = []
                    for number in 0..<30 { ids.append(try await startOnce(number, client)) }
                    try await cluster.run("restart")
                    for number in 30..<40 { ids.append(try await startOnce(number, client)) }
                    try await cluster.run("stop")
                    await #expect(throws: PostgresError.self) {
                        _ = try await client.startJobChain(Store.self, input: -1)
                    }
                    try await cluster.run("start")
                    for number in 40..<50 { ids.append(try await startOnce(number, client)) }
                    try await waitForEnds(of: ids, client, throughput.clock)
                    try await throughput.expectRecovery(of: worker)
                    await running
                    #expect(try await table.stored() == Array(0..<50))
                }
            }
        }
    }

    @Test("a server that does not write is waited for, and connections that began meanwhile are not used after it")
    func readOnly() async throws {
        try await TestCluster.with { cluster in
            try await TestDatabase.withPool(.init(maximumConnections: 6), address: cluster.address) { pool in
                try await withFaultyQueue(pool) { client, table, throughput in
                    let worker = try table.makeWorker(client, and: [throughput.processor])
                    async let running: Void = worker.run()
                    let first = try await startOnce(0, client)
                    let second = try await TestDatabase.withFurtherPool(address: cluster.address) { other -> JobID in
                        try await other.write { db in
                            _ = try db.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
                            _ = try db.query(
                                """
                                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                                WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                                """)
                        }
                        // A connection may be found lost only when it is used.
                        let losses: [PostgresError.Code] = [.connectionLost, .commitUnknown]
                        var code = PostgresError.Code.connectionLost
                        while losses.contains(code) {
                            let error = await #expect(throws: PostgresError.self) {
                                _ = try await client.startJobChain(Store.self, input: -1)
                            }
                            code = error?.code ?? .other
                        }
                        #expect(code == .readOnly)
                        // This connection began before, and writes.
                        let adapter = PostgresStateAdapter(
                            pool: other, schema: table.schema, clock: throughput.clock,
                            logger: TestDatabase.quietLogger)
                        let id = try await startOnce(1, Client(adapter: adapter, logger: TestDatabase.quietLogger))
                        try await other.write { db in
                            _ = try db.execute("ALTER DATABASE postgres RESET default_transaction_read_only")
                        }
                        return id
                    }
                    let third = try await startOnce(2, client)
                    try await waitForEnds(of: [first, second, third], client, throughput.clock)
                    // Whoever only read may have kept a connection that began meanwhile: it goes when it is to write.
                    try await throughput.expectRecovery(of: worker)
                    await running
                    #expect(try await table.stored() == [0, 1, 2])
                }
            }
        }
    }
}
