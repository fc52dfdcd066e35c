import Foundation

let memoryBenchmarks = [
    // What a collector's memory grows by while millions of spans pass through a store that is kept small.
    Benchmark("collector.memory", isOnDemand: true) {
        let total = ProcessInfo.processInfo.environment["QUEUERT_BENCH_SPANS"].flatMap { Int($0) } ?? 3_000_000
        return try await withTemporaryFolder { folder in
            let path = folder + "/traces.sqlite"
            let collector = try CollectorProcess(database: path, retentionBytes: 256 << 20)
            defer { collector.stop() }
            let requests = total / SampleRequests.spanCount
            var lines: [Measurement] = []
            var first = 0
            for step in 1...10 {
                let end = requests * step / 10
                try await send(first..<end, to: collector.port, coding: "gzip")
                first = end
                lines.append(
                    Measurement(
                        part: "\(step * 10)%", value: Double(collector.residentBytes) / 1_048_576, unit: "MiB resident")
                )
            }
            let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
            lines.append(Measurement(part: "database", value: Double(size) / 1_048_576, unit: "MiB"))
            return lines
        }
    }
]
