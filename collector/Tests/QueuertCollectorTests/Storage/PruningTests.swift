import Foundation
import Logging
import QueuertSQLite
import Synchronization
import Testing

@testable import QueuertCollector

@Suite("Retention") struct PruningTests {
    private final class Clock: Sendable {
        let now = Atomic<Int64>(1_000)
    }

    private func withSmallSegments(_ body: (SpanStore, Clock) async throws -> Void) async throws {
        try await withTemporaryFolder { folder async throws in
            let clock = Clock()
            let store = try await SpanStore(
                path: folder.path + "/traces.sqlite", segmentLimits: SegmentLimits(rows: 10)
            ) { clock.now.load(ordering: .relaxed) }
            let result: Result<Void, any Error>
            do { result = .success(try await body(store, clock)) } catch { result = .failure(error) }
            await store.close()
            try result.get()
        }
    }

    private func prune(_ store: SpanStore, _ retention: RetentionConfiguration) async throws -> PruningStep {
        var sum = PruningStep()
        while true {
            let step = try await store.prune(retention)
            if step.isDone { return sum }
            sum.traces += step.traces
            sum.spans += step.spans
            sum.logs += step.logs
            sum.points += step.points
        }
    }

    @Test("V09 what is too old goes, whole traces at a time, with what they are found by")
    func age() async throws {
        try await withSmallSegments { store, clock async throws in
            for trace in 0..<40 {
                clock.now.store(Int64(trace) * 100, ordering: .relaxed)
                try await store.insert((0..<2).map { Sample.span(trace: trace, $0, name: "name \(trace)") })
            }
            // Something is added to the very first trace, so it stays.
            try await store.insert([Sample.span(trace: 0, 7, name: "late")])
            let removed = try await prune(store, .init(bytes: .max, age: .nanoseconds(1_900)))
            // The segments of ten rows that ended before 2000: those of traces 0 to 19.
            #expect(removed == PruningStep(traces: 19, spans: 38))
            let left = try await store.traces(limit: 100).traces
            #expect(left.count == 21)
            #expect(try await store.trace(Sample.traceID(0))?.summary.spanCount == 3)
            #expect(try await store.traces(limit: 100, matching: TraceSearch(#""name 19""#)).traces.isEmpty)
            #expect(try await store.traces(limit: 100, matching: TraceSearch(#""name 20""#)).traces.count == 1)
            // By the name of its oldest span, too, which nothing has had since.
            #expect(try await store.traces(limit: 100, matching: TraceSearch(#""name 0""#)).traces.count == 1)
            let terms = try await store.read { database in
                try database.query(
                    """
                    SELECT count(*) AS n FROM term WHERE NOT EXISTS (
                        SELECT 1 FROM trace WHERE trace.id BETWEEN term.trace AND term.trace + term.more)
                    """)[0].int("n")
            }
            #expect(terms == 0)
        }
    }

    @Test("V09 an age of centuries keeps everything")
    func longAge() async throws {
        try await withSmallSegments { store, clock async throws in
            try await store.insert([Sample.span()])
            clock.now.store(2_000_000_000_000_000_000, ordering: .relaxed)
            let removed = try await prune(store, .init(bytes: .max, age: .seconds(200_000 * 86_400)))
            #expect(removed == PruningStep())
            #expect(try await store.sizes().spans == 1)
        }
    }

    @Test("V09 what is too much goes, the oldest first, and the file doesn't grow beyond that")
    func size() async throws {
        try await withSmallSegments { store, _ async throws in
            let limit = 1 << 20
            var largest = 0
            for batch in 0..<60 {
                try await store.insert((0..<50).map { span(batch * 50 + $0) })
                _ = try await prune(store, .init(bytes: limit, age: nil))
                largest = max(largest, try await store.usedBytes())
            }
            #expect(largest <= limit)
            #expect(try await store.trace(span(59 * 50 + 49).traceID) != nil)
            let pages = try await store.read { database in
                try database.query("PRAGMA page_count")[0].int("page_count") ?? 0
            }
            #expect(pages * 4096 < 2 * limit)
        }
    }

