import Foundation
import Queuert
import QueuertPostgres
import Testing

@Suite("Statements that are given up because they get no answer", .timeLimit(.minutes(5)))
struct AbandonedStatementTests {
    @Test("are ended by the server: nothing of them is done later, when the lock is gone that they waited for")
    func locked() async throws {
        let name = "abandoned_\(UUID().uuidString.prefix(8))"
        let address = try TestDatabase.address() + " application_name=\(name)"
        let configuration = PostgresPool.Configuration(
            minimumConnections: 0, maximumConnections: 1, acquisitionTimeout: .seconds(1), answerTimeout: .seconds(2))
        try await TestDatabase.withPool(.init(maximumConnections: 2)) { admin in
            try await withQueue(admin) { _, table in
                try await TestDatabase.withFurtherPool(configuration, address: address) { pool in
                    let adapter = PostgresStateAdapter(
                        pool: pool, schema: table.schema, logger: TestDatabase.quietLogger)
                    let clock = FaultClock()
                    let client = Client(adapter: adapter, clock: clock, logger: TestDatabase.quietLogger)
                    let throughput = try await Throughput(of: client, table, clock)
                    try await client.startJobChains((0..<2).map { NewChain(Store.self, input: $0) })
                    let row = try #require(try await adapter.claimOne())
                    let end = Settlement(
                        lease: Lease(jobID: row.id, token: row.leaseToken), chainID: row.chainID, worker: "w",
                        attemptContext: nil, outcome: .completed(output: "7"))
                    @Sendable func settle() async throws -> [SettlementResult] {
                        try await adapter.withOperation(.work) { try adapter.operations(on: $0).settle([end]) }
                    }
                    try await admin.write { db in
                        try db.execute("LOCK TABLE \(table.schema).queuert_job IN ACCESS EXCLUSIVE MODE")
                        for _ in 0..<2 {
                            let claim = await Self.failure { try await adapter.claimOne() }
                            #expect(claim == .noAnswer)
                        }
                        let start = await Self.failure { try await client.startJobChain(Store.self, input: 2) }
                        #expect(start == .noAnswer)
                        // Nor can be found out what came of this one.
                        let settlement = await Self.failure { try await settle() }
                        #expect(settlement == .commitUnknown)
                        try await TestDatabase.withFurtherPool { other in
                            try await Self.waitForEnds(of: name, pool, other)
                        }
                    }
                    let counts = try await client.jobCounts()["store"]
                    #expect(counts?.ready == 1)
                    #expect(counts?.running == 1)
                    let results = try await settle()
                    let isSettled = if case .settled = results[0] { true } else { false }
                    #expect(isSettled)
                    try await throughput.expectRecovery()
                }
            }
        }
    }

    /// What a body fails with that is not part of the caller's transaction.
    private static func failure<R: Sendable>(
        _ body: @escaping @Sendable () async throws -> R
    ) async -> PostgresError.Code? {
        await #expect(throws: PostgresError.self) { _ = try await body() }?.code
    }

    /// Waits until no process of the server's belongs to a connection that was given up, long enough for a busy machine; then
    /// it says what they do.
    private static func waitForEnds(of name: String, _ pool: PostgresPool, _ other: PostgresPool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while true {
            let processes = try await processes(name, other)
            let connections = pool.connectionCount
            if processes.count <= connections { return }
            if ContinuousClock.now > end {
                Issue.record("There are \(connections) connections, and processes that go on: \(processes)")
                return
            }
            await Task.yield()
        }
    }

    /// What the server's processes do that belong to connections of a name.
    private static func processes(_ name: String, _ pool: PostgresPool) async throws -> [String] {
        try await pool.read { db in
            try db.query(
                """
                SELECT concat_ws(' ', pid, state, wait_event_type, wait_event, now() - query_start, left(query, 60)) AS what
                FROM pg_stat_activity WHERE application_name = $1
                """, [name]
            ).map { $0.text("what") ?? "" }
        }
    }
}

extension PostgresStateAdapter {
    /// Claims the next job.
    fileprivate func claimOne() async throws -> JobRow? {
        let request = ClaimRequest(
            typeNames: ["store"], typesWithBlockers: [], limit: 1, worker: "w", leaseDuration: .seconds(600))
        return try await withOperation(.work) { db in try operations(on: db).claimJobs(request).jobs.first?.row }
    }
}
