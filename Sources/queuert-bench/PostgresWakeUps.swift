import Foundation
import Queuert
import QueuertPostgres

/// How much looking a job causes where many workers have nothing to do.
///
/// Needs a server: `.ci/with-postgres` starts one.
let postgresWakeUpBenchmarks = [
    Benchmark("pg.wakeups") {
        let claims = try await claimsOfEachJob(processes: 5, workers: 100)
        return Measurement(value: claims, unit: "claims per job, 500 idle workers in 5 processes")
    }
]

/// Counts the operations of workers: claims, and the ends of attempts.
private struct CountingAdapter: StateAdapter {
    let base: PostgresStateAdapter
    let operationCount = Locked(0)

    func withTransaction<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        try await base.withTransaction(body)
    }

    func withOperation<R: Sendable>(
        _ purpose: OperationPurpose, _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        if case .work = purpose { operationCount.withLock { $0 += 1 } }
        return try await base.withOperation(purpose, body)
    }

    func withReadConnection<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        try await base.withReadConnection(body)
    }

    func operations(on connection: isolated PostgresConnection) -> PostgresStateOperations {
        base.operations(on: connection)
    }
}

/// Starts jobs one by one in a process of its own, each when the one before has ended.
private func claimsOfEachJob(processes: Int, workers: Int) async throws -> Double {
    try await PostgresQueue.with { queue in
        try await queue.withClient { try await claims(of: $0, at: queue.address, processes, workers) }
    }
}

private func claims(
    of starter: Client<PostgresStateAdapter>, at address: String, _ processes: Int, _ workers: Int
) async throws -> Double {
    let counting = CountingAdapter(base: starter.adapter)
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    let notifies = (0..<processes).map { _ in PostgresNotify(address, channel: "bench", logger: quietLogger()) }
    let all = try notifies.flatMap { notify in
        try (0..<workers).map { _ in
            try Worker(
                client: Client(adapter: counting, notify: notify, logger: quietLogger()),
                processors: [
                    .detached(Nothing.self) { _ in
                        end.yield()
                        return .finish(1)
                    }
                ], configuration: .init(pollInterval: .seconds(3_600)))
        }
    }
    let sender = PostgresNotify(address, channel: "bench", logger: quietLogger())
    let client = Client(adapter: starter.adapter, notify: sender, logger: quietLogger())
    let count = 200
    let claims = try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in all { group.addTask { await worker.run() } }
        // Each looks once when it begins, and then gets to know the others.
        while counting.operationCount.withLock({ $0 }) < all.count { await Task.yield() }
        while !notifies.allSatisfy({ $0.listenerCount == processes }) { await Task.yield() }
        var iterator = ended.makeAsyncIterator()
        for _ in 0..<count {
            _ = try await client.startJobChain(Nothing.self, input: .init())
            _ = await iterator.next()
            while try await client.waitingCount() > 0 {}
        }
        // One operation of each job writes its end.
        let claims = counting.operationCount.withLock { $0 } - all.count - count
        for worker in all { await worker.stop() }
        try await group.waitForAll()
        return claims
    }
    for notify in notifies + [sender] { await notify.close() }
    return Double(claims) / Double(count)
}
