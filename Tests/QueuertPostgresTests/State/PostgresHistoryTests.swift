import Queuert
import QueuertPostgres
import Testing

@Suite("A history in partitions", .timeLimit(.minutes(20))) struct PostgresHistoryTests {
    @Test("partitions are made two widths ahead, by many at once or by one, and again as time passes")
    func ahead() async throws {
        try await HistoryScenario.with { scenario in
            #expect(try await scenario.partitions() == ["20300101", "20300102", "20300103"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 { group.addTask { _ = try await scenario.adapter.migrate() } }
                try await group.waitForAll()
            }
            #expect(try await scenario.partitions().count == 3)
            scenario.clock.advance(by: HistoryScenario.day)
            // Whatever a worker does next makes what is missing.
            try await scenario.start(scenario.newJob())
            #expect(try await scenario.partitions() == ["20300101", "20300102", "20300103", "20300104"])
            // Nobody was there for a week: what was missed needs no partitions any more.
            scenario.clock.advance(by: HistoryScenario.day * 7)
            try await scenario.start(scenario.newJob())
            #expect(try await scenario.partitions().suffix(3) == ["20300109", "20300110", "20300111"])
            #expect(try await scenario.partitions().count == 7)
        }
    }

    @Test("a chain leaves the table of jobs as a whole when it has ended, and is found as before")
    func leaving() async throws {
        try await HistoryScenario.with { scenario in
            let job = scenario.newJob()
            try await scenario.start(job)
            let first = try await scenario.claim().row
            try await scenario.settle(first, .continued(scenario.successor(of: first)))
            #expect(try await scenario.count("job") == 2)
            #expect(try await scenario.count("job_history") == 0)
            try await scenario.complete("next", output: "3")
            #expect(try await scenario.count("job") == 0)
            #expect(try await scenario.count("job_history_20300101") == 2)
            let rows = try await scenario.operation { try $0.jobs(ofChain: job.id) }
            #expect(rows.map(\.chainIndex) == [0, 1])
            #expect(rows.map(\.output) == [nil, "3"])
            #expect(try await scenario.status(job.id) == .completed)
            let cancelled = try await scenario.start(scenario.newJob())
            try await scenario.operation { try $0.cancelChains(cancelled, dependants: .leave) }
            #expect(try await scenario.count("job") == 0)
            #expect(try await scenario.status(cancelled[0]) == .cancelled)
            // One that has failed may be tried again.
            let failed = try await scenario.start(scenario.newJob())
            try await scenario.settle(try await scenario.claim().row, .failed(error: "no", .failed))
            #expect(try await scenario.count("job") == 1)
            #expect(try await scenario.status(failed[0]) == .failed)
        }
    }

    @Test("an identifier or a key of a chain in the history is not given again")
    func taken() async throws {
        try await HistoryScenario.with { scenario in
            let id = try await scenario.endedChain(
                scenario.newJob(deduplication: Deduplication(key: "k", scope: .any)))
            #expect(try await scenario.duplicate([scenario.newJob(id: id)]) == id)
            #expect(try await scenario.duplicate([scenario.newJob(), scenario.newJob(id: id)]) == id)
            let many = (0..<600).map { _ in scenario.newJob() }
            #expect(try await scenario.duplicate(many + [scenario.newJob(id: id)]) == id)
            let keyed = scenario.newJob(id: id, deduplication: Deduplication(key: "other"))
            #expect(try await scenario.duplicate([keyed]) == id)
            // A transaction that was refused one goes on.
            let left = scenario.newJob()
            try await scenario.adapter.withTransaction { db in
                let operations = scenario.adapter.operations(on: db)
                #expect(throws: DuplicateJobIDError.self) { try operations.insertJobs([scenario.newJob(id: id)]) }
                _ = try operations.insertJobs([left])
            }
            #expect(try await scenario.count("job") == 1)
            let again = scenario.newJob(deduplication: Deduplication(key: "k", scope: .any))
            #expect(try await scenario.start(again) == [id])
        }
    }

    @Test(
        "a partition is dropped as a whole once all in it ended long enough ago, with what belongs to its chains",
        arguments: ["queuert_", "my_Queue2_"])
    func dropping(_ tablePrefix: String) async throws {
        try await HistoryScenario.with(tablePrefix: tablePrefix) { scenario in
            let blocker = try await scenario.endedChain()
            try await scenario.start(
                scenario.newJob("other", deduplication: Deduplication(key: "k"), blockers: [blocker]))
            try await scenario.settle(try await scenario.claim("other").row, .retried(.now, error: "no", .failed))
            try await scenario.complete("other")
            scenario.clock.advance(by: HistoryScenario.day)
            let young = try await scenario.endedChain()
            // The first day's partition closes at the end of the second day.
            scenario.clock.advance(by: HistoryScenario.day)
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day) == 0)
            #expect(try await scenario.partitions().first == "20300101")
            scenario.clock.advance(by: HistoryScenario.day)
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day) == 2)
            #expect(try await scenario.partitions().first == "20300102")
            for table in ["job_blocker", "job_attempt", "deduplication", "job"] {
                #expect(try await scenario.count(table) == 0, "rows of \(table)")
            }
            #expect(try await scenario.status(blocker) == nil)
            #expect(try await scenario.status(young) == .completed)
            let left = try await scenario.adapter.pool.read { db in
                try db.query("SELECT to_regclass($1) AS name", [scenario.name("job_history_20300101")])[0]
            }
            #expect(left["name"] == nil)
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day) == 0)
        }
    }

    @Test("a chain that has not ended when its partition is dropped goes on, ends, and is cleaned up")
    func unended() async throws {
        try await HistoryScenario.with { scenario in
            let slow = try await scenario.start(scenario.newJob("slow", deduplication: Deduplication(key: "k")))[0]
            _ = try await scenario.endedChain()
            let row = try await scenario.claim("slow").row
            scenario.clock.advance(by: HistoryScenario.day * 5)
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day) == 1)
            #expect(try await scenario.status(slow) == .running)
            #expect(try await scenario.count("deduplication") == 1)
            try await scenario.settle(row, .completed(output: "1"))
            #expect(try await scenario.status(slow) == .completed)
            #expect(try await scenario.count("job") == 1)
            #expect(try await scenario.duplicate([scenario.newJob(id: slow)]) == slow)
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day) == 0)
            scenario.clock.advance(by: HistoryScenario.day)
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day) == 1)
            #expect(try await scenario.status(slow) == nil)
        }
    }

    @Test("a chain that a job needs that has not ended outlasts its partition")
    func needed() async throws {
        try await HistoryScenario.with { scenario in
            let needed = try await scenario.endedChain(output: "7")
            let other = try await scenario.endedChain()
            let open = try await scenario.start(scenario.newJob("open"))[0]
            try await scenario.start(scenario.newJob("waiting", blockers: [needed, open]))
            scenario.clock.advance(by: HistoryScenario.day * 5)
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day) == 1)
            #expect(try await scenario.partitions().first != "20300101")
            #expect(try await scenario.status(other) == nil)
            #expect(try await scenario.status(needed) == .completed)
            try await scenario.complete("open", output: "8")
            let waiting = try await scenario.claim("waiting")
            #expect(waiting.blockers.map(\.output) == ["7", "8"])
            try await scenario.settle(waiting.row, .completed(output: "1"))
            scenario.clock.advance(by: HistoryScenario.day * 2)
            // Those three are in no partition any more: the one that was kept, and two that ended late.
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day) == 3)
            #expect(try await scenario.count("all_jobs") == 0)
        }
    }

    @Test("while a transaction begins to wait for a chain, its partition is left, and afterwards the chain is kept")
    func beginningToWait() async throws {
        try await HistoryScenario.with { scenario in
            let needed = try await scenario.endedChain(output: "7")
            // No other partition is old enough, so that there is nothing to wait for.
            scenario.clock.advance(by: HistoryScenario.day * 3)
            try await scenario.adapter.withTransaction { db in
                _ = try scenario.adapter.operations(on: db).insertJobs([
                    scenario.newJob("waiting", blockers: [needed])
                ])
                let deleted = try await Task.detached {
                    try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day)
                }.value
                #expect(deleted == 0)
            }
            #expect(try await scenario.partitions().first == "20300101")
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day) == 0)
            #expect(try await scenario.partitions().first != "20300101")
            #expect(try await scenario.claim("waiting").blockers.map(\.output) == ["7"])
        }
    }

    @Test("nobody begins to wait for a chain whose partition is to be dropped")
    func retired() async throws {
        try await HistoryScenario.with { scenario in
            let old = try await scenario.endedChain()
            try await scenario.adapter.pool.write { db in
                _ = try db.execute("UPDATE \(scenario.schema).queuert_partition SET retired_at = now()")
            }
            await #expect(throws: ChainNotFoundError.self) {
                try await scenario.start(scenario.newJob("waiting", blockers: [old]))
            }
        }
    }

    @Test("workers go on while a partition is dropped, whatever looks into the history meanwhile")
    func concurrently() async throws {
        try await HistoryScenario.with { scenario in
            let old = try await scenario.endedChain()
            scenario.clock.advance(by: HistoryScenario.day * 5)
            let (release, released) = AsyncStream.makeStream(of: Void.self)
            let (looks, looking) = AsyncStream.makeStream(of: Void.self)
            async let reader: Void = scenario.adapter.withTransaction { db in
                _ = try scenario.adapter.operations(on: db).chainEnds(old)
                looking.finish()
                for await _ in release {}
            }
            for await _ in looks {}
            async let deleted = scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day)
            _ = try await scenario.waitingDetachment()
            let client = Client(
                adapter: scenario.adapter, clock: scenario.clock, logger: TestDatabase.quietLogger)
            let worker = try Worker(
                client: client, processors: [.detached(Store.self) { .finish($0.input) }],
                configuration: .init(concurrency: 10))
            async let running: Void = worker.run()
            let chains = try await client.startJobChains((0..<50).map { NewChain(Store.self, input: $0) })
            for (number, chain) in chains.enumerated() {
                #expect(try await client.awaitJobChain(chain, timeout: .seconds(60)).output == number)
            }
            await worker.stop()
            await running
            released.finish()
            try await reader
            #expect(try await deleted == 1)
            #expect(try await scenario.count("job_history") == 50)
            #expect(try await scenario.status(old) == nil)
        }
    }

    @Test("dropping a partition that was interrupted is taken up where it was")
    func interrupted() async throws {
        try await HistoryScenario.with { scenario in
            let old = try await scenario.endedChain()
            scenario.clock.advance(by: HistoryScenario.day * 5)
            try await scenario.adapter.withTransaction { db in
                _ = try scenario.adapter.operations(on: db).chainEnds(old)
                let cleanup = Task.detached {
                    try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day)
                }
                let pid = try await scenario.waitingDetachment()
                _ = try db.query("SELECT pg_cancel_backend($1)", [pid])
                await #expect(throws: PostgresError.self) { _ = try await cleanup.value }
            }
            // As if the time had passed for which whoever began has it to itself.
            try await scenario.adapter.pool.write { db in
                _ = try db.execute("UPDATE \(scenario.schema).queuert_partition SET dropping_until = now()")
            }
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: HistoryScenario.day) == 0)
            #expect(try await scenario.partitions().first != "20300101")
            #expect(try await scenario.count("partition", where: "retired_at IS NOT NULL") == 0)
            #expect(try await scenario.status(old) == nil)
        }
    }

    @Test("a chain whose identifier belongs to no partition stays among the jobs, and misses nothing")
    func outside() async throws {
        try await HistoryScenario.with { scenario in
            let ids = [
                "00000000-0000-7000-8000-000000000001", "9f3c1e0a-77d2-4b55-9d6e-0123456789ab",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
            ].map { JobID(rawValue: $0) }
            for id in ids { _ = try await scenario.endedChain(scenario.newJob(id: id)) }
            #expect(try await scenario.count("job") == 3)
            #expect(try await scenario.count("job_history") == 0)
            for id in ids {
                #expect(try await scenario.status(id) == .completed)
                #expect(try await scenario.duplicate([scenario.newJob(id: id)]) == id)
            }
            try await scenario.start(scenario.newJob("waiting", blockers: ids))
            try await scenario.complete("waiting")
            scenario.clock.advance(by: HistoryScenario.day)
            #expect(try await scenario.adapter.cleanUpHistory(olderThan: .seconds(60)) == 3)
        }
    }

    @Test("without partitions, chains are deleted one by one, and failed ones are kept")
    func amongJobs() async throws {
        try await TestDatabase.withSchema { pool, schema in
            let clock = ManualClock()
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, clock: clock, logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            let scenario = HistoryScenario(adapter: adapter, clock: clock, schema: schema)
            for _ in 0..<5 { _ = try await scenario.endedChain() }
            let failed = try await scenario.start(scenario.newJob())[0]
            try await scenario.settle(try await scenario.claim().row, .failed(error: "no", .failed))
            clock.advance(by: .seconds(60))
            #expect(try await adapter.cleanUpHistory(olderThan: .seconds(60), batchSize: 2) == 5)
            #expect(try await scenario.status(failed) == .failed)
        }
    }

    @Test("identifiers as text, and tables that were made otherwise, are refused with what to do")
    func refused() async throws {
        try await TestDatabase.withSchema { pool, schema in
            func migrate(_ prefix: String, _ history: PostgresHistory, _ type: PostgresIDType = .uuid) async throws {
                try await PostgresStateAdapter(
                    pool: pool, schema: schema, tablePrefix: prefix, idType: type, history: history,
                    logger: TestDatabase.quietLogger
                ).migrate()
            }
            func message(_ body: () async throws -> Void) async -> String {
                let error = await #expect(throws: PostgresError.self) { try await body() }
                #expect(error?.code == .unsupported)
                return error.map { "\($0)" } ?? ""
            }
            #expect(await message { try await migrate("t_", .partitioned(), .text) }.contains("idType: .uuid"))
            try await migrate("a_", .amongJobs)
            #expect(await message { try await migrate("a_", .partitioned()) }.contains("history: .amongJobs"))
            try await migrate("b_", .partitioned())
            #expect(await message { try await migrate("b_", .amongJobs) }.contains("history: .partitioned"))
            // Another width is for partitions to come.
            try await migrate("b_", .partitioned(days: 30))
        }
    }
}
