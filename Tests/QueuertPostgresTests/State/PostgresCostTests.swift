import Queuert
import QueuertPostgres
import Testing

/// What docs/postgresql.md says of each operation.
@Suite("The number of round trips of an operation", .timeLimit(.minutes(20))) struct PostgresCostTests {
    @Test("starting chains by themselves is one, with blockers, keys or many at once")
    func start() async throws {
        try await withCosts { costs in
            let chains = (0..<20).map { _ in costs.newJob() }
            try await costs.expect(1) { try await costs.operation { try $0.insertJobs([costs.newJob()]) } }
            try await costs.expect(1) { try await costs.operation { try $0.insertJobs(chains) } }
            let blocked = (0..<20).map { _ in costs.newJob(blockers: chains.map(\.id)) }
            try await costs.expect(1) { try await costs.operation { try $0.insertJobs(blocked) } }
            let keyed = costs.newJob(deduplication: Deduplication(key: "k"))
            try await costs.expect(1) { try await costs.operation { try $0.insertJobs([keyed]) } }
            let again = costs.newJob(deduplication: Deduplication(key: "k"))
            // The chain that exists is read along.
            try await costs.expect(1) { try await costs.operation { try $0.insertJobs([again]) } }
            let many = (0..<500).map { _ in costs.newJob() }
            // With partitions, it looks into the history afterwards.
            try await costs.expect(costs.isPartitioned ? 4 : 3) {
                try await costs.operation { try $0.insertJobs(many) }
            }
        }
    }

    @Test("in a transaction, BEGIN goes with the first statement, and only COMMIT is one more")
    func transaction() async throws {
        try await withCosts { costs in
            try await costs.expect(2) {
                try await costs.adapter.withTransaction { db in
                    _ = try costs.adapter.operations(on: db).insertJobs([costs.newJob()])
                }
            }
            // So does the savepoint to which several jobs, or one with a key, are undone if they are refused.
            let keyed = costs.newJob(deduplication: Deduplication(key: "k"))
            for jobs in [[costs.newJob(), costs.newJob()], [keyed]] {
                try await costs.expect(2) {
                    try await costs.adapter.withTransaction { db in
                        _ = try costs.adapter.operations(on: db).insertJobs(jobs)
                    }
                }
            }
            try await costs.expect(0) { try await costs.adapter.withTransaction { _ in } }
            let client = Client(adapter: costs.adapter)
            // The savepoint goes with its statement, and is released with the next.
            try await costs.expect(3) {
                try await client.withTransaction { db in
                    try await client.withSavepoint(on: db) { _ = try db.query("SELECT 1") }
                    _ = try db.query("SELECT 2")
                }
            }
        }
    }

    @Test("a claim is one, for all types and slots, and so are a look for work and all renewals")
    func claim() async throws {
        try await withCosts { costs in
            let types = (0..<20).map { "type-\($0)" }
            let jobs = types.flatMap { type in (0..<5).map { _ in costs.newJob(type) } }
            _ = try await costs.operation { try $0.insertJobs(jobs) }
            let claimed = try await costs.expect(1) { try await costs.claim(types, limit: 40) }
            #expect(claimed.count == 40)
            try await costs.expect(1) {
                try await costs.adapter.withReadConnection { db in
                    _ = try costs.adapter.operations(on: db).nextClaimableIn(typeNames: types)
                }
            }
            let leases = claimed.map { Lease(jobID: $0.row.id, token: $0.row.leaseToken) }
            try await costs.expect(1) { try await costs.operation { try $0.renewLeases(leases, for: .seconds(60)) } }
        }
    }

    @Test("settling is one, for all jobs that a worker has completed, whoever waits for their chains")
    func settle() async throws {
        try await withCosts { costs in
            let jobs = (0..<60).map { _ in costs.newJob() }
            _ = try await costs.operation { try $0.insertJobs(jobs) }
            let waiting = (0..<30).map { _ in costs.newJob("waiting", blockers: [jobs[0].id, jobs[1].id]) }
            _ = try await costs.operation { try $0.insertJobs(waiting) }
            let rows = try await costs.claim(["job"], limit: 60).map(\.row)
            let ends = rows.prefix(50).map { costs.settlement($0, .completed(output: "1")) }
            let results = try await costs.expect(1) { try await costs.operation { try $0.settle(ends) } }
            #expect(
                results.reduce(0) { sum, result in
                    guard case .settled(let attempt) = result else { return sum }
                    return sum + attempt.resolved.count(where: \.unblocksJob)
                } == 30)
            let others: [Settlement.Outcome] = [
                .retried(.now, error: "no", .failed), .failed(error: "no", .failed), .released,
                .continued(costs.successor(of: rows[53])),
                .continued(costs.successor(of: rows[54], blockers: [waiting[0].id])),
            ]
            for (row, outcome) in zip(rows[50...], others) {
                let one = [costs.settlement(row, outcome)]
                try await costs.expect(1) { try await costs.operation { try $0.settle(one) } }
            }
            let lastAttempts = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, 10) })
            let failures = try await costs.expect(1) {
                try await costs.operation { try $0.failures(inLastAttempts: lastAttempts) }
            }
            #expect(failures == [rows[50].id: 1, rows[51].id: 1])
        }
    }

    @Test("an attempt's end and its commit are one")
    func lastStatement() async throws {
        try await withCosts { costs in
            _ = try await costs.operation { try $0.insertJobs((0..<3).map { _ in costs.newJob() }) }
            let rows = try await costs.claim(["job"], limit: 3).map(\.row)
            let ends = rows.map { [costs.settlement($0, .completed(output: "1"))] }
            try await costs.expect(1) {
                try await costs.adapter.withTransaction { db in
                    _ = try costs.adapter.operations(on: db).settleLast(ends[0])
                }
            }
            // One more for the handler's own statement.
            try await costs.expect(2) {
                try await costs.adapter.withTransaction { db in
                    _ = try db.query("SELECT 1")
                    _ = try costs.adapter.operations(on: db).settleLast(ends[1])
                }
            }
            // What continues a chain is committed by itself.
            let next = [costs.settlement(rows[2], .continued(costs.successor(of: rows[2])))]
            try await costs.expect(2) {
                try await costs.adapter.withTransaction { db in
                    _ = try costs.adapter.operations(on: db).settleLast(next)
                }
            }
        }
    }

    private func withCosts(_ body: @Sendable (Costs) async throws -> Void) async throws {
        for (schemas, isPartitioned) in Self.layouts {
            try await schemas.withAdapter(.init(maximumConnections: 1)) { adapter in
                try await body(Costs(adapter: adapter, isPartitioned: isPartitioned))
            }
        }
    }

    private static let layouts = [(MigratedSchemas(), false), (MigratedSchemas(history: .partitioned()), true)]
}

