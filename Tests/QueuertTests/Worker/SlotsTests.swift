import QueuertConformance
import Testing

@testable import Queuert

@Suite("Attempts in slots", .timeLimit(.minutes(2))) struct SlotsTests {
    enum Work: EntryJobType {
        static let name = "work"
        typealias Input = Int
        typealias Output = Int
    }
    enum Other: EntryJobType {
        static let name = "other"
        typealias Input = Int
        typealias Output = Int
    }

    private let journal = Journal()
    private let client = Client(adapter: MemoryStateAdapter(), logger: RecordedLogs().logger)

    /// A worker that doesn't run, and attempts that it has claimed, to be handed to its slots.
    private func claim(
        _ count: Int, _ processor: Processor<MemoryStateAdapter>
    ) async throws -> (Worker<MemoryStateAdapter>, [Attempt]) {
        let worker = try Worker(client: client, processors: [processor], configuration: .init(concurrency: 1))
        _ = try await client.startJobChains((0..<count).map { NewChain(Work.self, input: $0) })
        var request = worker.claimRequest
        request.limit = count
        let claimed = try await client.adapter.withTransaction { [client, request] connection in
            try client.adapter.operations(on: connection).claimJobs(request)
        }
        return (worker, claimed.jobs.map { Attempt($0, of: worker, for: processor, isRetry: false) })
    }

    @Test("an attempt that loses its lease while it waits for a slot is over, and doesn't run")
    func lostBeforehand() async throws {
        let journal = journal
        let (worker, attempts) = try await claim(
            3,
            .detached(Work.self) { job in
                journal.add("runs")
                return .finish(job.input)
            })
        for attempt in attempts { attempt.cancel(.leaseLost) }
        #expect(worker.slots.add(attempts))
        await worker.slots.untilIdle()
        #expect(worker.slots.claimed.isEmpty)
        #expect(worker.slots.hasFree)
        #expect(journal.count(of: "runs") == 0)
    }

    @Test("a batch is cancelled when all of its attempts are lost, also if some were before it began")
    func lostInPart() async throws {
        let journal = journal
        let (worker, attempts) = try await claim(
            3,
            .detachedBatched(Work.self, upTo: 10) { jobs in
                journal.add("runs \(jobs.count)")
                do { try await journal.wait(of: "never") } catch { journal.add("cancelled") }
                return jobs.map { $0.decide(.finish($0.input)) }
            })
        attempts[0].cancel(.leaseLost)
        #expect(worker.slots.add(attempts))
        try await journal.wait(of: "runs 2")
        attempts[1].cancel(.leaseLost)
        #expect(journal.count(of: "cancelled") == 0)
        attempts[2].cancel(.leaseLost)
        try await journal.wait(of: "cancelled")
    }

    @Test("a batch takes its jobs from among others, which keep their order")
    func amongOthers() async throws {
        let journal = journal
        let batches = Processor<MemoryStateAdapter>.detachedBatched(Work.self, upTo: 2) { jobs in
            journal.add("runs " + jobs.map { "\($0.input)" }.joined(separator: " "))
            return jobs.map { $0.decide(.finish($0.input)) }
        }
        let others = Processor<MemoryStateAdapter>.detached(Other.self) { job in
            journal.add("runs \(job.input)")
            return .finish(job.input)
        }
        let worker = try Worker(client: client, processors: [batches, others], configuration: .init(concurrency: 1))
        for number in 0..<6 {
            if number.isMultiple(of: 2) {
                try await client.startJobChain(Work.self, input: number)
            } else {
                try await client.startJobChain(Other.self, input: number)
            }
        }
        var request = worker.claimRequest
        request.limit = 10
        let claimed = try await client.adapter.withTransaction { [client, request] connection in
            try client.adapter.operations(on: connection).claimJobs(request)
        }
        let jobs = claimed.jobs.sorted { $0.row.input < $1.row.input }
        let attempts = jobs.map { job in
            Attempt(job, of: worker, for: job.row.typeName == "work" ? batches : others, isRetry: false)
        }
        #expect(worker.slots.add(attempts))
        try await journal.wait(of: "runs 5")
        #expect(journal.events == ["runs 0 2", "runs 1", "runs 3", "runs 4", "runs 5"])
    }

    @Test("a hint is taken after a claim that had room for fewer jobs than were promised, and found no more")
    func promisesBeyondRoom() async throws {
        let journal = journal
        let (worker, attempts) = try await claim(
            3,
            .detached(Work.self) { job in
                journal.add("runs")
                try await journal.wait(of: "never")
                return .finish(job.input)
            })
        let slots = Slots(4, batchSizes: [:], hasRoom: worker.signal)
        func takesHint() -> Bool {
            slots.accept { places in
                var places = places
                return places.take(1, of: "work") > 0 ? ["work": 1] : [:]
            }
        }
        #expect(slots.room() >= 4)
        // Two hints while a claim is under way, which finds three jobs.
        #expect(takesHint() && takesHint())
        #expect(slots.add(attempts))
        try await journal.wait(for: 3, of: "runs")
        #expect(slots.room() == 1)
        #expect(slots.add([]))
        // The fourth job has a slot.
        #expect(takesHint())
        for attempt in attempts { attempt.cancel(.leaseLost) }
    }

    @Test("a large batch is one handler that has ended, so that nothing is claimed ahead of slow ones")
    func slowBatches() async throws {
        let journal = journal
        let (worker, attempts) = try await claim(
            1_000,
            .detachedBatched(Work.self, upTo: 1_000) { jobs in
                try await journal.wait(of: "go")
                return jobs.map { $0.decide(.finish($0.input)) }
            })
        let now = Locked(ContinuousClock.now)
        let slots = Slots(1, batchSizes: worker.claimRequest.batchSizes, hasRoom: worker.signal) {
            now.withLock { $0 }
        }
        #expect(slots.room() == 1)
        #expect(slots.add(attempts))
        now.withLock { $0 += .milliseconds(500) }
        journal.add("go")
        while !slots.hasFree { await Task.yield() }
        #expect(slots.room() == 1)
        #expect(slots.add([]))
        #expect(slots.room() == 1)
    }
}
