import Queuert
import QueuertConformance
import QueuertSQLite
import SQLiteTestSupport
import Testing

/// A way to set up a database.
private struct SQLiteUnderTest: StateAdapterUnderTest, CustomTestStringConvertible {
    enum Place: String { case file, memory, temporary }
    var place = Place.file
    var configuration = SQLitePool.Configuration()
    var tablePrefix = "queuert_"
    var numbersJobs = false
    var identifiers: any JobIDGenerator { numbersJobs ? NumberedIDs() : UUIDv7Generator(seed: 1) }
    var testDescription: String { "\(place.rawValue), \(configuration.synchronous), \(configuration.readers) readers" }

    func withAdapter(clock: ManualClock, _ body: @Sendable (SQLiteStateAdapter) async throws -> Void) async throws {
        switch place {
        case .memory: try await withAdapter(path: ":memory:", clock: clock, body)
        case .temporary: try await withAdapter(path: "", clock: clock, body)
        case .file:
            try await withTemporaryFolder { folder in
                try await withAdapter(path: "\(folder)/test.sqlite", clock: clock, body)
            }
        }
    }

    func markAsBlocked(_ jobID: JobID, in adapter: SQLiteStateAdapter) async throws -> Bool {
        try await adapter.withTransaction { [tablePrefix] db in
            try db.execute("UPDATE \(tablePrefix)job SET is_blocked = 1, rank = NULL WHERE id = ?", [jobID.rawValue])
                == 1
        }
    }

    func failStatement(on connection: isolated SQLiteConnection) throws {
        try connection.execute("INSERT INTO \(tablePrefix)paused_type (type_name) VALUES (NULL)")
    }

    private func withAdapter(
        path: String, clock: ManualClock, _ body: @Sendable (SQLiteStateAdapter) async throws -> Void
    ) async throws {
        let pool = try await SQLitePool(path: path, configuration: configuration)
        let adapter = SQLiteStateAdapter(pool: pool, clock: clock, tablePrefix: tablePrefix)
        let result = await Result {
            try await adapter.migrate()
            try await body(adapter)
            try await expectInvariants(pool, prefix: tablePrefix)
        }
        await pool.close()
        try result.get()
    }

    static let file = Self()
    static let normal = Self(configuration: .init(synchronous: .normal))
    static let noReaders = Self(configuration: .init(readers: 0, synchronous: .normal))
    static let memory = Self(place: .memory)
    static let temporary = Self(place: .temporary)
    static let prefix = Self(place: .memory, tablePrefix: "my_Queue2_")
    static let otherIdentifiers = Self(place: .memory, numbersJobs: true)
    static let normalPrefixAndOtherIdentifiers = Self(
        configuration: .init(synchronous: .normal), tablePrefix: "my_Queue2_", numbersJobs: true)
}

/// One case after the other: each pool has several threads and files, and Foundation's `Process`, which other tests use,
/// crashes in a process that has more than 1,365 files open.
@Suite("The SQLite state adapter", .serialized, .timeLimit(.minutes(2))) struct SQLiteConformanceTests {
    @Test("conforms on a file", arguments: StateConformance(of: SQLiteUnderTest.file).cases)
    func conformsOnFile(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers on a file", arguments: WorkerConformance(of: SQLiteUnderTest.file).cases)
    func carriesWorkersOnFile(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms with synchronous NORMAL", arguments: StateConformance(of: SQLiteUnderTest.normal).cases)
    func conformsWithNormal(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test(
        "carries workers with synchronous NORMAL, a table prefix and other identifiers",
        arguments: WorkerConformance(of: SQLiteUnderTest.normalPrefixAndOtherIdentifiers).cases)
    func carriesWorkersWithNormalAndPrefix(_ conformanceCase: ConformanceCase) async throws {
        try await conformanceCase.run()
    }

    @Test("conforms without readers", arguments: StateConformance(of: SQLiteUnderTest.noReaders).cases)
    func conformsWithoutReaders(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers without readers", arguments: WorkerConformance(of: SQLiteUnderTest.noReaders).cases)
    func carriesWorkersWithoutReaders(_ conformanceCase: ConformanceCase) async throws {
        try await conformanceCase.run()
    }

    @Test("conforms in memory", arguments: StateConformance(of: SQLiteUnderTest.memory).cases)
    func conformsInMemory(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers in memory", arguments: WorkerConformance(of: SQLiteUnderTest.memory).cases)
    func carriesWorkersInMemory(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test(
        "carries workers in memory, to whom hints come again",
        arguments: WorkerConformance(of: SQLiteUnderTest.memory, notify: RestlessUnderTest()).cases)
    func carriesWorkersWithRestlessHints(_ conformanceCase: ConformanceCase) async throws {
        try await conformanceCase.run()
    }

    @Test("conforms in a temporary file", arguments: StateConformance(of: SQLiteUnderTest.temporary).cases)
    func conformsInTemporaryFile(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test(
        "carries workers in a temporary file",
        arguments: WorkerConformance(of: SQLiteUnderTest.temporary).cases)
    func carriesWorkersInTemporaryFile(_ conformanceCase: ConformanceCase) async throws {
        try await conformanceCase.run()
    }

    @Test("conforms with a table prefix", arguments: StateConformance(of: SQLiteUnderTest.prefix).cases)
    func conformsWithPrefix(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms with other identifiers", arguments: StateConformance(of: SQLiteUnderTest.otherIdentifiers).cases)
    func conformsWithOtherIdentifiers(_ conformanceCase: ConformanceCase) async throws {
        try await conformanceCase.run()
    }
}

extension Result where Failure == any Error {
    /// What a body returns or throws.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
