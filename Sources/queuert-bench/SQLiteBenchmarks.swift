import Foundation
import Queuert
import QueuertSQLite

let sqliteBenchmarks = [
    processing("sqlite.detached.full", .full, floorBatch: 100, concurrency: 200) { handled in
        .detached(Nothing.self) { _ in
            handled()
            return .finish(1)
        }
    },
    processing("sqlite.detached.normal", .normal, floorBatch: 100, concurrency: 200) { handled in
        .detached(Nothing.self) { _ in
            handled()
            return .finish(1)
        }
    },
    processing("sqlite.atomic.full", .full, floorBatch: 1, concurrency: 50) { handled in
        .atomic(Nothing.self) { _, _ in
            handled()
            return .finish(1)
        }
    },
    Benchmark("sqlite.start.full") {
        try await withDatabase(.full) { client, path in
            let count = 3_000
            let floor = try SQLiteFloor(path: path + ".floor", synchronous: "FULL")
            var rounds: [(Rate, Double)] = []
            for _ in 0..<7 {
                let rate = try await rate(of: count, rounds: 1) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<50 {
                            group.addTask {
                                for _ in 0..<(count / 50) {
                                    _ = try await client.startJobChain(Nothing.self, input: .init())
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                }
                rounds.append((rate, try floor.insertRate(1_500, perCommit: 1)))
            }
            return Measurement(rounds, unit: "chains/s")
        }
    },
    Benchmark("sqlite.idle") {
        try await withDatabase(.full) { client, _ in
            let worker = try Worker(
                client: client, processors: [.detached(Nothing.self) { _ in .finish(1) }], configuration: .init())
            async let running: Void = worker.run()
            // Until it has looked around.
            try await Task.sleep(for: .seconds(2))
            let (used, written) = (processorTime(), await client.adapter.pool.commitCount)
            let duration = Duration.seconds(10)
            try await Task.sleep(for: duration)
            let microseconds = (processorTime() - used) / .microseconds(1)
            let commits = await client.adapter.pool.commitCount - written
            await worker.stop()
            await running
            return Measurement(
                value: microseconds / (duration / .seconds(1)),
                unit: "µs of processor time a second, a worker that is idle; \(commits) commits in 10 s")
        }
    },
    Benchmark("sqlite.latency") {
        let waits = try await latencies(300)
        return Measurement(value: waits[waits.count / 2], unit: "ms, start to handler, median")
    },
    Benchmark("sqlite.latency.p99") {
        let waits = try await latencies(1_000)
        return Measurement(value: waits[waits.count * 99 / 100], unit: "ms, start to handler, 99 of 100")
    },
]

/// Each takes a fraction of a second, in which others may take the machine's processors.
private let processingRounds = 15

private func processing(
    _ name: String, _ synchronous: SQLitePool.Configuration.Synchronous, floorBatch: Int, concurrency: Int,
    _ processor: @escaping @Sendable (@escaping @Sendable () -> Void) -> Processor<SQLiteStateAdapter>
) -> Benchmark {
    Benchmark(name) {
        try await withDatabase(synchronous) { client, path in
            let count = floorBatch == 1 ? 4_000 : 15_000
            let floor = try SQLiteFloor(path: path + ".floor", synchronous: synchronous.rawValue)
            var rounds: [(Rate, Double)] = []
            var commits = 0
            func bareRate() throws -> Double {
                try floor.claimAndCompleteRate(floorBatch == 1 ? 1_500 : count, perCommit: floorBatch)
            }
            for round in 0..<processingRounds {
                // Both go first in turn, since the first finds the disk as the other left it.
                let bare: Double? = round.isMultiple(of: 2) ? nil : try bareRate()
                try await startMany(count, client)
                let before = await client.adapter.pool.commitCount
                let rate = try await processingRate(of: count, concurrency: concurrency, client: client, processor)
                commits += await client.adapter.pool.commitCount - before
                rounds.append((rate, try bare ?? bareRate()))
            }
            return Measurement(rounds, unit: "jobs/s, \(processingRounds * count / max(1, commits)) in a commit")
        }
    }
}

/// How long chains that are started one by one, while nothing else happens, wait for their handler: sorted, in
/// milliseconds.
private func latencies(_ count: Int) async throws -> [Double] {
    try await withDatabase(.full) { client, _ in
        let times = TimeLog()
        let worker = try Worker(
            client: client,
            processors: [
                .detached(Nothing.self) { job in
                    times.add(.now)
                    return .finish(1)
                }
            ])
        async let running: Void = worker.run()
        var waits: [Double] = []
        for _ in 0..<count {
            let start = ContinuousClock.now
            let chain = try await client.startJobChain(Nothing.self, input: .init())
            _ = try await client.awaitJobChain(chain)
            waits.append((times.last - start) / .milliseconds(1))
            // Until all have gone to sleep.
            try await Task.sleep(for: .milliseconds(5))
        }
        await worker.stop()
        await running
        return waits.sorted()
    }
}

func withDatabase<R: Sendable>(
    _ synchronous: SQLitePool.Configuration.Synchronous,
    observability: ((SQLiteStateAdapter) -> any ObservabilityAdapter)? = nil,
    _ body: (Client<SQLiteStateAdapter>, String) async throws -> R
) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("queuert-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("bench.sqlite").path
    let pool = try await SQLitePool(path: path, configuration: .init(synchronous: synchronous))
    let adapter = SQLiteStateAdapter(pool: pool, logger: quietLogger())
    try await adapter.migrate()
    let client = Client(adapter: adapter, observability: observability?(adapter), logger: quietLogger())
    let value = try await body(client, path)
    await pool.close()
    return value
}

/// The last moment that was noted.
private final class TimeLog: Sendable {
    private let times = Locked(ContinuousClock.now)
    var last: ContinuousClock.Instant { times.withLock { $0 } }
    func add(_ time: ContinuousClock.Instant) { times.withLock { $0 = time } }
}
