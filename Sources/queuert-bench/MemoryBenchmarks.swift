import Queuert

let memoryBenchmarks = [
    Benchmark("memory.detached") {
        let client = Client(adapter: MemoryStateAdapter(), logger: quietLogger())
        let count = 50_000
        try await startMany(count, client)
        let value = try await processingRate(of: count, concurrency: 200, client: client) { handled in
            .detached(Nothing.self) { _ in
                handled()
                return .finish(1)
            }
        }
        return Measurement(value: value, unit: "jobs/s")
    },
    Benchmark("memory.start") {
        let client = Client(adapter: MemoryStateAdapter(), logger: quietLogger())
        let count = 20_000
        let value = try await rate(of: count) {
            for _ in 0..<count { _ = try await client.startJobChain(Nothing.self, input: .init()) }
        }
        return Measurement(value: value, unit: "chains/s")
    },
]
