#if CommandLine
import Foundation
import Logging
import Queuert
import QueuertPostgres
import QueuertSQLite
import SQLiteTestSupport
import Testing

/// The databases that each command is tried on.
enum DatabaseKind: CaseIterable, Sendable {
    case sqlite, postgres
}

/// A queue whose jobs a test brings into the state that it needs, without a worker and without waiting.
protocol QueueUnderTest: Sendable {
    /// What tells a command where the queue is.
    var arguments: [String] { get }
    /// The clock by which the test writes; the commands go by the true one.
    var clock: ManualClock { get }

    /// Writes with the queue's statements.
    func run<R: Sendable>(_ body: @Sendable (any StateOperations) throws -> R) async throws -> R
    /// Runs SQL, in which `{job}` stands for the name of the table of jobs, and so on.
    func execute(_ sql: String) async throws
}

extension QueueUnderTest {
    /// Runs a command on the queue.
    func command(_ arguments: String...) async -> CommandRun { await CommandRun(arguments + self.arguments) }

    /// Starts a chain, whose input nobody but the service may see.
    func start(
        _ type: String = "import", waitingFor blockers: [JobID] = [], due schedule: Schedule = .now,
        trace: JobTraceColumns = .init()
    ) async throws -> JobID {
        let id = UUIDv7Generator().makeJobID(at: clock.now)
        let job = NewJob(
            id: id, typeName: type, chainID: id, chainTypeName: type, chainIndex: 0, input: Secrets.input,
            schedule: schedule, blockers: blockers.map { NewJob.Blocker(chainID: $0) }, trace: trace)
        _ = try await run { try $0.insertJobs([job]) }
        return id
    }

    /// Leases the next job of a type to a worker.
    @discardableResult
    func claim(_ type: String = "import", for duration: Duration = .seconds(3_600)) async throws -> JobRow {
        let request = ClaimRequest(
            typeNames: [type], typesWithBlockers: [type], limit: 1, worker: "worker-1", leaseDuration: duration)
        return try #require(try await run { try $0.claimJobs(request) }.jobs.first?.row)
    }

    /// Ends the attempt of a job that was leased.
    func settle(_ row: JobRow, _ outcome: Settlement.Outcome) async throws {
        let settlement = Settlement(
            lease: Lease(jobID: row.id, token: row.leaseToken), chainID: row.chainID, worker: "worker-1",
            attemptContext: "00-\(Traces.attempt)-b7ad6b7169203331-01", outcome: outcome)
        _ = try await run { try $0.settle([settlement]) }
    }

    /// Starts a chain that fails at once.
    func startFailed(_ type: String = "import") async throws -> JobID {
        let id = try await start(type)
        try await settle(try await claim(type), .failed(error: Secrets.error, .failed))
        return id
    }

    /// Starts a chain that is completed at once.
    func startCompleted(_ type: String = "import") async throws -> JobID {
        let id = try await start(type)
        try await settle(try await claim(type), .completed(output: Secrets.output))
        return id
    }

    func job(_ id: JobID) async throws -> JobRow { try #require(try await run { try $0.job(id) }) }
}

/// What a user's data looks like.
enum Secrets {
    static let input = #""secret-input""#
    static let output = #""secret-output""#
    static let error = "secret-error"
}

enum Traces {
    static let job = "0af7651916cd43dd8448eb211c80319c"
    static let attempt = "4bf92f3577b34da6a3ce929d0e0e4736"
}

struct QueueOf<Adapter: StateAdapter>: QueueUnderTest {
    let adapter: Adapter
    let arguments: [String]
    let clock: ManualClock
    let runSQL: @Sendable (String) async throws -> Void

    func run<R: Sendable>(_ body: @Sendable (any StateOperations) throws -> R) async throws -> R {
        try await adapter.withTransaction { try body(adapter.operations(on: $0)) }
    }

    func execute(_ sql: String) async throws { try await runSQL(sql) }
}

/// Runs a body with a queue of its own, whose writes are as old as is said.
func withQueue(
    _ kind: DatabaseKind, age: Duration = .zero, _ body: @Sendable (any QueueUnderTest) async throws -> Void
) async throws {
    let clock = ManualClock(start: SystemClock().now + (.zero - age))
    switch kind {
    case .sqlite:
        try await withSQLiteFile { path in
            try await withPool(path) { pool in
                let adapter = SQLiteStateAdapter(pool: pool, clock: clock, logger: quietLogger)
                try await adapter.migrate()
                try await body(
                    QueueOf(adapter: adapter, arguments: ["--database", path], clock: clock) { sql in
                        try await pool.write { db in
                            try db.executeScript(sql.replacing("{", with: "queuert_").replacing("}", with: ""))
                        }
                    })
            }
        }
    case .postgres:
        try await withPostgresSchema { pool, address, schema in
            let adapter = PostgresStateAdapter(pool: pool, schema: schema, clock: clock, logger: quietLogger)
            try await adapter.migrate()
            let arguments = ["--database", address, "--schema", schema]
            try await body(
                QueueOf(adapter: adapter, arguments: arguments, clock: clock) { sql in
                    try await pool.write { db in
                        try db.executeScript(sql.replacing("{", with: "\(schema).queuert_").replacing("}", with: ""))
                    }
                })
        }
    }
}

func withSQLiteFile(_ body: (String) async throws -> Void) async throws {
    try await withTemporaryFolder { try await body($0 + "/queue.sqlite") }
}

func withPool<R>(_ path: String, _ body: (SQLitePool) async throws -> R) async throws -> R {
    let pool = try await SQLitePool(path: path, configuration: .init(readers: 0), logger: quietLogger)
    do {
        let result = try await body(pool)
        await pool.close()
        return result
    } catch {
        await pool.close()
        throw error
    }
}

extension SQLitePool {
    /// Makes a copy that has no write-ahead log, as another program's file may have none.
    func copyWithoutLog(to path: String) async throws {
        try await withWriter { db in try db.executeScript("VACUUM INTO '\(path)'") }
    }
}

/// Runs a body with a schema of its own in the tests' database.
func withPostgresSchema(
    _ body: @Sendable (PostgresPool, _ address: String, _ schema: String) async throws -> Void
) async throws {
    let address = try #require(
        ProcessInfo.processInfo.environment["QUEUERT_TEST_POSTGRES"],
        "QUEUERT_TEST_POSTGRES is not set. Run the tests with a cluster of their own: .ci/with-postgres swift test")
    let schema = "commands_\(UUID().uuidString.replacing("-", with: "").lowercased())"
    let pool = try await PostgresPool(address, configuration: .init(maximumConnections: 3), logger: quietLogger)
    let result: Result<Void, any Error>
    do { result = .success(try await body(pool, address, schema)) } catch { result = .failure(error) }
    try await pool.write { db in
        try db.execute("SET LOCAL client_min_messages = warning")
        try db.execute("DROP SCHEMA IF EXISTS \(schema) CASCADE")
    }
    await pool.close()
    try result.get()
}

var quietLogger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
#endif
