import Queuert
import QueuertPostgres
import Testing

@Suite("Identifiers that another transaction on PostgreSQL gives at the same moment", .timeLimit(.minutes(20)))
struct PostgresTakenIDTests {
    /// How jobs are written.
    enum Way: CaseIterable, Sendable {
        case one, several, inOrder, many

        /// New jobs, of which the last has an identifier.
        func jobs(_ id: JobID, _ scenario: HistoryScenario) -> [NewJob] {
            func others(_ count: Int) -> [NewJob] { (0..<count).map { _ in scenario.newJob("refused") } }
            let job = scenario.newJob("refused", id: id)
            switch self {
            case .one: return [job]
            case .several: return others(3) + [job]
            case .inOrder:
                return others(3) + [scenario.newJob("refused", id: id, deduplication: Deduplication(key: "k"))]
            case .many: return others(500) + [job]
            }
        }
    }

    /// How the tables are made.
    enum Layout: CaseIterable, Sendable {
        case uuids, texts, partitions

        func job(_ scenario: HistoryScenario) -> NewJob {
            let job = scenario.newJob("taken")
            return self == .texts ? scenario.newJob("taken", id: JobID(rawValue: "(an order), \(job.id)")) : job
        }

        func withScenario(_ body: @Sendable (HistoryScenario) async throws -> Void) async throws {
            try await TestDatabase.withSchema { pool, schema in
                let clock = ManualClock()
                let adapter = PostgresStateAdapter(
                    pool: pool, schema: schema, idType: self == .texts ? .text : .uuid,
                    history: self == .partitions ? .partitioned(days: 1) : .amongJobs, clock: clock,
                    logger: TestDatabase.quietLogger)
                try await adapter.migrate()
                try await body(HistoryScenario(adapter: adapter, clock: clock, schema: schema))
                try await expectInvariants(pool, schema: schema, hasHistory: self == .partitions)
            }
        }
    }

    @Test(
        "are refused by name, and the transaction goes on", arguments: [Way.several, .inOrder, .many], Layout.allCases)
    func inTransaction(_ way: Way, _ layout: Layout) async throws {
        try await layout.withScenario { scenario in
            let adapter = scenario.adapter
            for isolation in [PostgresPool.Isolation.readCommitted, .repeatableRead] {
                let taken = layout.job(scenario)
                let jobs = way.jobs(taken.id, scenario)
                let (before, after) = (scenario.newJob("before"), scenario.newJob("after"))
                let other = try await adapter.withTransaction { db in
                    _ = try adapter.operations(on: db).insertJobs([taken])
                    let other = Task.detached {
                        try await adapter.pool.write(isolation: isolation) { db in
                            let operations = adapter.operations(on: db)
                            _ = try operations.insertJobs([before])
                            let error = #expect(throws: DuplicateJobIDError.self) { try operations.insertJobs(jobs) }
                            _ = try operations.insertJobs([after])
                            return error?.id
                        }
                    }
                    try await scenario.waitingStatement()
                    return other
                }
                #expect(try await other.value == taken.id)
            }
            #expect(try await scenario.count("job", where: "type_name = 'refused'") == 0)
            for type in ["taken", "before", "after"] {
                #expect(try await scenario.count("job", where: "type_name = '\(type)'") == 2, "\(type)")
            }
        }
    }

    @Test("are refused by name, where the server commits by itself", arguments: Way.allCases, Layout.allCases)
    func byItself(_ way: Way, _ layout: Layout) async throws {
        try await layout.withScenario { scenario in
            let taken = layout.job(scenario)
            let jobs = way.jobs(taken.id, scenario)
            let other = try await scenario.adapter.withTransaction { db in
                _ = try scenario.adapter.operations(on: db).insertJobs([taken])
                let other = Task.detached { try await scenario.duplicate(jobs) }
                try await scenario.waitingStatement()
                return other
            }
            #expect(try await other.value == taken.id)
            #expect(try await scenario.count("job") == 1)
        }
    }

    @Test(
        "given to a single job conflict where a transaction has a snapshot, and are refused by name in its next run",
        arguments: Layout.allCases)
    func runAgain(_ layout: Layout) async throws {
        try await layout.withScenario { scenario in
            let adapter = scenario.adapter
            let taken = layout.job(scenario)
            let (before, job) = (scenario.newJob("before"), scenario.newJob("refused", id: taken.id))
            let other = try await adapter.withTransaction { db in
                _ = try adapter.operations(on: db).insertJobs([taken])
                let other = Task.detached {
                    let error = await #expect(throws: DuplicateJobIDError.self) {
                        try await adapter.pool.write(isolation: .repeatableRead, retries: 1) { db in
                            let operations = adapter.operations(on: db)
                            _ = try operations.insertJobs([before])
                            _ = try operations.insertJobs([job])
                        }
                    }
                    return error?.id
                }
                try await scenario.waitingStatement()
                return other
            }
            #expect(await other.value == taken.id)
            #expect(try await scenario.count("job") == 1)
        }
    }

    @Test(
        "of chains that have moved to the history since the transaction's snapshot are refused, and it goes on",
        arguments: [PostgresPool.Isolation.readCommitted, .repeatableRead, .serializable])
    func moved(_ isolation: PostgresPool.Isolation) async throws {
        try await HistoryScenario.with { scenario in
            let id = try await scenario.start(scenario.newJob())[0]
            try await scenario.adapter.pool.write(isolation: isolation) { db in
                _ = try db.query("SELECT 1")
                try await Task.detached { try await scenario.complete() }.value
                let operations = scenario.adapter.operations(on: db)
                for way in Way.allCases {
                    let jobs = way.jobs(id, scenario)
                    let error = #expect(throws: DuplicateJobIDError.self) { try operations.insertJobs(jobs) }
                    #expect(error?.id == id, "\(way)")
                }
                _ = try operations.insertJobs([scenario.newJob("after")])
            }
            #expect(try await scenario.count("job") == 1)
            #expect(try await scenario.count("job_history") == 1)
        }
    }
}
