import Queuert
import QueuertSQLite

/// Lists and counts where 1,000,000 chains have completed, and 2,000 others are ready, due later or have failed.
let sqliteListBenchmarks = [
    Benchmark("sqlite.list") {
        try await withDatabase(.normal) { client, _ in
            let adapter = client.adapter
            let middle = try await insertHistory(adapter)
            let lists: [(String, @Sendable (SQLiteStateOperations) throws -> Void)] = [
                ("newest chains", { _ = try $0.chains(ChainQuery()) }),
                ("oldest chains", { _ = try $0.chains(ChainQuery(order: .oldestFirst)) }),
                ("completed chains", { _ = try $0.chains(ChainQuery(statuses: [.completed])) }),
                ("failed chains", { _ = try $0.chains(ChainQuery(statuses: [.failed])) }),
                ("oldest ready chains", { _ = try $0.chains(ChainQuery(statuses: [.ready], order: .oldestFirst)) }),
                ("chains of a rare type", { _ = try $0.chains(ChainQuery(typeNames: ["rare-0"])) }),
                ("chains of two types", { _ = try $0.chains(ChainQuery(typeNames: ["rare-0", "type-0"])) }),
                ("roots", { _ = try $0.chains(ChainQuery(onlyRoots: true)) }),
                ("chains created before", { _ = try $0.chains(ChainQuery(createdBefore: middle)) }),
                ("scheduled jobs", { _ = try $0.jobs(JobQuery(statuses: [.scheduled])) }),
                ("running jobs", { _ = try $0.jobs(JobQuery(statuses: [.running])) }),
                ("counts", { _ = try $0.jobCounts() }),
                (
                    "cleanup that finds nothing",
                    {
                        let request = CleanupRequest(statuses: [.completed], olderThan: .seconds(1 << 32), limit: 1_000)
                        _ = try $0.cleanUp(request)
                    }
                ),
            ]
            var slowest = (name: "", time: Duration.zero)
            for (name, body) in lists {
                let time = try await adapter.withTransaction { db in
                    let operations = adapter.operations(on: db)
                    try body(operations)
                    return try ContinuousClock().measure { try body(operations) }
                }
                if time > slowest.time { slowest = (name, time) }
            }
            return Measurement(value: slowest.time / .milliseconds(1), unit: "ms, the slowest list: \(slowest.name)")
        }
    }
]

/// Returns the time at which half of the history was there.
private func insertHistory(_ adapter: SQLiteStateAdapter) async throws -> Timestamp {
    try await insert(500_000, types: 2, adapter)
    let middle = SystemClock().now
    try await insert(500_000, types: 2, adapter)
    try await adapter.pool.write { db in
        _ = try db.execute(
            "UPDATE queuert_job SET rank = NULL, completed_at = created_at, output = '1', completed_by = 'a worker'")
    }
    try await insert(2_000, types: 1, named: "rare", adapter)
    try await adapter.pool.write { db in
        _ = try db.execute(
            "UPDATE queuert_job SET rank = NULL, failed_at = created_at WHERE rowid % 4 = 0 AND rank > 0")
        _ = try db.execute(
            "UPDATE queuert_job SET rank = NULL, scheduled_at = scheduled_at * 2 WHERE rowid % 4 = 1 AND rank > 0")
    }
    return middle
}
