import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Traces of what recurs", .timeLimit(.minutes(20))) struct RecurringTraceTests {
    @Test(
        "an occurrence's chain is below the attempt that started it, and the next occurrence beside it",
        arguments: Instrumented.allCases)
    func tree(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let runs = AsyncStream.makeStream(of: Void.self)
            try await recur(2, in: queue, runs) {
                try await queue.recorder.expect {
                    trace {
                        span("schedule queuert.recurrence", .producer) {
                            Self.occurrence
                            span("continue queuert.recurrence", .producer) {
                                Self.occurrence
                                span("chain queuert.recurrence")
                            }.unordered()
                            span("continue queuert.recurrence", .producer)
                            span("chain queuert.recurrence")
                        }.unordered()
                    }
                }
            }
        }
    }

    private static var occurrence: SpanExpectation {
        span("process queuert.recurrence", .consumer) {
            span("start single", .producer) {
                span("process single", .consumer) { span("complete single") }
                span("chain single")
            }.unordered()
            span("complete queuert.recurrence")
        }.unordered()
    }

    @Test("no trace goes on for longer than a segment, though each occurrence starts the next")
    func bounded() async throws {
        try await withTracedQueue { queue in
            let runs = AsyncStream.makeStream(of: Void.self)
            try await recur(60, in: queue, runs) {}
            let traces = Dictionary(grouping: queue.recorder.spans(named: "process queuert.recurrence")) {
                $0.context.traceID
            }
            // An hour is four segments of 15 minutes and a bit each.
            #expect((3...4).contains(traces.count), "\(traces.mapValues(\.count))")
            #expect(traces.values.allSatisfy { $0.count <= 17 }, "\(traces.mapValues(\.count))")
        }
    }

    @Test("no trace holds more occurrences than a segment may hold jobs", arguments: Instrumented.allCases)
    func counted(by instrumented: Instrumented) async throws {
        let mode = TraceMode.bounded(window: .seconds(86_400), jobs: 5)
        try await withTracedQueue(.init(mode: mode), by: instrumented) { queue in
            let runs = AsyncStream.makeStream(of: Void.self)
            try await recur(20, in: queue, runs) {}
            let traces = Dictionary(grouping: queue.recorder.spans(named: "process queuert.recurrence")) {
                $0.context.traceID
            }
            #expect(traces.values.map(\.count) == [5, 5, 5, 5])
        }
    }

    @Test("what recurs may have a mode of its own: linked, each occurrence and each chain has a trace of its own")
    func linked() async throws {
        try await withTracedQueue(.init(mode: .single)) { queue in
            let runs = AsyncStream.makeStream(of: Void.self)
            try await recur(5, trace: .linked, in: queue, runs) {}
            let attempts = ["queuert.recurrence", "single"].flatMap { queue.recorder.spans(named: "process \($0)") }
            #expect(attempts.count == 10)
            #expect(Set(attempts.map(\.context.traceID)).count == 10)
            #expect(attempts.allSatisfy { $0.parent == nil && $0[attribute: "queuert.trace.mode"] == "linked" })
        }
    }

    @Test(
        "what recurs may have a mode of its own: single, all occurrences and their chains have one trace",
        arguments: Instrumented.allCases)
    func single(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(mode: .linked), by: instrumented) { queue in
            let runs = AsyncStream.makeStream(of: Void.self)
            // For longer than the window of a segment, and more often than a segment holds jobs.
            try await recur(110, trace: .single, in: queue, runs) {}
            let attempts = ["queuert.recurrence", "single"].flatMap { queue.recorder.spans(named: "process \($0)") }
            #expect(attempts.count == 220)
            #expect(Set(attempts.map(\.context.traceID)).count == 1)
        }
    }

    /// Lets `single` recur so often, each minute.
    private func recur(
        _ count: Int, trace: TraceMode? = nil, in queue: TracedQueue<MemoryStateAdapter>,
        _ runs: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation),
        then body: () async throws -> Void
    ) async throws {
        let single = Processor<MemoryStateAdapter>.detached(Single.self) { job in
            runs.continuation.yield()
            return .finish(job.input)
        }
        try await queue.working([.recurrences(of: queue.client), single]) {
            try await queue.client.startRecurring(
                "single", Single.self, input: 1, .every(.seconds(60)), overlappingRuns: .allow, trace: trace)
            var iterator = runs.stream.makeAsyncIterator()
            for _ in 0..<count {
                queue.pass(.seconds(60), waking: "queuert.recurrence")
                _ = await iterator.next()
            }
            try await body()
        }
    }
}
