import Queuert
import QueuertOTel

/// What a job's spans cost by themselves, with neither a queue nor a database beside: what a detached job told is told again.
let otelJobBenchmarks = [
    Benchmark("otel.job") {
        let told = try await JobRecorder.recordJob()
        let instrumentation = QueueInstrumentation(tracer: SpanTracer(processor: Discarding()))
        let count = 50_000
        var rounds: [Rate] = []
        for _ in 0..<5 {
            rounds.append(
                await rate(of: count, rounds: 1) { for _ in 0..<count { await told.tell(instrumentation) } })
        }
        let nanoseconds = rounds.map { 1_000_000_000 / $0.perSecond }.sorted()[rounds.count / 2]
        return Measurement(value: nanoseconds, unit: "ns, the four spans of a detached job")
    }
]

/// What a detached job tells from its claim to its chain's end.
struct ToldJob {
    let claimed: ClaimedJob
    let end: AttemptEnd
    let chain: ChainEnding

    func tell(_ observability: some ObservabilityAdapter) async {
        let attempt = observability.attempt(claimed)
        attempt.started(in: [attempt])
        await attempt.withCurrent {}
        _ = attempt.phaseStarting(.complete)
        attempt.ended(end)
        var chain = chain
        chain.completedBy = attempt
        observability.chainEnded(chain)
    }
}

/// Listens to what a job tells, on the way to the instrumentation.
final class JobRecorder: ObservabilityAdapter {
    private let instrumentation = QueueInstrumentation(tracer: SpanTracer(processor: Discarding()))
    private let claimed = Locked<ClaimedJob?>(nil)
    private let end = Locked<AttemptEnd?>(nil)
    private let chain = Locked<ChainEnding?>(nil)

    /// Runs a job that has waited for two seconds, which is long enough for a span of its own.
    static func recordJob() async throws -> ToldJob {
        let recorder = JobRecorder()
        let client = Client(adapter: MemoryStateAdapter(), observability: recorder, logger: quietLogger())
        try await startMany(1, client)
        _ = try await processingRate(of: 1, concurrency: 1, client: client) { handled in
            .detached(Nothing.self) { _ in
                handled()
                return .finish(1)
            }
        }
        guard var claimed = recorder.claimed.withLock({ $0 }), let end = recorder.end.withLock({ $0 }),
            let chain = recorder.chain.withLock({ $0 })
        else { throw Unavailable(reason: "the job told nothing") }
        claimed.row.lastAttemptAt = claimed.row.createdAt + .seconds(2)
        return ToldJob(claimed: claimed, end: end, chain: chain)
    }

    func batchStarting(_ batch: BatchStarting) -> any BatchTrace { instrumentation.batchStarting(batch) }
    func jobCreating(_ job: JobCreating) -> any JobTrace { instrumentation.jobCreating(job) }
    func completionWithoutWorker(of job: ClaimedJob) -> any CompletionTrace {
        instrumentation.completionWithoutWorker(of: job)
    }
    func blockerResolved(_ wait: BlockerResolution) { instrumentation.blockerResolved(wait) }

    func attempt(_ job: ClaimedJob) -> any AttemptTrace {
        claimed.withLock { $0 = job }
        return RecordedAttempt(attempt: instrumentation.attempt(job)) { end in self.end.withLock { $0 = end } }
    }

    func chainEnded(_ chain: ChainEnding) {
        self.chain.withLock { $0 = chain }
    }
}

private struct RecordedAttempt: AttemptTrace {
    let attempt: any AttemptTrace
    let hasEnded: @Sendable (AttemptEnd) -> Void

    var context: String? { attempt.context }
    var finalContext: String? { attempt.finalContext }
    func started(in batch: [any AttemptTrace]) {}
    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R { try await body() }
    func phaseStarting(_ phase: AttemptPhase) -> any PhaseTrace { attempt.phaseStarting(phase) }
    func ended(_ end: AttemptEnd) { hasEnded(end) }
}
