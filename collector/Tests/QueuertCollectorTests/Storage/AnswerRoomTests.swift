import Foundation
import Testing

@testable import QueuertCollector

@Suite("Answers that are large") struct AnswerRoomTests {
    private let name = String(repeating: "x", count: 1_000)

    /// A store whose answers have room for some spans of a kilobyte.
    private func withSmallAnswers(_ body: (SpanStore) async throws -> Void) async throws {
        try await withTemporaryFolder { folder async throws in
            let store = try await SpanStore(
                path: folder.path + "/traces.sqlite", segmentLimits: SegmentLimits(), answerBytes: 10_000
            ) { 1_000 }
            let result: Result<Void, any Error>
            do { result = .success(try await body(store)) } catch { result = .failure(error) }
            await store.close()
            try result.get()
        }
    }

    @Test("an answer ends with the span that is too much, and says that there are more")
    func spans() async throws {
        try await withSmallAnswers { store async throws in
            let chain = [ReceivedAttribute("queuert.chain.id", .string("c"))]
            try await store.insert(
                (0..<20).map { Sample.span($0, name: name, start: UInt64($0 + 1), attributes: chain) })
            let trace = try #require(try await store.trace(Sample.traceID(0)))
            #expect(trace.isTruncated)
            #expect((2..<10).contains(trace.documents.count))
            #expect(trace.summary.spanCount == 20)
            let linked = try #require(try await store.linkedTraces(Sample.traceID(0)))
            #expect(linked.isTruncated)
            #expect(linked.traces.map(\.documents) == [trace.documents])
            let stored = try #require(try await store.chain("c"))
            #expect(stored.isTruncated)
            #expect(stored.documents == trace.documents)
            #expect(stored.traceIDs == [Sample.traceID(0)])
            let latest = try await store.latestDocuments(limit: 20)
            #expect(latest.isTruncated)
            #expect(latest.documents.count == trace.documents.count)
        }
    }

    @Test("an answer that has room for all of it doesn't say so")
    func small() async throws {
        try await withSmallAnswers { store async throws in
            try await store.insert((0..<3).map { Sample.span($0, name: name) })
            let trace = try #require(try await store.trace(Sample.traceID(0)))
            #expect(trace.documents.count == 3)
            #expect(!trace.isTruncated)
            #expect(try await store.linkedTraces(Sample.traceID(0))?.isTruncated == false)
            let latest = try await store.latestDocuments(limit: 3)
            #expect(latest.documents.count == 3)
            #expect(!latest.isTruncated)
        }
    }

    @Test("log records that are too much for a page are on the next")
    func logs() async throws {
        try await withSmallAnswers { store async throws in
            for number in 0..<20 {
                let log = SampleTelemetry.log(number, text: name)
                try await store.insert(LogBatch(SampleTelemetry.protobuf(log, .logs)))
            }
            var (records, pages) = (0, 0)
            var filter = LogFilter(limit: 100)
            repeat {
                let page = try await store.logs(filter)
                try #require(!page.documents.isEmpty)
                records += page.documents.count
                pages += 1
                filter.before = page.next
            } while filter.before != nil
            #expect(records == 20)
            #expect(pages > 1)
        }
    }

    @Test("points that are too much for an answer are left out, and it says so")
    func points() async throws {
        try await withSmallAnswers { store async throws in
            for number in 0..<200 {
                let metrics = SampleTelemetry.metrics(number)
                try await store.insert(MetricBatch(SampleTelemetry.protobuf(metrics, .metrics)))
            }
            let metric = try #require(
                try await store.metrics(named: "messaging.process.duration", service: nil, from: 0, to: .max).first)
            #expect(metric.isTruncated)
            let count = try #require(metric.series.first?.points.count)
            #expect((2..<200).contains(count))
        }
    }
}
