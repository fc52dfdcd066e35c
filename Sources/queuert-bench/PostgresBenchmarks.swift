import Foundation
import Queuert
import QueuertPostgres

/// Each needs a server: `.ci/with-postgres` starts one.
let postgresBenchmarks = [
    atomic(1), atomic(10), atomic(32), atomicWrite(1), atomicWrite(10),
    Benchmark("pg.detached") {
        try await PostgresQueue.with { queue in
            let count = 15_000
            return try await queue.inTurn(count, unit: "jobs/s") { client in
                try await start(count, atOnce: 5_000, client)
                return try await detachedRate(of: count, client)
            } floor: {
                try await queue.start(count, atOnce: 5_000)
                return try await queue.floor.processingRate(threads: 1, claiming: 100, together: true)
            }
        }
    },
    Benchmark("pg.start.1") {
        try await PostgresQueue.with { queue in
            let count = 2_000
            return try await queue.inTurn(count, rounds: 15, unit: "chains/s, one by one") { client in
                try await startRate(of: count, client)
            } floor: {
                try await queue.floor.insertRate(count)
            }
        }
    },
    Benchmark("pg.start.100") {
        try await PostgresQueue.with { queue in
            let count = 20_000
            return try await queue.inTurn(count, unit: "chains/s, 100 at once") { client in
                try await rate(of: count, rounds: 1) { try await start(count, atOnce: 100, client) }
            } floor: {
                try await queue.floor.insertRate(count, atOnce: 100)
            }
        }
    },
    Benchmark("pg.start.10000") {
        try await PostgresQueue.with { queue in
            let count = 50_000
            return try await queue.inTurn(count, unit: "chains/s, 10,000 at once") { client in
                try await rate(of: count, rounds: 1) { try await start(count, atOnce: 10_000, client) }
            } floor: {
                try await queue.floor.copyRate(count, atOnce: 10_000)
            }
        }
    },
    partitioned("atomic.10", jobs: 10_000, connections: 12) { try await atomicRate(of: 10_000, concurrency: 10, $0) },
    partitioned("detached", jobs: 30_000) { try await detachedRate(of: 30_000, $0) },
    partitioned("start.1", jobs: 0, things: 3_000) { try await startRate(of: 3_000, $0) },
    Benchmark("pg.latency") {
        let waits = try await latenciesBetweenProcesses(500)
        return Measurement(value: waits[waits.count / 2], unit: "ms, start to handler in another process, median")
    },
    Benchmark("pg.latency.p99") {
        let waits = try await latenciesBetweenProcesses(1_000)
        return Measurement(value: waits[waits.count * 99 / 100], unit: "ms, start to handler, 99 of 100")
    },
    Benchmark("pg.claim.backlog") {
        try await compareClaims(unit: "µs per claim at 1,000,000, floor at 200; 50 types") { _, client in
            try await insert(1_000_000, types: 50, client.adapter)
        }
    },
    Benchmark("pg.claim.backlog.mixed", isOnDemand: true) {
        let unit = """
            µs per claim at 1,000,000 beside 100,000 blocked, 1,000,000 scheduled and 10,000,000 finished, floor at 200; \
            50 types
            """
        return try await compareClaims(unit: unit) { queue, client in
            try await queue.insertBacklog(
                waiting: 1_000_000, blocked: 100_000, scheduled: 1_000_000, finished: 10_000_000, client)
        }
    },
    Benchmark("pg.claim.horizon") {
        try await PostgresQueue.with { queue in
            try await queue.withClient { client in
                let adapter = client.adapter
                let clean = try await claimsInTurn(adapter)
                let (released, release) = AsyncStream.makeStream(of: Void.self)
                let (begun, begin) = AsyncStream.makeStream(of: Void.self)
                async let held: Void = adapter.pool.write(isolation: .repeatableRead) { db in
                    defer { begin.finish() }
                    _ = try db.query("SELECT pg_current_xact_id()")
                    begin.finish()
                    for await _ in released {}
                }
                for await _ in begun {}
                for _ in 0..<10 {
                    try await insert(10_000, types: 1, adapter)
                    _ = try await claimAndEnd(10_000, adapter)
                }
                let beside = try await claimsInTurn(adapter)
                release.finish()
                try await held
                return Measurement(
                    beside, unit: "jobs/s claimed by 10 beside 100,000 dead rows, floor beside none",
                    floor: clean.perSecond)
            }
        }
    },
]

/// How many jobs a second are claimed, ten at a time, and ended.
private func claimsInTurn(_ adapter: PostgresStateAdapter) async throws -> Rate {
    let (count, rounds) = (2_000, 3)
    try await insert(rounds * count, types: 1, adapter)
    return try await rate(of: count, rounds: rounds) {
        for _ in 0..<count / 10 { try await claimAndEnd(10, adapter) }
    }
}

/// Claims jobs and ends them, in two transactions.
private func claimAndEnd(_ count: Int, _ adapter: PostgresStateAdapter) async throws {
    let claimed = try await adapter.withOperation(.work) { db in
        try adapter.operations(on: db).claimJobs(
            ClaimRequest(
                typeNames: ["type-0"], typesWithBlockers: [], limit: count, worker: "a worker",
                leaseDuration: .seconds(30))
        ).jobs
    }
    guard claimed.count == count else { throw MissingJobs(claimed: claimed.count, expected: count) }
    let settlements = claimed.map { job in
        Settlement(
            lease: Lease(jobID: job.row.id, token: job.row.leaseToken), chainID: job.row.chainID, worker: "a worker",
            attemptContext: nil, outcome: .completed(output: "1"))
    }
    _ = try await adapter.withOperation(.work) { db in try adapter.operations(on: db).settle(settlements) }
}

