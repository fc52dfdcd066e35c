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
    var identifiers: any JobIDGenerator { UUIDv7Generator(seed: 1) }

    func withAdapter(clock: ManualClock, _ body: @Sendable (PostgresStateAdapter) async throws -> Void) async throws {
        let configuration = PostgresPool.Configuration(maximumConnections: 12, statementCacheLimit: 0)
        try await Self.schemas.withAdapter(configuration, address: address, clock: clock, body)
    }
}

@Suite("PgBouncer in transaction mode", .timeLimit(.minutes(10))) struct PgBouncerTests {
    @Test("the state adapter conforms through it")
    func conforms() async throws {
        try await TestPooler.with { pooler in
            let subject = PooledUnderTest(address: pooler.address)
            let cases = StateConformance(of: subject).cases
            #expect(cases.count > 200)
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
