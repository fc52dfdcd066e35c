import QueuertOTel
import Testing

@testable import QueuertTraceTesting

@Suite("Waiting for traces", .removedFailures, .timeLimit(.minutes(20)))
struct WaitingTests {
    /// Returns once somebody waits for a change of the recorder.
    ///
    /// Each change wakes who waits, so the number of those who do is all there is to see; how often is up to the scheduler.
    static func someoneWaits(for recorder: TraceRecorder) async {
        while recorder.waiterCount == 0 { await Task.yield() }
    }

    @Test("A4 an expectation that holds doesn't wait")
    func holdsAtOnce() async throws {
        let recorder = TraceRecorder(deadlineClock: ManualClock())
        recorder.spanEnded(recorded(1, "a"))
        try await recorder.expect { trace { span("a") } }
    }

    @Test("A4 a span that ends later, in another task, ends the wait")
    func waits() async throws {
        let recorder = TraceRecorder(deadlineClock: ManualClock())
        async let match = recorder.expect { trace { span("a") { span("b") }.named("a") } }
        await Self.someoneWaits(for: recorder)
        recorder.spanEnded(recorded(2, "b", below: 1))
        await Self.someoneWaits(for: recorder)
        recorder.spanEnded(recorded(1, "a"))
        #expect(try await match["a"]?.name == "a")
    }

    @Test("A4 several expectations wait side by side")
    func several() async throws {
        let recorder = TraceRecorder(deadlineClock: ManualClock())
        try await withThrowingTaskGroup { group in
            for name in ["a", "b", "c"] {
                group.addTask {
                    try await recorder.expect {
                        trace { span(name) }
                        otherTracesAllowed()
                    }
                }
            }
            for (id, name) in [(1, "a"), (2, "b"), (3, "c")] as [(UInt64, String)] {
                await Self.someoneWaits(for: recorder)
                recorder.spanEnded(recorded(id, name, trace: id))
            }
            try await group.waitForAll()
        }
    }

    @Test("A4 when the time is up, the failure shows what is there then, and which spans are open")
    func timesOut() async throws {
        let clock = ManualClock()
        let recorder = TraceRecorder(deadlineClock: clock)
        recorder.spanStarted(context(7), name: "process order")
        async let result = recorder.expect(within: .seconds(3), file: "OrderTests/OrderTests.swift", line: 42) {
            trace { span("start order") { span("process order", .consumer) } }
        }
        await clock.someoneSleeps()
        recorder.spanEnded(recorded(1, "start order"))
        clock.advance(by: .seconds(3))
        do {
            _ = try await result
            Issue.record("The expectation can't hold.")
        } catch let mismatch as TraceMismatch {
            #expect(mismatch.code == .differs)
            #expect(
                mismatch.description.hasPrefix(
                    """
                    The traces are not as expected (OrderTests/OrderTests.swift:42; after 3.0 seconds: \
                    1 span ended, 1 open).

                    First difference in trace t1 › start order:
                      process order [consumer] is missing
                      process order is still open (o1): it has begun and not ended

                    All differences (- expected, + recorded):
                      trace t1
                        s1 start order [internal]
                    -     process order [consumer]

                    Open spans, which have begun and not ended:
                      o1 process order in trace t1
                    """), "\(mismatch)")
        }
    }

    @Test("A4 what ended while the time ran out still counts")
    func evaluatesOnceMore() async throws {
        let clock = ManualClock()
        let recorder = TraceRecorder(deadlineClock: clock)
        clock.advance(by: .seconds(1))
        recorder.spanEnded(recorded(1, "a"))
        try await recorder.expect(within: .zero) { trace { span("a") } }
    }

    @Test("A4 nothing recorded at all gives a hint")
    func nothingRecorded() async throws {
        let recorder = TraceRecorder(deadlineClock: ManualClock())
        let mismatch = try await #require(throws: TraceMismatch.self) {
            try await recorder.expect(within: .zero) { trace { span("a") } }
        }
        #expect(mismatch.hint.hasPrefix("Nothing was recorded at all"))
    }

    @Test("A4 no open spans: the wait goes on until they have ended, and the failure names them")
    func openSpans() async throws {
        let recorder = TraceRecorder(deadlineClock: ManualClock())
        recorder.spanEnded(recorded(1, "a"))
        recorder.spanStarted(context(2, trace: 2), name: "b")
        let mismatch = try await #require(throws: TraceMismatch.self) {
            try await recorder.expect(within: .zero) {
                trace { span("a") }
                noOpenSpans()
            }
        }
        #expect(mismatch.code == .spansOpen)
        #expect(mismatch.description.contains("  o1 b in trace "))
        try await recorder.expect { trace { span("a") } }

        async let match = recorder.expect {
            trace { span("a") }
            trace { span("b") }
            noOpenSpans()
        }
        await Self.someoneWaits(for: recorder)
        recorder.spanEnded(recorded(2, "b", trace: 2))
        _ = try await match
    }

    @Test("A4 a cancelled task stops waiting")
    func cancelled() async throws {
        let recorder = TraceRecorder(deadlineClock: ManualClock())
        await withThrowingTaskGroup(of: TraceMatch.self) { group in
            group.addTask { try await recorder.expect { trace { span("a") } } }
            await Self.someoneWaits(for: recorder)
            group.cancelAll()
            let result = await group.nextResult()
            #expect(throws: CancellationError.self) { try result?.get() }
        }
        #expect(recorder.waiterCount == 0)
    }

    @Test("A4 forgetting all spans is a change, too")
    func removeAll() async throws {
        let recorder = TraceRecorder(deadlineClock: ManualClock())
        recorder.spanEnded(recorded(1, "a"))
        recorder.spanStarted(context(2), name: "b")
        async let match = recorder.expect {}
        await Self.someoneWaits(for: recorder)
        recorder.removeAll()
        _ = try await match
        #expect(recorder.spans.isEmpty && recorder.openSpans.isEmpty)
    }

    @Test("A4 thousands of spans from many tasks are all seen")
    func manyTasks() async throws {
        let recorder = TraceRecorder()
        await withTaskGroup { group in
            for task in 1...8 as ClosedRange<UInt64> {
                group.addTask {
                    for number in 1...250 as ClosedRange<UInt64> {
                        let id = task * 1000 + number
                        recorder.spanStarted(context(id, trace: task), name: "work")
                        recorder.spanEnded(recorded(id, "work", trace: task))
                    }
                }
            }
        }
        #expect(recorder.spans.count == 2000)
        #expect(recorder.spans(named: "work").count == 2000)
        #expect(recorder.openSpans.isEmpty)
        #expect(Set(recorder.spans.map(\.context)).count == 2000)
    }
}
