import Foundation
import Queuert
import QueuertSQLite

let memoryUseBenchmarks = [
    Benchmark("sqlite.memory.inflight", isAlone: true) {
        try await withDatabase(.normal) { client, _ in
            let count = 10_000
            try await startMany(count, client)
            let gate = Gate()
            let worker = try Worker(
                client: client,
                processors: [
                    .detached(Nothing.self) { _ in
                        await gate.pass()
                        return .finish(1)
                    }
                ], configuration: .init(concurrency: count))
            let before = residentBytes()
            async let running: Void = worker.run()
            while gate.waitingCount < count { try await Task.sleep(for: .milliseconds(5)) }
            let after = residentBytes()
            gate.open()
            await worker.stop()
            await running
            return Measurement(value: Double(after - before) / Double(count), unit: "bytes/job, 10,000 in flight")
        }
    },
    Benchmark("sqlite.memory.growth", isAlone: true) {
        try await withDatabase(.normal) { client, _ in
            let worker = try Worker(
                client: client, processors: [.detached(Nothing.self) { _ in .finish(1) }],
                configuration: .init(concurrency: 200))
            async let running: Void = worker.run()
            // Until caches have their size.
            try await pass(100_000, through: client)
            let before = residentBytes()
            try await pass(900_000, through: client)
            let growth = residentBytes() - before
            await worker.stop()
            await running
            return Measurement(value: Double(growth) / 900_000, unit: "bytes/job, growth over 1,000,000 jobs")
        }
    },
]

/// Starts jobs and lets the worker that runs take them, a few thousand at a time.
private func pass(_ count: Int, through client: Client<SQLiteStateAdapter>) async throws {
    var left = count
    while left > 0 {
        let batch = min(left, 5_000)
        let chains = try await client.startJobChains((0..<batch).map { _ in NewChain(Nothing.self, input: .init()) })
        for chain in chains.suffix(1) { _ = try await client.awaitJobChain(chain) }
        left -= batch
    }
    while try await client.waitingCount() > 0 { try await Task.sleep(for: .milliseconds(5)) }
}

/// How much memory this process has, as Linux counts it.
private func residentBytes() -> Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
}

/// Holds jobs until it is opened.
private final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Locked(State())

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
