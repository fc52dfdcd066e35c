import Logging
import Queuert
import QueuertConformance
import QueuertPostgres
import Testing

/// A database behind a PgBouncer that shares connections by transaction.
private struct PooledUnderTest: StateAdapterUnderTest {
    static let schemas = MigratedSchemas()
    let address: String
    var takesAnyIdentifier: Bool { false }
    var allowsConcurrentWrites: Bool { true }
    var identifiers: any JobIDGenerator { UUIDv7Generator(seed: 1) }

    func withAdapter(clock: ManualClock, _ body: @Sendable (PostgresStateAdapter) async throws -> Void) async throws {
        let configuration = PostgresPool.Configuration(maximumConnections: 12, statementCacheLimit: 0)
        try await Self.schemas.withAdapter(configuration, address: address, clock: clock, body)
    }

    func markAsBlocked(_ jobID: JobID, in adapter: PostgresStateAdapter) async throws -> Bool {
        try await MigratedSchemas.markAsBlocked(jobID, in: adapter)
    }
}

@Suite("PgBouncer in transaction mode", .timeLimit(.minutes(20))) struct PgBouncerTests {
    @Test("the state adapter conforms through it")
    func conforms() async throws {
        try await TestPooler.with { pooler in
            let cases = StateConformance(of: PooledUnderTest(address: pooler.address)).cases
            #expect(cases.count > 200)
            try await runAll(cases)
        }
    }

    @Test("workers conform through it, told of jobs by an adapter for notifications that goes around it")
    func carriesWorkers() async throws {
        try await TestPooler.with { pooler in
            let cases = WorkerConformance(
                of: PooledUnderTest(address: pooler.address), notify: TogetherUnderTest()
            ).cases
            #expect(cases.count > 100)
            try await runAll(cases)
        }
    }

    /// Runs cases that share the pooler, some at once.
    private func runAll(_ cases: [ConformanceCase]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, conformanceCase) in cases.enumerated() {
                if index >= 6 { try await group.next() }
                group.addTask {
                    await #expect(throws: Never.self, "\(conformanceCase.name)") { try await conformanceCase.run() }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("is found by the diagnosis, and so is one that shares a single connection")
    func diagnosis() async throws {
        try await TestDatabase.withSchema { pool, schema in
            let direct = PostgresStateAdapter(pool: pool, schema: schema, logger: TestDatabase.quietLogger)
            try await direct.migrate()
            try await TestPooler.with { pooler in
                for address in [pooler.address, pooler.narrowAddress] {
                    let configuration = PostgresPool.Configuration(maximumConnections: 1, statementCacheLimit: 0)
                    try await TestDatabase.withFurtherPool(configuration, address: address) { pooled in
                        let adapter = PostgresStateAdapter(
                            pool: pooled, schema: schema, logger: TestDatabase.quietLogger)
                        let diagnosis = try await adapter.diagnose()
                        #expect(diagnosis.facts.contains(DiagnosisFact("pooler", .text("by transaction"))))
                        let finding = try #require(diagnosis.findings.first { $0.code == .transactionPooler })
                        #expect(finding.severity == .note)
                        #expect(finding.hint.contains("PostgresNotify"))
                        #expect(finding.hint.contains("statementCacheLimit"))
                    }
                }
            }
        }
    }

    @Test("prepared statements through it fail with an error that names the setting, and without them all goes well")
    func forgottenSetting() async throws {
        try await TestPooler.with { pooler in
            // Both connections lead to the same one of the server's.
            try await TestDatabase.withPool(.init(maximumConnections: 1), address: pooler.narrowAddress) { first in
                try await TestDatabase.withFurtherPool(address: pooler.narrowAddress) { second in
                    _ = try await first.write { db in try db.query("SELECT 1 AS n") }
                    let error = await #expect(throws: PostgresError.self) {
                        try await second.write { db in _ = try db.query("SELECT 2 AS n") }
                    }
                    #expect(error?.code == .unsupported)
                    #expect(error.map { "\($0)".contains("statementCacheLimit") } == true)
                }
            }
            let unprepared = PostgresPool.Configuration(maximumConnections: 4, statementCacheLimit: 0)
            try await TestDatabase.withPool(unprepared, address: pooler.narrowAddress) { pool in
                try await withQueue(pool) { client, table in
                    let worker = try table.makeWorker(client)
                    async let running: Void = worker.run()
                    var ids: [JobID] = []
                    for number in 0..<20 { ids.append(try await startOnce(number, client)) }
                    for id in ids { try await waitForEnd(id, client) }
                    await worker.stop()
                    await running
                    #expect(try await table.stored() == Array(0..<20))
                }
            }
        }
    }

    @Test("an adapter for notifications that goes through it says that it needs the server's own address")
    func notify() async throws {
        try await TestPooler.with { pooler in
            let texts = NotedTexts()
            let logger = Logger(label: "test") { _ in NotedLog(texts: texts) }
            let notify = PostgresNotify(pooler.address, channel: "pooled", logger: logger)
            await notify.withListener({ _ in }) {}
            await notify.close()
            #expect(texts.all.contains { $0.contains("the address of the server itself") })
        }
    }
}
