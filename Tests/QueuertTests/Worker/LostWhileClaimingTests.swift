import QueuertConformance
import Testing

@testable import Queuert

@Suite("A lease that is lost while its job is being claimed", .timeLimit(.minutes(2))) struct LostWhileClaimingTests {
    enum Work: EntryJobType {
        static let name = "work"
        typealias Input = Int
        typealias Output = Int
    }

    /// Sends a hint about the first job that is claimed, before its worker has it.
    private final class Hinting: ObservabilityAdapter {
        private let base = JournalObservability(journal: Journal())
        private let notify: InProcessNotify
        private let hint: @Sendable (JobID) -> WakeHint
        private let isFirst = Locked(true)

        init(_ notify: InProcessNotify, _ hint: @escaping @Sendable (JobID) -> WakeHint) {
            self.notify = notify
            self.hint = hint
        }

        func batchStarting(_ batch: BatchStarting) -> any BatchTrace { base.batchStarting(batch) }
        func jobCreating(_ job: JobCreating) -> any JobTrace { base.jobCreating(job) }
        func attempt(_ job: ClaimedJob) -> any AttemptTrace {
            let isFirst = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            if isFirst { notify.send(hint(job.row.id)) }
            return base.attempt(job)
        }
        func completionWithoutWorker(of job: ClaimedJob) -> any CompletionTrace {
            base.completionWithoutWorker(of: job)
        }
        func blockerResolved(_ wait: BlockerResolution) {}
        func chainEnded(_ chain: ChainEnding) {}
    }

    @Test(
        "is looked at as soon as the worker has the job, and so is each that a lost hint may be about",
        arguments: [false, true])
    func looked(isGap: Bool) async throws {
        let adapter = FaultyStateAdapter(MemoryStateAdapter())
        let journal = Journal()
        let notify = InProcessNotify()
        let hinting = Hinting(notify) { isGap ? WakeHint(isGap: true) : WakeHint(lostLeases: [$0]) }
        let client = Client(
            adapter: adapter, notify: notify, observability: hinting, clock: ManualClock(),
            logger: RecordedLogs().logger)
        let processor = Processor<FaultyStateAdapter<MemoryStateAdapter>>.detached(Work.self) { job in
            try await journal.wait(of: "go")
            return .finish(job.input)
        }
        let worker = try Worker(client: client, processors: [processor])
        async let running: Void = worker.run()
        let chain = try await client.startJobChain(Work.self, input: 1)
        // The time stands still: no lease is to be prolonged.
        try await adapter.faults.wait(for: 1, of: .renewLeases)
        journal.add("go")
        let output = try await client.awaitJobChain(chain).output
        #expect(output == 1)
        await worker.stop()
        await running
    }

    @Test("is remembered among those of others; where there are too many, all that were claimed are looked at")
    func remembered() {
        let ids = (0..<2_000).map { JobID(rawValue: "\($0)") }
        let claimed = ids[..<2]
        var lost = LostWhileClaiming()
        lost.add(WakeHint(lostLeases: [ids[0]]))
        lost.claimBegins()
        let before = lost.claimEnds(with: claimed)
        #expect(before == [])
        lost.claimBegins()
        lost.add(WakeHint(lostLeases: [ids[1], ids[9]]))
        let few = lost.claimEnds(with: claimed)
        #expect(few == [ids[1]])
        lost.add(WakeHint(isGap: true))
        lost.claimBegins()
        for id in ids[2...] { lost.add(WakeHint(lostLeases: [id])) }
        let many = lost.claimEnds(with: claimed)
        #expect(many == [ids[0], ids[1]])
    }
}
