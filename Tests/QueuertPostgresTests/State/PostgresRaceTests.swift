import Queuert
import QueuertPostgres
import Testing

@Suite("Operations on PostgreSQL that wait for what another transaction does", .timeLimit(.minutes(20)))
struct PostgresRaceTests {
    @Test(
        "a chain that is deleted while its second job continues, or is to be tried again, is deleted as a whole",
        arguments: [true, false], [PostgresHistory.amongJobs, .partitioned(days: 1)])
    func deletion(_ continues: Bool, _ history: PostgresHistory) async throws {
        try await HistoryScenario.with(history) { scenario in
            let chain = try await scenario.start(scenario.newJob())[0]
            let first = try await scenario.claim().row
            try await scenario.settle(first, .continued(scenario.successor(of: first)))
            let second = try await scenario.claim("next").row
            let end = scenario.settlement(
                second,
                continues
                    ? .continued(scenario.successor(of: second)) : .retried(.now, error: "no", .failed))
            let deletion = try await scenario.adapter.withTransaction { db in
                _ = try scenario.adapter.operations(on: db).settle([end])
                let deletion = Task.detached {
                    try await scenario.operation { try $0.deleteChains(DeletionRequest(chainIDs: [chain])) }
                }
                try await scenario.waitingStatement()
                return deletion
            }
            let deleted = try await deletion.value
            #expect(deleted.map(\.ends.last.chainIndex) == [continues ? 2 : 1])
            #expect(try await scenario.count("job") == 0)
            #expect(try await scenario.count("job_attempt") == 0)
        }
    }

    @Test(
        "what a chain begins to wait for while it is deleted together with that is deleted, too",
        arguments: [PostgresHistory.amongJobs, .partitioned(days: 1)])
    func cascade(_ history: PostgresHistory) async throws {
        try await HistoryScenario.with(history) { scenario in
            let chain = try await scenario.start(scenario.newJob())[0]
            let blocker = try await scenario.start(scenario.newJob("blocker"))[0]
            let first = try await scenario.claim().row
            try await scenario.settle(first, .continued(scenario.successor(of: first)))
            let second = try await scenario.claim("next").row
            var third = scenario.successor(of: second)
            third.blockers = [NewJob.Blocker(chainID: blocker)]
            let end = scenario.settlement(second, .continued(third))
            let deletion = try await scenario.adapter.withTransaction { db in
                _ = try scenario.adapter.operations(on: db).settle([end])
                let deletion = Task.detached {
                    try await scenario.operation {
                        try $0.deleteChains(DeletionRequest(chainIDs: [chain], cascade: true))
                    }
                }
                try await scenario.waitingStatement()
                return deletion
            }
            #expect(try await deletion.value.map(\.ends.first.id) == [chain, blocker])
            #expect(try await scenario.count("job") == 0)
        }
    }

    @Test(
        "a chain that is redriven while a cleanup is about to delete it is kept",
        arguments: [PostgresHistory.amongJobs, .partitioned(days: 1)])
    func cleanup(_ history: PostgresHistory) async throws {
        try await HistoryScenario.with(history) { scenario in
            let chain = try await scenario.start(scenario.newJob())[0]
            try await scenario.settle(try await scenario.claim().row, .failed(error: "no", .failed))
            let cleanup = try await scenario.adapter.withTransaction { db in
                _ = try scenario.adapter.operations(on: db).redriveJobs([chain])
                let cleanup = Task.detached {
                    try await scenario.operation {
                        try $0.cleanUp(CleanupRequest(statuses: [.failed], olderThan: .zero, limit: 10))
                    }
                }
                try await scenario.waitingStatement()
                return cleanup
            }
            #expect(try await cleanup.value.deleted == 0)
            #expect(try await scenario.status(chain) == .ready)
        }
    }

