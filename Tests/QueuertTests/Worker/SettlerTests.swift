import QueuertConformance
import Testing

@testable import Queuert

/// Notes how the phases of attempts end, and does with the rest what the harness does.
private final class Phases: ObservabilityAdapter {
    private let base = JournalObservability(journal: Journal())
    private let ended = Locked<[String]>([])

    var ends: [String] { ended.withLock { $0 } }

    func batchStarting(_ batch: BatchStarting) -> any BatchTrace { base.batchStarting(batch) }
    func jobCreating(_ job: JobCreating) -> any JobTrace { base.jobCreating(job) }
    func attempt(_ job: ClaimedJob) -> any AttemptTrace { NotedAttempt(phases: self) }
    func completionWithoutWorker(of job: ClaimedJob) -> any CompletionTrace { base.completionWithoutWorker(of: job) }
    func blockerResolved(_ wait: BlockerResolution) {}
    func chainEnded(_ chain: ChainEnding) {}

    private struct NotedAttempt: AttemptTrace {
        let phases: Phases
        var context: String? { nil }
        func started(in batch: [any AttemptTrace]) {}
        func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R { try await body() }
        func phaseStarting(_ phase: AttemptPhase) -> any PhaseTrace { NotedPhase(phases: phases) }
        func ended(_ end: AttemptEnd) {}
    }

    private struct NotedPhase: PhaseTrace {
        let phases: Phases
        func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R { try await body() }
        func ended(_ error: (any Error)?) {
            let word = error.map { "\(type(of: $0))" } ?? "no error"
            phases.ended.withLock { $0.append(word) }
        }
    }
}

@Suite("Results of detached jobs", .timeLimit(.minutes(20))) struct SettlerTests {
    enum Work: EntryJobType {
        static let name = "work"
        typealias Input = Int
        typealias Output = Int
    }

    @Test("where many wait, they are written while those of the transaction before are still told of")
    func twoAtOnce() async throws {
        let adapter = FaultyStateAdapter(MemoryStateAdapter())
        let clock = ManualClock()
        let client = Client(adapter: adapter, clock: clock)
        let journal = Journal()
        let worker = try Worker(
            client: client,
            processors: [
                .detached(Work.self) { job in
                    journal.add("runs")
                    try await journal.wait(of: "end \(job.input)")
                    return .finish(job.input)
                }
            ], configuration: .init(concurrency: 200))
        let chains = try await client.startJobChains((0..<120).map { NewChain(Work.self, input: $0) })
        async let running: Void = worker.run()
        try await journal.wait(for: 120, of: "runs")
        let hold = adapter.faults.hold(.settle)
        journal.add("end 0")
        try await hold.reached()
        let begun = adapter.faults.count(of: .begin)
        for number in 1..<120 { journal.add("end \(number)") }
        // Nothing else begins one: there are slots, but no more jobs, and the time stands still.
        try await adapter.faults.wait(for: begun + 1, of: .begin)
        hold.release()
        for chain in chains { _ = try await client.awaitJobChain(chain) }
        await worker.stop()
        await running
    }

    @Test("one that waits when its worker stops is no error of its phase: the job is given back")
    func waitsAtStop() async throws {
        let phases = Phases()
        let client = Client(adapter: MemoryStateAdapter(), observability: phases, logger: RecordedLogs().logger)
        let processor = Processor<MemoryStateAdapter>.detached(Work.self) { .finish($0.input) }
        let worker = try Worker(client: client, processors: [processor])
        try await client.startJobChain(Work.self, input: 1)
        var request = worker.claimRequest
        request.limit = 1
        let claimed = try await client.adapter.withTransaction { [client, request] connection in
            try client.adapter.operations(on: connection).claimJobs(request)
        }
        let attempt = Attempt(try #require(claimed.jobs.first), of: worker, for: processor, isRetry: false)
        attempt.startPhase(.complete)
        let settling = attempt.settling(.completed(output: "1"), .completed)
        worker.settler.settle(SettlerItem(attempt: attempt, settling: settling))
        // As when the task is cancelled that runs the worker, before any attempt is.
        let running = Task {
            while !Task.isCancelled { await Task.yield() }
            await worker.settler.run()
        }
        running.cancel()
        await running.value
        #expect(phases.ends == ["no error"])
    }
}
