import QueuertConformance
import Testing

@testable import Queuert

@Suite("A worker that is stopped inside a transaction", .timeLimit(.minutes(20))) struct StopInTransactionTests {
    typealias Adapter = FaultyStateAdapter<MemoryStateAdapter>

    enum Work: EntryJobType {
        static let name = "work"
        typealias Input = Int
        typealias Output = Int
    }

    @Test("gives back what an atomic handler that stops it leaves, and those attempts don't count")
    func givesBack() async throws {
        let adapter = Adapter(MemoryStateAdapter())
        let client = Client(adapter: adapter, logger: RecordedLogs().logger)
        let stopped = Locked<Worker<Adapter>?>(nil)
        let processor = Processor<Adapter>.atomic(Work.self) { job, _ in
            let begun = adapter.faults.count(of: .begin)
            if let worker = stopped.withLock({ $0 }) { Task { await worker.stop() } }
            // Jobs are to be given back while the transaction is open, for whose end that has to wait.
            try await adapter.faults.wait(for: begun + 1, of: .begin)
            return .finish(job.input)
        }
        let worker = try Worker(
            client: client, processors: [processor],
            configuration: .init(concurrency: 1, leaseDuration: .seconds(3_600), pollInterval: .seconds(3_600)))
        stopped.withLock { $0 = worker }
        let chains = try await client.startJobChains((0..<4).map { NewChain(Work.self, input: $0) })
        var request = worker.claimRequest
        request.limit = 4
        let claimed = try await adapter.withTransaction { [request] connection in
            try adapter.operations(on: connection).claimJobs(request)
        }
        async let running: Void = worker.run()
        // What it claims itself is nothing.
        try await adapter.faults.wait(for: 2, of: .claimJobs)
        let attempts = claimed.jobs.map { Attempt($0, of: worker, for: processor, isRetry: false) }
        #expect(worker.slots.add(attempts))
        await running
        var rows: [JobRow] = []
        for chain in chains { rows += try await client.jobs(ofChain: chain.id) }
        #expect(rows.map(\.attempt).sorted() == [0, 0, 0, 1])
        #expect(rows.count { $0.status(at: client.clock.now) == .ready } == 3)
        #expect(rows.count { $0.status(at: client.clock.now) == .completed } == 1)
    }
}
