import Foundation
import Queuert
import QueuertPostgres
import Testing

@Suite("Connections to PostgreSQL that are lost", .timeLimit(.minutes(20))) struct LostConnectionTests {
    @Test("a transaction whose commit got no answer, and was done, is reported as done, with its effects")
    func answerToCommitIsLost() async throws {
        try await withProxy { pool, proxy in
            try await withQueue(pool) { client, adapter in
                proxy.set(.loseAnswerToCommit)
                let chain = try await client.withTransaction { db in
                    try db.execute("INSERT INTO \(adapter.schema).stored VALUES (0)")
                    return try await client.startJobChain(Store.self, input: 1, on: db)
                }
                #expect(proxy.losses == 1)
                let worker = try Worker(client: client, processors: [adapter.processor])
                async let running: Void = worker.run()
                proxy.set(.loseAnswerToCommit)
                _ = try await client.awaitJobChain(chain, timeout: .seconds(60))
                await worker.stop()
                await running
                #expect(try await adapter.stored() == [0, 1])
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
        try await withProxy(.init(answerTimeout: .seconds(2))) { pool, proxy in
            try await withQueue(pool) { client, _ in
                _ = try await client.startJobChain(Store.self, input: 1)
                proxy.set(.silence)
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await client.startJobChain(Store.self, input: 2)
                }
                #expect(error?.code == .noAnswer)
                proxy.set(.none)
                _ = try await client.startJobChain(Store.self, input: 3)
                #expect(try await client.jobCounts()["store"]?.ready == 2)
            }
        }
    }

    @Test("connections that are refused for long are tried again and again, and all jobs are done in the end")
    func refused() async throws {
        try await withProxy(.init(maximumConnections: 4, acquisitionTimeout: .milliseconds(200))) { pool, proxy in
            try await withQueue(pool) { client, adapter in
                let worker = try adapter.makeWorker(client)
                async let running: Void = worker.run()
                var ids: [JobID] = []
                for number in 0..<10 { ids.append(try await startOnce(number, client)) }
                proxy.refuse()
                while proxy.refusals < 6 {
                    let error = await #expect(throws: PostgresError.self) {
                        _ = try await client.startJobChain(Store.self, input: -1)
                    }
                    // A connection may be found lost only when it is used.
                    #expect(error.map { [.cannotConnect, .connectionLost].contains($0.code) } == true)
                }
                proxy.set(.none)
                for number in 10..<20 { ids.append(try await startOnce(number, client)) }
                for id in ids { try await waitForEnd(id, client) }
                await worker.stop()
                await running
                #expect(try await adapter.stored() == Array(0..<20))
            }
        }
    }

    @Test("while the server ends connections again and again, each job's effects are written once")
    func terminatedBackends() async throws {
        let name = "victim_\(UUID().uuidString.prefix(8))"
        try await TestDatabase.withPool(address: try TestDatabase.address() + " application_name=\(name)") { pool in
            try await withQueue(pool) { client, adapter in
                let worker = try adapter.makeWorker(client)
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
                    for id in ids { try await waitForEnd(id, client) }
                }
                await worker.stop()
                await running
                #expect(try await adapter.stored() == Array(0..<60))
            }
        }
    }

    @Test("a server that is restarted, and one that is down for a while, is worked with again when it is there")
    func restart() async throws {
        try await TestCluster.with { cluster in
            try await TestDatabase.withPool(
                .init(maximumConnections: 6, acquisitionTimeout: .seconds(1)), address: cluster.address
            ) { pool in
                try await withQueue(pool) { client, adapter in
                    let worker = try adapter.makeWorker(client)
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
                    for id in ids { try await waitForEnd(id, client) }
                    await worker.stop()
                    await running
                    #expect(try await adapter.stored() == Array(0..<50))
                }
            }
        }
    }

    @Test("a server that does not write is waited for, and nothing is lost")
    func readOnly() async throws {
        try await TestCluster.with { cluster in
            try await TestDatabase.withPool(address: cluster.address) { pool in
                try await withQueue(pool) { client, adapter in
                    let chain = try await client.startJobChain(Store.self, input: 1)
                    // With the pool's connections the worker's first claims may fail.
                    let patience = Backoff(initial: .milliseconds(5), maximum: .milliseconds(50))
                    try await TestDatabase.withFurtherPool(address: cluster.address) { other in
                        try await other.write { db in
                            _ = try db.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
                            _ = try db.query(
                                """
                                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                                WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                                """)
                        }
                        // A connection may be found lost only when it is used.
                        var code = PostgresError.Code.connectionLost
                        while code == .connectionLost {
                            let error = await #expect(throws: PostgresError.self) {
                                _ = try await client.startJobChain(Store.self, input: 2)
                            }
                            code = error?.code ?? .other
                        }
                        #expect(code == .readOnly)
                        try await other.write { db in
                            _ = try db.execute("ALTER DATABASE postgres RESET default_transaction_read_only")
                            _ = try db.query(
                                """
                                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                                WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                                """)
                        }
                    }
                    let worker = try Worker(
                        client: client, processors: [adapter.processor],
                        configuration: .init(leaseDuration: .seconds(2), backoff: patience, recoveryBackoff: patience))
                    async let running: Void = worker.run()
                    try await waitForEnd(chain.id, client)
                    await worker.stop()
                    await running
                    #expect(try await untilItWorks { try await adapter.stored() } == [1])
                }
            }
        }
    }
}