    @Test("two chains that end at once make a job ready that waits for both, whatever isolation is the default")
    func defaultIsolation() async throws {
        // Once for the connection string, once for libpq, once for the server.
        let address = try TestDatabase.address() + " options='-c default_transaction_isolation=repeatable\\\\ read'"
        try await HistoryScenario.with(.amongJobs, address: address) { scenario in
            let level = try await scenario.adapter.pool.withConnection { db in
                try db.query("SELECT current_setting('transaction_isolation') AS level")[0].text("level")
            }
            #expect(level == "repeatable read")
            let blockers = try await scenario.start(scenario.newJob(), scenario.newJob())
            let waiting = try await scenario.start(scenario.newJob("waiting", blockers: blockers))[0]
            let rows = [try await scenario.claim().row, try await scenario.claim().row]
            let end = scenario.settlement(rows[0], .completed(output: "1"))
            let other = try await scenario.adapter.withTransaction { db in
                _ = try scenario.adapter.operations(on: db).settle([end])
                let other = Task.detached { try await scenario.settle(rows[1], .completed(output: "2")) }
                try await scenario.waitingStatement()
                return other
            }
            try await other.value
            #expect(try await scenario.status(waiting) == .ready)
            let last = scenario.settlement(try await scenario.claim("waiting").row, .completed(output: "3"))
            let results = try await scenario.adapter.withTransaction { db in
                try scenario.adapter.operations(on: db).settleLast([last])
            }
            #expect(results.count == 1)
            #expect(try await scenario.status(waiting) == .completed)
        }
    }

    @Test("what needs to see the latest state is refused in transactions that don't, and says what to do")
    func isolation() async throws {
        try await HistoryScenario.with(.amongJobs) { scenario in
            let adapter = scenario.adapter
            let chains = try await scenario.start(scenario.newJob(), scenario.newJob())
            let rows = [try await scenario.claim().row, try await scenario.claim().row]
            let waiting = scenario.newJob("waiting", blockers: chains)
            try await scenario.start(waiting)
            let keyed = scenario.newJob("keyed", deduplication: Deduplication(key: "k"))
            let late = scenario.newJob("late", blockers: chains)
            let ends = rows.map { scenario.settlement($0, .completed(output: "1")) }
            let failure = scenario.settlement(rows[1], .retried(.now, error: "no", .failed))
            let operations: [@Sendable (PostgresStateOperations) throws -> Void] = [
                { _ = try $0.settle([ends[1]]) },
                { _ = try $0.settleLast([ends[1]]) },
                { _ = try $0.settle([failure]) },
                { _ = try $0.lockedLastJob(ofChain: chains[1]) },
                { _ = try $0.insertJobs([late]) },
                { _ = try $0.cancelChains([chains[1]], dependants: .leave) },
                { _ = try $0.deleteChains(DeletionRequest(chainIDs: [waiting.id])) },
            ]
            func expectRefusal(_ body: () async throws -> Void) async {
                let error = await #expect(throws: PostgresError.self) { try await body() }
                #expect(error?.code == .unsupported)
                #expect(error.map { "\($0)".contains("READ COMMITTED") } == true)
            }
            for operation in operations {
                await expectRefusal {
                    try await adapter.pool.write(isolation: .serializable) { db in
                        try operation(adapter.operations(on: db))
                    }
                }
            }
            // What it would have missed: the other chain has ended.
            await expectRefusal {
                try await adapter.pool.write(isolation: .repeatableRead) { db in
                    _ = try db.query("SELECT 1")
                    try await Task.detached { try await scenario.settle(rows[0], .completed(output: "1")) }.value
                    _ = try adapter.operations(on: db).settle([ends[1]])
                }
            }
            await expectRefusal {
                try await adapter.pool.withConnection { db in
                    try db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
                    _ = try adapter.operations(on: db).settle([ends[1]])
                }
            }
            // What waits for nothing may be started anywhere.
            try await adapter.pool.write(isolation: .serializable) { db in
                _ = try adapter.operations(on: db).insertJobs([scenario.newJob("other"), keyed])
            }
            try await scenario.settle(rows[1], .completed(output: "1"))
            #expect(try await scenario.status(waiting.id) == .ready)
        }
    }
}
