import Foundation
import Queuert
import QueuertPostgres

/// Each needs a server: `.ci/with-postgres` starts one.
let postgresBenchmarks = [
    atomic(1), atomic(10), atomic(32),
    Benchmark("pg.detached") {
        try await withPostgres { client, floor, _ in
            let count = 30_000
            try await start(count, atOnce: 10_000, client)
            let value = try await processingRate(of: count, concurrency: 200, client: client) { handled in
                .detached(Nothing.self) { _ in
                    handled()
                    return .finish(1)
                }
            }
            try await start(count, atOnce: 10_000, client)
            let bare = try await floor.processingRate(threads: 1, claiming: 100, together: true)
            return Measurement(value, unit: "jobs/s", floor: bare)
        }
    },
    Benchmark("pg.start.1") {
        try await withPostgres { client, floor, _ in
            let count = 3_000
            let value = try await rate(of: count) {
                for _ in 0..<count { _ = try await client.startJobChain(Nothing.self, input: .init()) }
            }
            return Measurement(value, unit: "chains/s, one by one", floor: try await floor.insertRate(count))
        }
    },
    Benchmark("pg.start.100") {
        try await withPostgres { client, floor, _ in
            let count = 30_000
            let value = try await rate(of: count) { try await start(count, atOnce: 100, client) }
            let bare = try await floor.insertRate(count, atOnce: 100)
            return Measurement(value, unit: "chains/s, 100 at once", floor: bare)
        }
    },
    Benchmark("pg.start.10000") {
        try await withPostgres { client, floor, _ in
            let count = 100_000
            let value = try await rate(of: count) { try await start(count, atOnce: 10_000, client) }
            let bare = try await floor.copyRate(count, atOnce: 10_000)
            return Measurement(value, unit: "chains/s, 10,000 at once", floor: bare)
        }
    },
    Benchmark("pg.latency") {
        let waits = try await latencies(500)
        return Measurement(value: waits[waits.count / 2], unit: "ms, start to handler on another connection, median")
    },
    Benchmark("pg.latency.p99") {
        let waits = try await latencies(1_000)
        return Measurement(value: waits[waits.count * 99 / 100], unit: "ms, start to handler, 99 of 100")
    },
    Benchmark("pg.claim.backlog") {
        try await withPostgres { _, _, few in
            try await withPostgres { _, _, many in
                try await insert(200, types: 50, few)
                try await insert(1_000_000, types: 50, many)
                var times: (few: [Duration], many: [Duration]) = ([], [])
                for _ in 0..<300 {
                    times.few.append(try await timeOfClaim(types: 50, few))
                    times.many.append(try await timeOfClaim(types: 50, many))
                }
                func median(_ times: [Duration]) -> Double { times.sorted()[times.count / 2] / .microseconds(1) }
                return Measurement(
                    value: median(times.many), unit: "µs per claim at 1,000,000, floor at 200; 50 types",
                    floor: median(times.few))
            }
        }
    },
]

private func atomic(_ concurrency: Int) -> Benchmark {
    Benchmark("pg.atomic.\(concurrency)") {
        try await withPostgres(connections: concurrency + 2) { client, floor, _ in
            let count = concurrency == 1 ? 2_000 : 10_000
            try await start(count, atOnce: 1_000, client)
            let value = try await processingRate(of: count, concurrency: concurrency, client: client) { handled in
                .atomic(Nothing.self) { _, _ in
                    handled()
                    return .finish(1)
                }
            }
            try await start(count, atOnce: 1_000, client)
            let bare = try await floor.processingRate(threads: concurrency, claiming: concurrency, together: false)
            return Measurement(value, unit: "jobs/s", floor: bare)
        }
    }
}

private func start(_ count: Int, atOnce size: Int, _ client: Client<PostgresStateAdapter>) async throws {
    for _ in 0..<count / size {
        try await client.startJobChains((0..<size).map { _ in NewChain(Nothing.self, input: .init()) })
    }
}

/// Where the server is; without one there is nothing to measure.
struct NoPostgres: Error, CustomStringConvertible {
    var description: String {
        "QUEUERT_TEST_POSTGRES is not set. Start a server with it: .ci/with-postgres swift run -c release queuert-bench pg"
    }
}

func postgresAddress() throws -> String {
    guard let address = ProcessInfo.processInfo.environment["QUEUERT_TEST_POSTGRES"] else { throw NoPostgres() }
    return address
}

/// Runs a body with a schema of its own.
func withPostgres<R: Sendable>(
    connections: Int = 10,
    _ body: (Client<PostgresStateAdapter>, PostgresFloorQueue, PostgresStateAdapter) async throws -> R
) async throws -> R {
    let address = try postgresAddress()
    let schema = "bench_\(UInt32.random(in: .min ... .max))"
    let pool = try await PostgresPool(
        address, configuration: .init(maximumConnections: connections), logger: quietLogger())
    let adapter = PostgresStateAdapter(pool: pool, schema: schema, logger: quietLogger())
    try await adapter.migrate()
    let statements = PostgresStatements(PostgresTables(schema: schema, prefix: "queuert_", idType: .uuid))
    let value = try await body(
        Client(adapter: adapter, logger: quietLogger()), PostgresFloorQueue(address: address, statements: statements),
        adapter)
    try await pool.write { db in _ = try db.execute("DROP SCHEMA \(schema) CASCADE") }
    await pool.close()
    return value
}

/// How long a chain that is started in one process, while nothing else happens, waits for its handler in another: sorted, in
/// milliseconds.
private func latencies(_ count: Int) async throws -> [Double] {
    try await withPostgres { client, _, adapter in
        let address = try postgresAddress()
        let (sender, listener) = (PostgresNotify(address, channel: "bench"), PostgresNotify(address, channel: "bench"))
        let (begun, begin) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let worker = try Worker(
            client: Client(adapter: adapter, notify: listener, logger: quietLogger()),
            processors: [
                .detached(Nothing.self) { _ in
                    begin.yield(.now)
                    return .finish(1)
                }
            ])
        async let running: Void = worker.run()
        let starter = Client(adapter: client.adapter, notify: sender, logger: quietLogger())
        var waits: [Double] = []
        var iterator = begun.makeAsyncIterator()
        for _ in 0..<count {
            let start = ContinuousClock.now
            _ = try await starter.startJobChain(Nothing.self, input: .init())
            if let end = await iterator.next() { waits.append((end - start) / .milliseconds(1)) }
            // Idle again, so that the next one has to wake the worker.
            while try await client.waitingCount() > 0 {}
            try await Task.sleep(for: .milliseconds(5))
        }
        await worker.stop()
        await running
        await sender.close()
        await listener.close()
        return waits.sorted()
    }
}
