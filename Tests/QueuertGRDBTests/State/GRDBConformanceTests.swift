#if GRDB
import GRDB
import Queuert
import QueuertConformance
import QueuertGRDB
import SQLiteTestSupport
import Testing

/// A way to open a database.
private struct GRDBUnderTest: StateAdapterUnderTest {
    enum Place { case pool, queue, memory }
    var place: Place
    var tablePrefix = "queuert_"
    var numbersJobs = false
    var identifiers: any JobIDGenerator { numbersJobs ? NumberedIDs() : UUIDv7Generator(seed: 1) }

    func withAdapter(clock: ManualClock, _ body: @Sendable (GRDBStateAdapter) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/test.sqlite"
            let writer: any DatabaseWriter =
                switch place {
                case .pool: try DatabasePool(path: path)
                case .queue: try DatabaseQueue(path: path)
                case .memory: try DatabaseQueue()
                }
            let adapter = GRDBStateAdapter(writer, clock: clock, tablePrefix: tablePrefix)
            let result = await Result {
                try await adapter.migrate()
                try await body(adapter)
                try await expectInvariants(writer, prefix: tablePrefix)
            }
            try close(writer)
            try result.get()
        }
    }

    func markAsBlocked(_ jobID: JobID, in adapter: GRDBStateAdapter) async throws -> Bool {
        try await adapter.withTransaction { [tablePrefix] db in
            let database = try db.database
            try database.execute(
                sql: "UPDATE \(tablePrefix)job SET is_blocked = 1, rank = NULL WHERE id = ?",
                arguments: [jobID.rawValue])
            return database.changesCount == 1
        }
    }

    func failStatement(on connection: isolated GRDBConnection) throws {
        try connection.database.execute(sql: "INSERT INTO \(tablePrefix)paused_type (type_name) VALUES (NULL)")
    }

    /// Fails if a statement of ours is still there.
    private func close(_ writer: any DatabaseWriter) throws { try writer.close() }

    static let pool = Self(place: .pool)
    static let queue = Self(place: .queue)
    static let memory = Self(place: .memory)
    static let prefix = Self(place: .pool, tablePrefix: "my_Queue2_", numbersJobs: true)
}

/// One case after the other: each database has several threads and files.
@Suite("The GRDB state adapter", .serialized, .timeLimit(.minutes(10))) struct GRDBConformanceTests {
    @Test("conforms on a pool", arguments: StateConformance(of: GRDBUnderTest.pool).cases)
    func pool(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms on a queue", arguments: StateConformance(of: GRDBUnderTest.queue).cases)
    func queue(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms in memory", arguments: StateConformance(of: GRDBUnderTest.memory).cases)
    func memory(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test(
        "conforms with a table prefix and other identifiers",
        arguments: StateConformance(of: GRDBUnderTest.prefix).cases)
    func prefix(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }
}

/// One case after the other, too, but beside those: this suite is the last to end, and would leave a processor idle.
@Suite("The GRDB state adapter with workers", .serialized, .timeLimit(.minutes(10))) struct GRDBWorkerTests {
    @Test("carries workers on a pool", arguments: WorkerConformance(of: GRDBUnderTest.pool).cases)
    func pool(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers on a queue", arguments: WorkerConformance(of: GRDBUnderTest.queue).cases)
    func queue(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers in memory", arguments: WorkerConformance(of: GRDBUnderTest.memory).cases)
    func memory(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test(
        "carries workers with a table prefix and other identifiers",
        arguments: WorkerConformance(of: GRDBUnderTest.prefix).cases)
    func prefix(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test(
        "carries workers in memory, to whom hints come again",
        arguments: WorkerConformance(of: GRDBUnderTest.memory, notify: RestlessUnderTest()).cases)
    func restless(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }
}

extension Result where Failure == any Error {
    /// What a body returns or throws.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
#endif
