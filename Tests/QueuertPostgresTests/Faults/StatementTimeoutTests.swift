import Queuert
import QueuertPostgres
import Testing

@Suite("A statement_timeout that the server sets", .timeLimit(.minutes(20))) struct StatementTimeoutTests {
    @Test("claims, ends of jobs and users' statements that run into it fail with a typed error, and go on after it")
    func timeout() async throws {
        let role = TestDatabase.makeSchemaName()
        try await TestDatabase.withFurtherPool { admin in
            try await admin.write { db in
                try db.execute("CREATE ROLE \(role) LOGIN SUPERUSER")
                _ = try db.execute("ALTER ROLE \(role) SET statement_timeout = '500ms'")
            }
            let address = try TestDatabase.address().replacing("user=postgres", with: "user=\(role)")
            let result = await Result {
                // The tables are made and checked by somebody whom nothing interrupts, however busy the machine is.
                try await withQueue(admin) { _, tables in
                    try await TestDatabase.withPool(.init(maximumConnections: 6), address: address) { pool in
                        let clock = FaultClock()
                        let client = Client(
                            adapter: PostgresStateAdapter(
                                pool: pool, schema: tables.schema, clock: clock, logger: TestDatabase.quietLogger),
                            clock: clock, logger: TestDatabase.quietLogger)
                        let table = StoreTable(pool: pool, schema: tables.schema)
                        let throughput = try await Throughput(of: client, table, clock)
                        let worker = try table.makeWorker(client, and: [throughput.processor])
                        async let running: Void = worker.run()
                        var ids: [JobID] = []
                        for number in 0..<10 { ids.append(try await startOnce(number, client)) }
                        // Whoever needs the table waits for this lock, and not for long.
                        try await admin.write { db in
                            _ = try db.execute("LOCK TABLE \(table.schema).queuert_job IN ACCESS EXCLUSIVE MODE")
                            let failures = await [
                                Self.failure { try await client.startJobChain(Store.self, input: -1) },
                                Self.failure { try await client.jobCounts() },
                                Self.failure {
                                    try await client.withTransaction { db in
                                        try await client.startJobChain(Store.self, input: -1, on: db)
                                    }
                                },
                                Self.failure { try await pool.write { db in try db.query("SELECT pg_sleep(600)") } },
                            ]
                            for failure in failures {
                                #expect(failure?.code == .cancelled)
                                #expect(failure?.sqlState == "57014")
                                #expect(failure.map { "\($0)".contains("statement_timeout") } == true)
                            }
                        }
                        for number in 10..<20 { ids.append(try await startOnce(number, client)) }
                        try await waitForEnds(of: ids, client, clock)
                        try await throughput.expectRecovery(of: worker)
                        await running
                        #expect(try await untilItWorks { try await table.stored() } == Array(0..<20))
                    }
                }
            }
            try await admin.write { db in
                try db.execute("REASSIGN OWNED BY \(role) TO postgres")
                _ = try db.execute("DROP ROLE \(role)")
            }
            try result.get()
        }
    }

    /// What a body fails with that is not part of the caller's transaction.
    private static func failure<R: Sendable>(
        _ body: @escaping @Sendable () async throws -> R
    ) async -> PostgresError? {
        await #expect(throws: PostgresError.self) { _ = try await body() }
    }
}
