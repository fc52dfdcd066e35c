import Queuert
import QueuertConformance
import QueuertPostgres
import Testing

/// A way to set up a database.
private struct PostgresUnderTest: StateAdapterUnderTest {
    let schemas: MigratedSchemas
    var takesAnyIdentifier = true
    var hasNumbers = false
    var statementCacheLimit = 512
    var allowsConcurrentWrites: Bool { true }
    var identifiers: any JobIDGenerator { hasNumbers ? NumberedIDs() : UUIDv7Generator(seed: 1) }

    func withAdapter(clock: ManualClock, _ body: @Sendable (PostgresStateAdapter) async throws -> Void) async throws {
        let configuration = PostgresPool.Configuration(
            maximumConnections: 12, statementCacheLimit: statementCacheLimit)
        try await schemas.withAdapter(configuration, clock: clock, body)
    }

    func markAsBlocked(_ jobID: JobID, in adapter: PostgresStateAdapter) async throws -> Bool {
        try await MigratedSchemas.markAsBlocked(jobID, in: adapter)
    }

    func failStatement(on connection: isolated PostgresConnection) throws {
        _ = try connection.query("SELECT 1 / 0")
    }

    static let uuids = Self(schemas: MigratedSchemas(), takesAnyIdentifier: false)
    static let texts = Self(schemas: MigratedSchemas(idType: .text), hasNumbers: true)
    static let prefix = Self(
        schemas: MigratedSchemas(tablePrefix: "my_Queue2_"), takesAnyIdentifier: false, statementCacheLimit: 0)
    static let textsWithPrefix = Self(
        schemas: MigratedSchemas(tablePrefix: "my_Queue2_", idType: .text), hasNumbers: true, statementCacheLimit: 0)
    static let partitions = Self(
        schemas: MigratedSchemas(history: .partitioned(days: 1)), takesAnyIdentifier: false)
    static let partitionsWithPrefix = Self(
        schemas: MigratedSchemas(tablePrefix: "my_Queue2_", history: .partitioned(days: 1)),
        takesAnyIdentifier: false, statementCacheLimit: 0)
}

@Suite("The PostgreSQL state adapter", .timeLimit(.minutes(15))) struct PostgresConformanceTests {
    @Test("conforms with UUIDs", arguments: StateConformance(of: PostgresUnderTest.uuids).cases)
    func conformsWithUUIDs(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers with UUIDs", arguments: WorkerConformance(of: PostgresUnderTest.uuids).cases)
    func carriesWorkersWithUUIDs(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms with text", arguments: StateConformance(of: PostgresUnderTest.texts).cases)
    func conformsWithText(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms with partitions", arguments: StateConformance(of: PostgresUnderTest.partitions).cases)
    func conformsWithPartitions(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers with partitions", arguments: WorkerConformance(of: PostgresUnderTest.partitions).cases)
    func carriesWorkersWithPartitions(_ conformanceCase: ConformanceCase) async throws {
        try await conformanceCase.run()
    }

    @Test(
        "carries workers with partitions, a table prefix and without prepared statements",
        arguments: WorkerConformance(of: PostgresUnderTest.partitionsWithPrefix).cases)
    func carriesWorkersWithPartitionsAndPrefix(_ conformanceCase: ConformanceCase) async throws {
        try await conformanceCase.run()
    }

    @Test(
        "conforms with a table prefix and without prepared statements",
        arguments: StateConformance(of: PostgresUnderTest.prefix).cases)
    func conformsWithPrefix(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test(
        "carries workers with text, a table prefix and without prepared statements, told by the database",
        arguments: WorkerConformance(of: PostgresUnderTest.textsWithPrefix, notify: TogetherUnderTest()).cases)
    func carriesWorkersWithNotify(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test(
        "carries workers that are told by way of the server",
        arguments: WorkerConformance(of: PostgresUnderTest.uuids, notify: PostgresNotifyUnderTest()).cases)
    func carriesWorkersToldByServer(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }
}
