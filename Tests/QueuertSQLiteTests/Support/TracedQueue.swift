import Queuert
import QueuertSQLite
import Testing

/// A database whose statements are noted.
struct TracedQueue: Sendable {
    let adapter: SQLiteStateAdapter
    let clock: ManualClock
    private let identifiers = UUIDv7Generator(seed: 1)

    static func with(_ body: (TracedQueue) async throws -> Void) async throws {
        let clock = ManualClock()
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool, clock: clock)
        try await adapter.migrate()
        try await body(TracedQueue(adapter: adapter, clock: clock))
        await pool.close()
    }

    /// Runs operations in a transaction, and returns the statements that they ran too.
    func traced<R: Sendable>(_ body: @Sendable (SQLiteStateOperations) throws -> R) async throws -> (R, [String]) {
        try await adapter.withTransaction { db in
            let operations = adapter.operations(on: db)
            return try db.tracing { try body(operations) }
        }
    }

    @discardableResult
    func run<R: Sendable>(_ body: @Sendable (SQLiteStateOperations) throws -> R) async throws -> R {
        try await traced(body).0
    }

    /// Runs operations and returns their statements.
    func statements<R: Sendable>(_ body: @Sendable (SQLiteStateOperations) throws -> R) async throws -> [String] {
        try await traced(body).1
    }

    /// Expects operations to run so many statements.
    func expectStatements<R: Sendable>(
        _ count: Int, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: @Sendable (SQLiteStateOperations) throws -> R
    ) async throws {
        let statements = try await statements(body)
        #expect(statements.count == count, sourceLocation: sourceLocation)
    }

    // MARK: Jobs

    func newJob(
        _ typeName: String = "job", schedule: Schedule = .now, deduplication: Deduplication? = nil,
        blockers: [JobID] = []
    ) -> NewJob {
        let id = identifiers.makeJobID(at: clock.now)
        return NewJob(
            id: id, typeName: typeName, chainID: id, chainTypeName: typeName, chainIndex: 0, input: "1",
            schedule: schedule, deduplication: deduplication, blockers: blockers.map { NewJob.Blocker(chainID: $0) })
    }

    func successor(of row: JobRow) -> NewJob {
        NewJob(
            id: identifiers.makeJobID(at: clock.now), typeName: "next", chainID: row.chainID,
            chainTypeName: row.chainTypeName, chainIndex: row.chainIndex + 1, input: "1")
    }

    /// A claim, of types that wait for chains or of others.
    func claimRequest(_ typeNames: [String] = ["job"], limit: Int = 10, wait: Bool = false) -> ClaimRequest {
        ClaimRequest(
            typeNames: typeNames, typesWithBlockers: wait ? Set(typeNames) : [], limit: limit, worker: "worker",
            leaseDuration: .seconds(30))
    }

    /// Inserts jobs and claims them.
    func claimed(_ count: Int = 1, blockers: [JobID] = []) async throws -> [JobRow] {
        let jobs = (0..<count).map { _ in newJob(blockers: blockers) }
        let request = claimRequest(limit: count)
        return try await run { operations in
            _ = try operations.insertJobs(jobs)
            return try operations.claimJobs(request).jobs.map(\.row)
        }
    }

    func settlement(_ row: JobRow, _ outcome: Settlement.Outcome, worker: String? = "worker") -> Settlement {
        Settlement(
            lease: Lease(jobID: row.id, token: row.leaseToken), chainID: row.chainID, worker: worker,
            attemptContext: nil,
            outcome: outcome)
    }
}