/// Fewer jobs were claimed than wait.
private struct MissingJobs: Error {
    let claimed: Int
    let expected: Int
}

private func atomic(_ concurrency: Int) -> Benchmark {
    Benchmark("pg.atomic.\(concurrency)") {
        try await PostgresQueue.with { queue in
            let count = concurrency == 1 ? 1_000 : 4_000
            return try await queue.inTurn(count, connections: concurrency + 2, unit: "jobs/s") { client in
                try await start(count, atOnce: 1_000, client)
                return try await atomicRate(of: count, concurrency: concurrency, client)
            } floor: {
                try await queue.start(count, atOnce: 1_000)
                return try await queue.floor.processingRate(
                    threads: concurrency, claiming: concurrency, together: false)
            }
        }
    }
}

/// The same with handlers that insert a row.
private func atomicWrite(_ concurrency: Int) -> Benchmark {
    Benchmark("pg.atomic.write.\(concurrency)") {
        try await PostgresQueue.with { queue in
            let count = concurrency == 1 ? 1_000 : 4_000
            let insert = "INSERT INTO \(queue.schema).notes (text) VALUES ($1)"
            try await queue.withClient { client in
                try await client.adapter.pool.write { db in
                    _ = try db.execute(
                        "CREATE TABLE \(queue.schema).notes (id bigserial PRIMARY KEY, text text NOT NULL)")
                }
            }
            return try await queue.inTurn(count, connections: concurrency + 2, unit: "jobs/s") { client in
                try await start(count, atOnce: 1_000, client)
                return try await processingRate(of: count, concurrency: concurrency, client: client) { handled in
                    .atomic(Nothing.self) { _, db in
                        try db.execute(insert, ["a note"])
                        handled()
                        return .finish(1)
                    }
                }
            } floor: {
                try await queue.start(count, atOnce: 1_000)
                return try await queue.floor.processingRate(
                    threads: concurrency, claiming: concurrency, together: false, writing: insert)
            }
        }
    }
}

/// The same with a history in partitions, and with all jobs in one table.
private func partitioned(
    _ name: String, jobs: Int, things: Int? = nil, connections: Int = 10,
    _ body: @escaping @Sendable (Client<PostgresStateAdapter>) async throws -> Rate
) -> Benchmark {
    Benchmark("pg.partitioned.\(name)") {
        func run(_ history: PostgresHistory) async throws -> (Rate, ServerCosts) {
            try await PostgresQueue.with(history: history) { queue in
                if jobs > 0 { try await queue.start(jobs, atOnce: 1_000) }
                return try await queue.measuring(things ?? jobs, connections: connections, body)
            }
        }
        let bare = try await run(.amongJobs).0
        let (value, costs) = try await run(.partitioned())
        return Measurement(value, unit: "a second, floor without partitions", floor: bare.perSecond, server: costs)
    }
}

func atomicRate(
    of count: Int, concurrency: Int, _ client: Client<PostgresStateAdapter>
) async throws -> Rate {
    try await processingRate(of: count, concurrency: concurrency, client: client) { handled in
        .atomic(Nothing.self) { _, _ in
            handled()
            return .finish(1)
        }
    }
}

func detachedRate(of count: Int, _ client: Client<PostgresStateAdapter>) async throws -> Rate {
    try await processingRate(of: count, concurrency: 200, client: client) { handled in
        .detached(Nothing.self) { _ in
            handled()
            return .finish(1)
        }
    }
}

private func startRate(of count: Int, _ client: Client<PostgresStateAdapter>) async throws -> Rate {
    try await rate(of: count, rounds: 1) {
        for _ in 0..<count { _ = try await client.startJobChain(Nothing.self, input: .init()) }
    }
}

func start(_ count: Int, atOnce size: Int, _ client: Client<PostgresStateAdapter>) async throws {
    for _ in 0..<count / size {
        try await client.startJobChains((0..<size).map { _ in NewChain(Nothing.self, input: .init()) })
    }
}

/// How long a claim takes beside a backlog, and where 200 jobs wait.
private func compareClaims(
    unit: String, _ insertMany: (PostgresQueue, Client<PostgresStateAdapter>) async throws -> Void
) async throws -> Measurement {
    try await PostgresQueue.with { few in
        try await PostgresQueue.with { many in
            try await few.withClient { few in
                try await insert(200, types: 50, few.adapter)
                return try await many.withClient { client in
                    try await insertMany(many, client)
                    var times: (few: [Duration], many: [Duration]) = ([], [])
                    for _ in 0..<300 {
                        times.few.append(try await timeOfClaim(types: 50, few.adapter))
                        times.many.append(try await timeOfClaim(types: 50, client.adapter))
                    }
                    func median(_ times: [Duration]) -> Double { times.sorted()[times.count / 2] / .microseconds(1) }
                    return Measurement(value: median(times.many), unit: unit, floor: median(times.few))
                }
            }
        }
    }
}