    /// A span of a kilobyte in a trace of its own.
    private func span(_ number: Int) -> ReceivedSpan {
        var span = Sample.span(number, name: String(repeating: "x", count: 1_000))
        let half = withUnsafeBytes(of: UInt64(number + 1).bigEndian) { Array($0) }
        span.traceID = HexadecimalID.text(of: half + half)
        return span
    }

    @Test("V09 a trace that never ends loses its beginning, not the others their place")
    func endless() async throws {
        try await withSmallSegments { store, _ async throws in
            let limit = 1 << 20
            for batch in 0..<120 {
                var spans = (batch * 8..<batch * 8 + 8).map { number in
                    var span = Sample.span(
                        number, name: String(repeating: "x", count: 1_000),
                        attributes: [.init("number", .int(Int64(number)))])
                    span.links = [Sample.link(trace: 1, number, type: "message")]
                    return span
                }
                spans.append(span(batch))
                try await store.insert(spans)
                _ = try await prune(store, .init(bytes: limit, age: nil))
            }
            #expect(try await store.usedBytes() <= limit)
            let endless = try #require(try await store.trace(Sample.traceID(0)))
            #expect(endless.documents.count == endless.summary.spanCount)
            #expect(endless.documents.count > 80)
            #expect(endless.documents.last?.contains(Sample.spanID(119 * 8 + 7)) == true)
            #expect(try await store.traces(limit: 500).traces.count > 8)
            // What leads to its beginning, or from there elsewhere, goes with it.
            let left = try await store.read { database in
                try database.query(
                    """
                    SELECT (SELECT count(*) FROM span) AS spans, (SELECT count(*) FROM span_link) AS links,
                        (SELECT count(*) FROM term JOIN segment ON segment.id = term.segment
                         WHERE last_span < (SELECT min(id) FROM span)) AS terms
                    """)[0]
            }
            #expect(left.int("terms") == 0)
            let (links, spans) = (try #require(left.int("links")), try #require(left.int("spans")))
            #expect(links <= spans)
        }
    }

    @Test("V09 whoever holds an answer hears of it when a trace that lives on loses spans")
    func announcesBeginnings() async throws {
        try await withSmallSegments { store, clock async throws in
            for batch in 0..<30 {
                clock.now.store(Int64(batch) * 100, ordering: .relaxed)
                try await store.insert((0..<10).map { Sample.span(batch * 10 + $0) })
            }
            let (statistics, changes) = (CollectorStatistics(), ChangeBroadcaster())
            let pruner = Pruner(
                store, .init(bytes: .max, age: .nanoseconds(500)), statistics, changes,
                Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let version = changes.version
            await pruner.prune()
            #expect(statistics.counts.prunedSpans > 0)
            #expect(statistics.counts.prunedTraces == 0)
            #expect(changes.version != version)
        }
    }

    @Test("V09 log records, points and series go with the time in which they arrived")
    func otherSignals() async throws {
        try await withSmallSegments { store, clock async throws in
            for number in 0..<20 {
                clock.now.store(Int64(number) * 100, ordering: .relaxed)
                try await store.insert(LogBatch(SampleTelemetry.protobuf(SampleTelemetry.log(number), .logs)))
                try await store.insert(
                    MetricBatch(SampleTelemetry.protobuf(SampleTelemetry.metrics(number), .metrics)))
            }
            let removed = try await prune(store, .init(bytes: .max, age: .nanoseconds(900)))
            let sizes = try await store.sizes()
            #expect(removed.logs + sizes.logs == 20)
            #expect(removed.points + sizes.points == 100)
            #expect(sizes.logs >= 9)
            #expect(sizes.logs <= 11)
            #expect(sizes.series == 5)
            clock.now.store(1_000_000, ordering: .relaxed)
            _ = try await prune(store, .init(bytes: .max, age: .nanoseconds(900)))
            let left = try await store.read { database in
                try SpanStoreSchema.tables.map { try database.query("SELECT count(*) AS n FROM \($0)")[0].int("n") }
            }
            #expect(left == SpanStoreSchema.tables.map { _ in 0 })
            // And it goes on from there.
            try await store.insert([Sample.full])
            #expect(try await store.spans(ofTrace: Sample.full.traceID) == [Sample.full])
        }
    }

    @Test("V09 what arrives when everything of its kind is gone outlives what is older")
    func numbersOfRows() async throws {
        try await withSmallSegments { store, clock async throws in
            func insertOthers(_ number: Int) async throws {
                try await store.insert(LogBatch(SampleTelemetry.protobuf(SampleTelemetry.log(number), .logs)))
                try await store.insert(
                    MetricBatch(SampleTelemetry.protobuf(SampleTelemetry.metrics(number), .metrics)))
            }
            clock.now.store(0, ordering: .relaxed)
            try await insertOthers(1)
            for trace in 0..<3 {
                clock.now.store(Int64(trace) * 100, ordering: .relaxed)
                try await store.insert((0..<10).map { Sample.span(trace: trace, $0) })
            }
            clock.now.store(1_100, ordering: .relaxed)
            // The first of three segments goes, and with it all log records and points.
            #expect(
                try await prune(store, .init(bytes: .max, age: .nanoseconds(1_050)))
                    == PruningStep(traces: 1, spans: 10, logs: 1, points: 5))
            try await insertOthers(2)
            let removed = try await prune(store, .init(bytes: .max, age: .nanoseconds(850)))
            #expect(removed == PruningStep(traces: 2, spans: 20))
            let sizes = try await store.sizes()
            #expect(sizes.logs == 1)
            #expect(sizes.points == 5)
        }
    }

    @Test("V09 a trace isn't found by what one that is gone was found by")
    func numbersOfTraces() async throws {
        try await withSmallSegments { store, clock async throws in
            try await store.insert([Sample.span(trace: 0, name: "old")])
            clock.now.store(1_000_000, ordering: .relaxed)
            // The first step removes the trace, the next one would remove what it was found by.
            let step = try await store.prune(.init(bytes: .max, age: .nanoseconds(500)))
            #expect(step == PruningStep(traces: 1, spans: 1))
            try await store.insert([Sample.span(trace: 1, name: "new")])
            #expect(try await store.traces(limit: 10, matching: TraceSearch("name:old")).traces.isEmpty)
            let found = try await store.traces(limit: 10, matching: TraceSearch("name:new")).traces
            #expect(found.map(\.traceID) == [Sample.traceID(1)])
        }
    }

    @Test("V09 a trace that is larger than a step goes in several, and writers have turns in between")
    func largeTrace() async throws {
        try await withSmallSegments { store, clock async throws in
            try await store.insert((0..<5_000).map { Sample.span($0) })
            clock.now.store(1_000_000, ordering: .relaxed)
            try await store.insert([Sample.span(trace: 1)])
            let retention = RetentionConfiguration(bytes: .max, age: .nanoseconds(500))
            let first = try await store.prune(retention)
            #expect(first.traces == 0)
            #expect(first.spans == 2_000)
            try await store.insert([Sample.span(trace: 2)])
            let rest = try await prune(store, retention)
            #expect(rest.traces == 1)
            #expect(rest.spans == 3_000)
            #expect(try await store.traces(limit: 10).traces.count == 2)
        }
    }

    @Test("V09 the collector prunes by itself, while it receives")
    func whileReceiving() async throws {
        try await withCollector(configure: { $0.retention = RetentionConfiguration(bytes: 1 << 20, age: nil) }) {
            client, collector async throws in
            for batch in 0..<30 {
                let spans = (0..<200).map { Sample.span(trace: batch, $0, name: String(repeating: "x", count: 500)) }
                #expect(try await client.export(ProtobufPacker.pack(spans)).status == 200)
            }
            try await eventually { try await collector.store.usedBytes() <= 1 << 20 }
            #expect(collector.intake.statistics.counts.prunedSpans > 0)
            let metric = #"queuert_collector_dropped_total{what="spans",reason="retention"}"#
            #expect(try await client.get("/metrics").text.contains(metric))
        }
    }
}
