import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Traces of attempts whose time is up", .timeLimit(.minutes(20))) struct LatePhaseTests {
    /// What a handler does that doesn't heed that its time is up.
    enum Lateness: CaseIterable {
        /// It decides what becomes of the chain, in its transaction or without one.
        case atomic, batched, detached, detachedBatched
        /// It begins a phase.
        case prepare, complete
    }

    @Test(
        "what a handler does when its time is up is told neither as a phase nor as a job that follows",
        arguments: Instrumented.allCases, Lateness.allCases)
    func tellsNothing(by instrumented: Instrumented, _ lateness: Lateness) async throws {
        // However far the clock is moved, the attempt stays in the trace of its job.
        try await withTracedQueue(.init(mode: .single), by: instrumented) { queue in
            try await queue.working([Self.processor(lateness, in: queue)]) {
                _ = try await queue.client.startJobChain(First.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start first") {
                            span("process first", .consumer, ["error.type": "timeout"]).status(.error)
                        }
                    }
                }
            }
            // The handler has returned by now, too.
            #expect(queue.recorder.spans.map(\.name) == ["start first", "process first"])
            #expect(queue.recorder.openSpans.isEmpty)
        }
    }

    private static func processor(
        _ lateness: Lateness, in queue: TracedQueue<MemoryStateAdapter>
    ) -> Processor<MemoryStateAdapter> {
        let timeout = Duration.seconds(1)
        switch lateness {
        case .atomic:
            return .atomic(First.self, maximumAttempts: 1, timeout: timeout) { job, _ in
                await untilTimeIsUp(in: queue)
                return .continueWith(\.second, input: job.input)
            }
        case .batched:
            return .batched(First.self, upTo: 2, maximumAttempts: 1, timeout: timeout) { jobs, _ in
                await untilTimeIsUp(in: queue)
                return jobs.map { $0.decide(.continueWith(\.second, input: $0.input)) }
            }
        case .detached:
            return .detached(First.self, maximumAttempts: 1, timeout: timeout) { job in
                await untilEnded(in: queue)
                return .continueWith(\.second, input: job.input)
            }
        case .detachedBatched:
            return .detachedBatched(First.self, upTo: 2, maximumAttempts: 1, timeout: timeout) { jobs in
                await untilEnded(in: queue)
                return jobs.map { $0.decide(.continueWith(\.second, input: $0.input)) }
            }
        case .prepare, .complete:
            return .staged(First.self, maximumAttempts: 1, timeout: timeout) { job, attempt in
                await untilEnded(in: queue)
                if lateness == .prepare { try await attempt.prepare { _ in } }
                return try await attempt.complete { _ in .continueWith(\.second, input: job.input) }
            }
        }
    }

    private static func untilTimeIsUp(in queue: TracedQueue<MemoryStateAdapter>) async {
        while !Task.isCancelled {
            // The timer may begin later than the handler.
            queue.clock.advance(by: .seconds(2))
            await Task.yield()
        }
    }

    /// Where no transaction of the handler's is open, the attempt's end is written while it runs.
    private static func untilEnded(in queue: TracedQueue<MemoryStateAdapter>) async {
        await untilTimeIsUp(in: queue)
        while queue.recorder.spans(named: "process first").isEmpty { await Task.yield() }
    }
}
