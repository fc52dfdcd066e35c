import Foundation
import QueuertCollector

let queryBenchmarks = [
    // 10,000 spans of one trace, as the page asks for them.
    Benchmark("collector.trace") {
        try await withTemporaryFolder { folder in
            let store = try await SpanStore(path: folder + "/traces.sqlite")
            let traceID = String(repeating: "ab", count: 16)
            for part in 0..<20 {
                try await store.insert(
                    (0..<500).map { number in
                        var span = ReceivedSpan()
                        span.traceID = traceID
                        span.spanID = String(format: "%016x", part * 500 + number + 1)
                        span.parentSpanID = part + number == 0 ? "" : String(format: "%016x", 1)
                        span.name = "process index-file"
                        span.startTime = 1_800_000_000_000_000_000 + UInt64(part * 500 + number) * 1_000
                        span.endTime = span.startTime + 500
                        span.attributes = (0..<10).map {
                            .init("attribute.number.\($0)", .string("the value of \($0)"))
                        }
                        span.resource = [.init("service.name", .string("indexer"))]
                        return span
                    })
            }
            await store.close()
            let collector = try CollectorProcess(database: folder + "/traces.sqlite")
            defer { collector.stop() }
            let sender = try Sender(port: collector.port)
            let times = try (0..<11).map { _ in
                try ContinuousClock().measure { _ = try sender.get("/api/traces/\(traceID)") } / .milliseconds(1)
            }
            return [Measurement(value: times.sorted()[5], unit: "ms, 10,000 spans")]
        }
    },
    Benchmark("collector.query", isOnDemand: true) { try await queries(requests: 1_954) },
]

/// The slowest of 100 of the page's lists and searches, but for the five slowest, over a million spans.
private func queries(requests: Int) async throws -> [Measurement] {
    try await withTemporaryFolder { folder in
        let collector = try CollectorProcess(database: folder + "/traces.sqlite")
        defer { collector.stop() }
        try await send(0..<requests, to: collector.port, coding: nil)
        let sender = try Sender(port: collector.port)
        func chain(_ number: Int) -> String {
            let text = String(number, radix: 16)
            return "01890a5c-mark" + String(repeating: "0", count: 16 - text.count) + text
        }
        let paths: [(String, (Int) -> String)] = [
            ("list", { _ in "/api/traces?limit=50" }),
            ("text", { _ in "/api/traces?limit=50&q=index-file" }),
            ("chain", { "/api/traces?limit=50&q=\(chain($0 * 1_000))" }),
            ("missing", { "/api/traces?limit=50&q=nothing-\($0)" }),
            ("service", { _ in "/api/traces?limit=50&q=service:indexer" }),
            ("attribute", { "/api/traces?limit=50&q=queuert.job.attempt=\($0 % 3)" }),
            ("status", { _ in "/api/traces?limit=50&q=status:error" }),
            ("duration", { _ in "/api/traces?limit=50&q=duration%3E10s" }),
            ("several", { _ in "/api/traces?limit=50&q=service:indexer%20queuert.job.attempt=2%20duration%3E10s" }),
            ("chains", { _ in "/api/chains?limit=200" }),
            ("chain.spans", { "/api/chains/\(chain($0 * 1_000))" }),
            ("chain.graph", { "/api/chains/\(chain($0 * 1_000))/graph" }),
            ("types", { _ in "/api/types" }),
        ]
        return try paths.map { name, path in
            let times = try (0..<100).map { number in
                try ContinuousClock().measure { _ = try sender.get(path(number)) } / .milliseconds(1)
            }
            return Measurement(part: name, value: times.sorted()[94], unit: "ms, p95 over 1,000,000 spans")
        }
    }
}
