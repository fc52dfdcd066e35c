import Queuert
import QueuertConformance
import QueuertPostgres
import Testing

/// A way to set up a database.
private struct PostgresUnderTest: StateAdapterUnderTest {
    var tablePrefix = "queuert_"
    var idType = PostgresIDType.uuid
    var statementCacheLimit = 512
    var takesAnyIdentifier: Bool { idType == .text }

    func withAdapter(clock: ManualClock, _ body: @Sendable (PostgresStateAdapter) async throws -> Void) async throws {
        let configuration = PostgresPool.Configuration(
            maximumConnections: 12, statementCacheLimit: statementCacheLimit)
        try await TestDatabase.withSchema(configuration) { pool, schema in
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, tablePrefix: tablePrefix, idType: idType, clock: clock,
                logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            try await body(adapter)
            try await expectInvariants(pool, schema: schema, prefix: tablePrefix)
        }
    }

    static let uuids = Self()
    static let texts = Self(idType: .text)
    static let prefix = Self(tablePrefix: "my_Queue2_", idType: .text)
    static let shared = Self(statementCacheLimit: 0)
}

@Suite("The PostgreSQL state adapter", .timeLimit(.minutes(15))) struct PostgresConformanceTests {
    @Test("conforms with UUIDs", arguments: StateConformance(of: PostgresUnderTest.uuids).cases)
    func conformsWithUUIDs(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers with UUIDs", arguments: WorkerConformance(of: PostgresUnderTest.uuids).cases)
    func carriesWorkersWithUUIDs(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms with text", arguments: StateConformance(of: PostgresUnderTest.texts).cases)
    func conformsWithText(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms with a table prefix", arguments: StateConformance(of: PostgresUnderTest.prefix).cases)
    func conformsWithPrefix(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms without prepared statements", arguments: StateConformance(of: PostgresUnderTest.shared).cases)
    func conformsWithoutPreparedStatements(_ conformanceCase: ConformanceCase) async throws {
        try await conformanceCase.run()
    }
}
