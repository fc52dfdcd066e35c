import Foundation
import QueuertCollector

let ingestBenchmarks = [
    Benchmark("collector.decode") {
        let request = SampleRequests().request(0)
        let count = 400
        let start = processorTime()
        for _ in 0..<count { _ = try ReceivedBatch(request, .traces) }
        let used = (processorTime() - start) / .microseconds(1)
        let cpu = used / Double(count * SampleRequests.spanCount)
        return [Measurement(value: 1_000_000 / cpu, unit: "spans/s and core", cpu: cpu)]
    },
    Benchmark("collector.store") {
        try await withTemporaryFolder { folder in
            let store = try await SpanStore(path: folder + "/traces.sqlite")
            let samples = SampleRequests()
            let count = 200
            let batches = try (0..<count).map { try ReceivedBatch(samples.request($0), .traces) }
            let start = processorTime()
            for batch in batches { try await store.insert(batch) }
            let used = (processorTime() - start) / .microseconds(1)
            await store.close()
            let cpu = used / Double(count * SampleRequests.spanCount)
            return [Measurement(value: 1_000_000 / cpu, unit: "spans/s and core", cpu: cpu)]
        }
    },
    Benchmark("collector.ingest") { try await ingest(requests: 600, coding: nil) },
    Benchmark("collector.ingest.gzip") { try await ingest(requests: 600, coding: "gzip") },
]

/// Sends requests over two connections to a collector, and says what they cost it.
private func ingest(requests: Int, coding: String?) async throws -> [Measurement] {
    try await withTemporaryFolder { folder in
        let collector = try CollectorProcess(database: folder + "/traces.sqlite")
        defer { collector.stop() }
        // Until the tables have some size, and the caches theirs.
        try await send(0..<100, to: collector.port, coding: coding)
        let start = collector.processorTime
        let duration = try await ContinuousClock().measure {
            try await send(100..<(100 + requests), to: collector.port, coding: coding)
        }
        let spans = Double(requests * SampleRequests.spanCount)
        let cpu = (collector.processorTime - start) / .microseconds(1) / spans
        return [
            Measurement(value: 1_000_000 / cpu, unit: "spans/s and core", cpu: cpu),
            Measurement(part: "wall", value: spans / (duration / .seconds(1)), unit: "spans/s"),
        ]
    }
}

/// Sends requests over two connections.
func send(_ numbers: Range<Int>, to port: UInt16, coding: String?) async throws {
    let samples = SampleRequests()
    try await withThrowingTaskGroup { group in
        for part in 0..<2 {
            group.addTask {
                let sender = try Sender(port: port)
                for number in numbers where number % 2 == part {
                    let request = samples.request(number)
                    try sender.post(coding == nil ? request : SampleRequests.compressed(request), coding: coding)
                }
            }
        }
        try await group.waitForAll()
    }
}