private struct Costs: Sendable {
    let adapter: PostgresStateAdapter
    let isPartitioned: Bool
    private let identifiers = UUIDv7Generator()

    init(adapter: PostgresStateAdapter, isPartitioned: Bool) {
        self.adapter = adapter
        self.isPartitioned = isPartitioned
    }

    func newJob(
        _ type: String = "job", blockers: [JobID] = [], deduplication: Deduplication? = nil
    ) -> NewJob {
        let id = identifiers.makeJobID(at: SystemClock().now)
        return NewJob(
            id: id, typeName: type, chainID: id, chainTypeName: type, chainIndex: 0, input: "1",
            deduplication: deduplication, blockers: blockers.map { NewJob.Blocker(chainID: $0) })
    }

    func successor(of row: JobRow, blockers: [JobID] = []) -> NewJob {
        NewJob(
            id: identifiers.makeJobID(at: SystemClock().now), typeName: "next", chainID: row.chainID,
            chainTypeName: row.chainTypeName, chainIndex: row.chainIndex + 1, input: "2",
            blockers: blockers.map { NewJob.Blocker(chainID: $0) })
    }

    func settlement(_ row: JobRow, _ outcome: Settlement.Outcome) -> Settlement {
        Settlement(
            lease: Lease(jobID: row.id, token: row.leaseToken), chainID: row.chainID, worker: "w", attemptContext: nil,
            outcome: outcome)
    }

    @discardableResult
    func operation<R: Sendable>(_ body: @Sendable (PostgresStateOperations) throws -> R) async throws -> R {
        try await adapter.withOperation(.work) { db in try body(adapter.operations(on: db)) }
    }

    func claim(_ types: [String], limit: Int) async throws -> [ClaimedJob] {
        let request = ClaimRequest(
            typeNames: types, typesWithBlockers: Set(types), limit: limit, worker: "w", leaseDuration: .seconds(60))
        return try await operation { try $0.claimJobs(request).jobs }
    }

    private func roundTrips() async throws -> Int { try await adapter.pool.read { db in db.roundTrips } }

    /// Expects the pool's only connection to wait for the server so often.
    @discardableResult
    func expect<R>(
        _ count: Int, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> R
    ) async throws -> R {
        let before = try await roundTrips()
        let value = try await body()
        let after = try await roundTrips()
        #expect(after - before == count, sourceLocation: sourceLocation)
        return value
    }
}
