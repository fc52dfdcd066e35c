import Foundation
import Testing

@testable import QueuertCollector

@Suite("Live lists in the terminal") struct LiveListTests {
    private let zone = TimeZone(secondsFromGMT: 3600) ?? .gmt

    @Test("a trace has a line when it is new, another when it has grown, and none otherwise")
    func traces() async throws {
        try await withStore { store in
            var list = LiveList(style: .plain, timeZone: zone)
            try await store.insert([
                Sample.span(trace: 1, name: "start order", service: "shop", start: 1_790_000_000_123_000_000)
            ])
            #expect(
                list.lines(try await store.traces(limit: 10).traces) == [
                    "15:13:20.123  start order  shop  1 ms  1 span  \(Sample.traceID(1))"
                ])
            #expect(list.lines(try await store.traces(limit: 10).traces) == [])
            var failed = Sample.span(
                trace: 1, 1, parent: 0, name: "a\u{1B}[31m", service: "shop", start: 1_790_000_000_124_000_000)
            failed.status = .init(code: 2, message: "")
            try await store.insert([failed])
            #expect(
                list.lines(try await store.traces(limit: 10).traces) == [
                    "again 15:13:20.123  start order  shop  2 ms  2 spans  1 error  \(Sample.traceID(1))"
                ])
        }
    }

    private func summary(_ number: Int = 0, at start: UInt64) -> TraceSummary {
        TraceSummary(
            traceID: "\(number)", rootName: "work", rootService: "demo", services: ["demo"], startTime: start,
            endTime: start, spanCount: 1, errorCount: 0, linkedTraceCount: 0)
    }

    @Test("a list that goes on for long repeats no line of what is still among the newest")
    func longList() {
        var list = LiveList(style: .plain, timeZone: zone)
        let traces = (0..<10_050).map { summary($0, at: UInt64($0)) }
        var count = 0
        for end in stride(from: 150, through: traces.count, by: 150) {
            count += list.lines(Array(traces[max(0, end - 200)..<end].reversed())).count
        }
        #expect(count == traces.count)
        #expect(list.lines(Array(traces.suffix(200).reversed())) == [])
    }

    @Test(
        "a time is told as clocks told it then, in summer and in winter",
        arguments: [
            ("Europe/Berlin", 1_768_478_400, "13:00:00.000"), ("Europe/Berlin", 1_784_116_800, "14:00:00.000"),
            ("America/New_York", 0, "19:00:00.000"),
        ] as [(String, UInt64, String)])
    func clock(_ zone: String, _ seconds: UInt64, _ time: String) throws {
        var list = LiveList(style: .plain, timeZone: try #require(TimeZone(identifier: zone)))
        let lines = list.lines([summary(at: seconds * 1_000_000_000)])
        #expect(lines.first?.hasPrefix(time + " ") == true)
    }

    @Test("a chain has a line for what it has come to")
    func chains() async throws {
        try await withStore { store in
            try await store.insert(SampleChain.order().filter { $0.chainID == "chain-1" })
            var list = LiveList(style: .plain, timeZone: zone)
            #expect(
                list.lines(try await store.chains(limit: 10)) == [
                    "15:13:20.001  place-order  completed  5.58 s  4 jobs  7 attempts  3 failed  chain-1"
                ])
        }
    }

    @Test("colours are set where they are wanted, and nowhere else")
    func colours() {
        let tree = TraceTree(traces: [[Sample.full]], style: .init(isColoured: true))
        #expect(tree.lines.contains { $0.contains("\u{1B}[1mprocess index-file\u{1B}[0m") })
        #expect(tree.lines.contains { $0.contains("\u{1B}[31mERROR") })
        #expect(!TraceTree(traces: [[Sample.full]]).lines.joined().contains("\u{1B}"))
    }
}

@Suite("What the terminal reads from") struct TraceSourceTests {
    @Test("a collector that runs and its file tell the same")
    func same() async throws {
        try await withCollector { client, collector async throws in
            try await collector.store.insert(SampleChain.order())
            let running = TraceSource.client(try CollectorClient(address: "http://127.0.0.1:\(client.port)"))
            let file = TraceSource.store(collector.store)
            let id = Sample.traceID(1)
            #expect(try await running.spans(ofTrace: id) == file.spans(ofTrace: id))
            #expect(try await running.traces(ofChain: "chain-1") == file.traces(ofChain: "chain-1"))
            #expect(try await running.latestChains(limit: 5) == file.latestChains(limit: 5))
            let search = #"name:"process *" service:shop"#
            #expect(
                try await running.newestTraces(limit: 5, search: search) == file.newestTraces(limit: 5, search: search))
            #expect(try await running.spans(ofTrace: Sample.traceID(99)) == [])
        }
    }

    @Test("changes are told of as they come")
    func follow() async throws {
        try await withCollector { client, collector async throws in
            let source = TraceSource.client(try CollectorClient(address: "http://127.0.0.1:\(client.port)"))
            let (counts, continuation) = AsyncStream<Int>.makeStream()
            let follower = Task {
                try await source.follow {
                    continuation.yield(try await source.newestTraces(limit: 5, search: "").count)
                }
            }
            defer { follower.cancel() }
            for await count in counts {
                if count == 1 { break }
                // Following has begun, so this is heard of.
                _ = try await client.export(ProtobufPacker.pack([Sample.full]))
            }
        }
    }

    @Test("an event is told of once its line is complete, in however many pieces that comes")
    func pieces() {
        var lines = EventLines()
        let told = [
            ": beginning\n\nev", "ent: cha", "nged\n", "data: event: none\n\nevent: changed\nevent: chan", "ged", "\n",
        ]
        #expect(told.map { lines.take($0.utf8) } == [false, false, true, true, false, true])
    }

    @Test("a collector that isn't there, an address that is none and a search that makes no sense are told apart")
    func mistakes() async throws {
        #expect(throws: CollectorClientError.self) { try CollectorClient(address: "ftp://x") }
        // Nobody listens on this port, and nobody gets it by chance.
        let gone = try CollectorClient(address: "http://127.0.0.1:1")
        let error = await #expect(throws: CollectorClientError.self) {
            try await gone.get(TracePage.self, "/api/traces")
        }
        #expect(error?.isUnreachable == true)
        try await withCollector { client, _ async throws in
            let running = TraceSource.client(try CollectorClient(address: "http://127.0.0.1:\(client.port)"))
            let refused = await #expect(throws: CollectorClientError.self) {
                try await running.newestTraces(limit: 5, search: "duration>fast")
            }
            #expect(refused?.message == "fast isn't a duration")
            #expect(refused?.isUnreachable == false)
        }
    }
}
