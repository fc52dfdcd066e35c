import Queuert

let memoryBenchmarks = [
    Benchmark("memory.detached") {
        let count = 50_000
        var rounds: [Rate] = []
        for _ in 0..<5 {
            let client = Client(adapter: MemoryStateAdapter(), logger: quietLogger())
            try await startMany(count, client)
            rounds.append(
                try await processingRate(of: count, concurrency: 200, client: client) { handled in
                    .detached(Nothing.self) { _ in
                        handled()
                        return .finish(1)
                    }
                })
        }
        return Measurement(rounds, unit: "jobs/s")
    },
    Benchmark("memory.start") {
        let client = Client(adapter: MemoryStateAdapter(), logger: quietLogger())
        let count = 20_000
        let value = try await rate(of: count) {
            for _ in 0..<count { _ = try await client.startJobChain(Nothing.self, input: .init()) }
        }
        return Measurement(value, unit: "chains/s")
    },
    Benchmark("memory.codec") {
        let codec = JSONPayloadCodec()
        let kind = PayloadKind(.input, of: Nothing.name)
        let input = Nothing.Input()
        let count = 50_000
        let value = try await rate(of: count) {
            for _ in 0..<count {
                _ = try codec.decode(Nothing.Input.self, from: try codec.encode(input, as: kind), as: kind)
            }
        }
        return Measurement(value: 1_000_000 / value.perSecond, unit: "µs, to encode and decode")
    },
]
