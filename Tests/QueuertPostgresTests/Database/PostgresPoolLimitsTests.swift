import Queuert
import QueuertConformance
import Testing

@testable import QueuertPostgres

@Suite("How many connections a pool has, and for how long", .timeLimit(.minutes(20))) struct PostgresPoolLimitsTests {
    @Test("who waits too long for a connection is told, and leases are kept all the same")
    func exhaustion() async throws {
        try await TestDatabase.withSchema(
            .init(maximumConnections: 2, acquisitionTimeout: .seconds(1))
        ) { pool, schema in
            let adapter = PostgresStateAdapter(pool: pool, schema: schema, logger: TestDatabase.quietLogger)
            try await adapter.migrate()
            try await pool.write { _ in
                try await Task.detached {
                    try await pool.write { _ in
                        let error = await #expect(throws: PostgresError.self) {
                            try await Task.detached { try await pool.write { _ in } }.value
                        }
                        #expect(error?.code == .poolExhausted)
                        let renewed = try await Task.detached {
                            try await adapter.withOperation(.leases) { db in
                                let lease = Lease(jobID: UUIDv7Generator().makeJobID(at: SystemClock().now), token: 1)
                                return try adapter.operations(on: db).renewLeases([lease], for: .seconds(60))
                            }
                        }.value
                        #expect(renewed.isEmpty)
                    }
                }.value
            }
            try await pool.write { _ in }
        }
    }

    @Test("there are no more connections than allowed, first come, first served, and idle ones are closed")
    func bounds() async throws {
        let configuration = PostgresPool.Configuration(
            minimumConnections: 1, maximumConnections: 3, idleTimeout: .milliseconds(200))
        try await TestDatabase.withPool(configuration) { pool in
            let running = RunningCount()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await pool.write { db in
                            running.enter()
                            _ = try db.query("SELECT 1")
                            // The first ones stay until there are as many as may be.
                            while running.maximum < 3 { await Task.yield() }
                            running.leave()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(running.maximum == 3)
            while pool.connectionCount > 1 { await Task.yield() }
            #expect(try await pool.read { db in try db.query("SELECT 7 AS n")[0].int("n") } == 7)
        }
    }

    @Test("a task that is cancelled while it waits for a connection gets none, and the next one does")
    func cancelledWait() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            let (released, release) = AsyncStream.makeStream(of: Void.self)
            let (held, hold) = AsyncStream.makeStream(of: Void.self)
            let holder = Task {
                try await pool.write { _ in
                    hold.finish()
                    for await _ in released {}
                }
            }
            for await _ in held {}
            let cancelled = Task { try await pool.write { _ in } }
            while pool.waitingTasks < 1 { await Task.yield() }
            let next = Task { try await pool.write { _ in 7 } }
            while pool.waitingTasks < 2 { await Task.yield() }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            release.finish()
            #expect(try await next.value == 7)
            try await holder.value
        }
    }

    @Test("a pool that is closed refuses, and waits for what runs")
    func close() async throws {
        let pool = try await PostgresPool(try TestDatabase.address(), logger: TestDatabase.quietLogger)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let running = Task {
            try await pool.write { db in
                begin.finish()
                return try db.query("SELECT pg_sleep(0.05), 7 AS n")[0].int("n")
            }
        }
        for await _ in begun {}
        await pool.close()
        #expect(try await running.value == 7)
        let error = await #expect(throws: PostgresError.self) { try await pool.write { _ in } }
        #expect(error?.code == .closed)
    }

    @Test("a pool that is closed twice at once returns to both")
    func closeTwice() async throws {
        let pool = try await PostgresPool(try TestDatabase.address(), logger: TestDatabase.quietLogger)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let running = Task {
            try await pool.write { _ in
                begin.finish()
                for await _ in released {}
            }
        }
        for await _ in begun {}
        let closings = (0..<2).map { _ in Task { await pool.close() } }
        while pool.closingTasks < 2 { await Task.yield() }
        release.finish()
        for closing in closings { await closing.value }
        try await running.value
    }

    @Test("a pool that is closed while a connection is being made is closed when that has failed")
    func closeWhileConnecting() async throws {
        // Nothing but the proxy's end lets the connection fail: between two that fail there is none to be waited for.
        let configuration = PostgresPool.Configuration(
            minimumConnections: 0, maximumConnections: 1, idleTimeout: .milliseconds(1), connectTimeout: .seconds(600))
        try await withProxy(configuration) { pool, proxy in
            while pool.connectionCount > 0 { await Task.yield() }
            proxy.set(.silence)
            let connecting = Task { try await pool.write { _ in } }
            while pool.connectionCount < 1 { await Task.yield() }
            let closing = Task { await pool.close() }
            while pool.closingTasks < 1 { await Task.yield() }
            proxy.stop()
            await closing.value
            await #expect(throws: PostgresError.self) { try await connecting.value }
        }
    }
}
