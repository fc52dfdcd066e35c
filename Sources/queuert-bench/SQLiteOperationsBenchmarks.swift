import Queuert
import QueuertSQLite

/// The state adapter alone, without a worker.
let sqliteOperationsBenchmarks = [
    Benchmark("sqlite.operations.settle") {
        try await withDatabase(.full) { client, path in
            let adapter = client.adapter
            let count = 50_000
            try await insert(count, types: 1, adapter)
            let value = try await rate(of: count, rounds: 1) {
                while true {
                    let claimed = try await adapter.withTransaction { db in
                        try adapter.operations(on: db).claimJobs(claim(types: 1, limit: 100)).jobs
                    }
                    if claimed.isEmpty { return }
                    let settlements = claimed.map { job in
                        Settlement(
                            lease: Lease(jobID: job.row.id, token: job.row.leaseToken), chainID: job.row.chainID,
                            worker: "a worker", attemptContext: nil, outcome: .completed(output: "1"))
                    }
                    _ = try await adapter.withTransaction { db in try adapter.operations(on: db).settle(settlements) }
                }
            }
            let floor = try SQLiteFloor(path: path + ".floor", synchronous: "FULL")
                .claimAndCompleteRate(count, perCommit: 100)
            return Measurement(value, unit: "jobs/s", floor: floor)
        }
    },
    Benchmark("sqlite.operations.insert") {
        try await withDatabase(.full) { client, path in
            let count = 50_000
            let value = try await rate(of: count) { try await insert(count, types: 1, client.adapter) }
            let floor = try SQLiteFloor(path: path + ".floor", synchronous: "FULL").insertRate(count, perCommit: 1_000)
            return Measurement(value, unit: "jobs/s, 1,000 at once", floor: floor)
        }
    },
    claimFromBacklog("sqlite.claim.backlog.type", types: 1),
    claimFromBacklog("sqlite.claim.backlog.types", types: 50),
]

/// What it costs to claim ten jobs where 1,000,000 wait, in comparison with 200: in turns, since machines are busy.
private func claimFromBacklog(_ name: String, types: Int) -> Benchmark {
    Benchmark(name) {
        try await withDatabase(.normal) { few, _ in
            try await withDatabase(.normal) { many, _ in
                try await insert(200, types: types, few.adapter)
                try await insert(1_000_000, types: types, many.adapter)
                var times: (few: [Duration], many: [Duration]) = ([], [])
                for _ in 0..<500 {
                    times.few.append(try await timeOfClaim(types: types, few.adapter))
                    times.many.append(try await timeOfClaim(types: types, many.adapter))
                }
                func median(_ times: [Duration]) -> Double { times.sorted()[times.count / 2] / .microseconds(1) }
                return Measurement(
                    value: median(times.many), unit: "µs per claim at 1,000,000, floor at 200; \(types) types",
                    floor: median(times.few))
            }
        }
    }
}

func timeOfClaim<Adapter: StateAdapter>(types: Int, _ adapter: Adapter) async throws -> Duration {
    try await adapter.withTransaction { db in
        let operations = adapter.operations(on: db)
        let start = ContinuousClock.now
        let claimed = try operations.claimJobs(claim(types: types, limit: 10)).jobs
        let time = ContinuousClock.now - start
        // Given back, so that each claim finds the same.
        _ = try operations.settle(
            claimed.map { job in
                Settlement(
                    lease: Lease(jobID: job.row.id, token: job.row.leaseToken), chainID: job.row.chainID,
                    worker: "a worker", attemptContext: nil, outcome: .released)
            })
        return time
    }
}

private func claim(types: Int, limit: Int) -> ClaimRequest {
    ClaimRequest(
        typeNames: (0..<types).map { "type-\($0)" }, limit: limit, worker: "a worker", leaseDuration: .seconds(30))
}

/// Starts chains of one job, 1,000 in a transaction.
func insert<Adapter: StateAdapter>(
    _ count: Int, types: Int, named name: String = "type", _ adapter: Adapter
) async throws {
    let identifiers = UUIDv7Generator()
    let input = String(repeating: "x", count: 200)
    for start in stride(from: 0, to: count, by: 1_000) {
        let jobs = (start..<min(start + 1_000, count)).map { number in
            let id = identifiers.makeJobID(at: SystemClock().now)
            let typeName = "\(name)-\(number % types)"
            return NewJob(
                id: id, typeName: typeName, chainID: id, chainTypeName: typeName, chainIndex: 0, input: input)
        }
        _ = try await adapter.withTransaction { db in try adapter.operations(on: db).insertJobs(jobs) }
    }
}
