import Foundation
import Queuert
import QueuertConformance
import QueuertPostgres
import Synchronization
import Testing

/// A job that nothing comes of.
private enum Tick: EntryJobType {
    static let name = "tick"
    typealias Input = Int
    typealias Output = Int
}

/// Processes with idle workers, which look for jobs only when they are woken, and one that starts chains.
@Suite("How many workers of several processes a job wakes", .timeLimit(.minutes(20))) struct WakeBudgetTests {
    private typealias Adapter = FaultyStateAdapter<MemoryStateAdapter>

    @Test("a job wakes two of 500 idle workers in five processes")
    func idle() async throws {
        try await withProcesses(5, workers: 100, slots: 10) { job in
            .finish(job.input)
        } _: { client, adapter in
            for number in 0..<20 { _ = try await client.awaitJobChain(client.startJobChain(Tick.self, input: number)) }
            let claims = adapter.faults.count(of: .claimJobs) - 500
            #expect(20...40 ~= claims, "\(claims) claims for 20 jobs")
        }
    }

    @Test("a job finds the one process that has a slot free among many that are busy")
    func busy() async throws {
        let running = RunningCount()
        try await withProcesses(8, workers: 1) { job in
            running.enter()
            while running.maximum < 8 { await Task.yield() }
            return .finish(job.input)
        } _: { client, _ in
            var chains: [Chain<Tick>] = []
            for number in 0..<8 { chains.append(try await client.startJobChain(Tick.self, input: number)) }
            for chain in chains { _ = try await client.awaitJobChain(chain) }
        }
    }

    @Test("jobs that are started together wake workers of all processes")
    func together() async throws {
        let running = RunningCount()
        try await withProcesses(4, workers: 10) { job in
            running.enter()
            while running.maximum < 40 { await Task.yield() }
            return .finish(job.input)
        } _: { client, _ in
            let chains = try await client.startJobChains((0..<40).map { NewChain(Tick.self, input: $0) })
            for chain in chains { _ = try await client.awaitJobChain(chain) }
        }
    }

    @Test("a worker whose results wait to be written leaves hints to others, and is not woken for nothing")
    func resultsWait() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 6)) { pool in
            let notify = CountingNotify()
            try await withQueue(pool, notify: notify) { client, table in
                let (begun, begin) = AsyncStream.makeStream(of: JobID.self)
                let (locked, lock) = AsyncStream.makeStream(of: Void.self)
                let worker = try Worker(
                    client: client,
                    processors: [
                        .detached(Tick.self) { job in
                            begin.yield(job.id)
                            var iterator = locked.makeAsyncIterator()
                            await iterator.next()
                            return .finish(job.input)
                        }
                    ], configuration: .init(concurrency: 1, pollInterval: .seconds(3_600)))
                async let running: Void = worker.run()
                let chains = try await client.startJobChains((0..<3).map { NewChain(Tick.self, input: $0) })
                try await TestDatabase.withFurtherPool { other in
                    try await other.write { db in
                        var iterator = begun.makeAsyncIterator()
                        for _ in 0..<2 {
                            // Claims pass by a row that is locked, and the end of its job waits.
                            let id = await iterator.next()?.rawValue
                            _ = try db.query("SELECT 1 FROM \(table.schema).queuert_job WHERE id = $1 FOR UPDATE", [id])
                            lock.yield()
                        }
                        for _ in 0..<100 {
                            client.notify.send(WakeHint(dueJobs: ["tick": 1]))
                            await Task.yield()
                        }
                    }
                }
                lock.yield()
                for chain in chains { _ = try await client.awaitJobChain(chain, pollInterval: .milliseconds(50)) }
                await worker.stop()
                await running
                #expect(notify.count < 150)
            }
        }
    }

    @Test("all processes draw the same lot, so that of a hundred two look for a job, and eight if it is passed on")
    func lot() {
        let listeners = Set((0..<100).map { Int32(1_000 + 7 * $0) })
        for number in UInt64(0)..<50 {
            for (round, lookers) in [(0, 2), (1, 8), (2, 32), (3, 99)] {
                let draws = listeners.subtracting([1_007]).map {
                    ListenerLot(listeners: listeners, own: $0).draw(number, from: 1_007, jobs: 1, round: round)
                }
                #expect(draws.count(where: \.looks) == lookers)
                #expect(draws.count(where: \.passesOn) == (lookers < 99 ? 1 : 0))
                #expect(draws.allSatisfy { $0.looks || !$0.passesOn })
            }
        }
        let alone = ListenerLot(listeners: [], own: 1).draw(1, from: 2, jobs: .max, round: 100)
        #expect(alone.looks && !alone.passesOn && alone.lookers == 1)
    }

    @Test("the lot falls on all processes alike")
    func fairness() {
        let listeners: Set<Int32> = [10, 11, 12, 13, 14]
        var counts: [Int32: Int] = [:]
        for number in UInt64(0)..<1_000 {
            for own in listeners
            where ListenerLot(listeners: listeners, own: own).draw(number, from: 1, jobs: 1, round: 0).looks {
                counts[own, default: 0] += 1
            }
        }
        #expect(counts.count == 5)
        #expect(counts.values.allSatisfy { 300...500 ~= $0 })
    }

    private func withProcesses(
        _ count: Int, workers: Int, slots: Int = 1,
        _ handle: @escaping @Sendable (Job<Tick>) async throws -> Decision<Tick>,
        _ body: @Sendable (Client<Adapter>, Adapter) async throws -> Void
    ) async throws {
        let adapter = Adapter(MemoryStateAdapter())
        let channel = "test_\(UUID().uuidString.replacingOccurrences(of: "-", with: ""))"
        let address = try TestDatabase.address()
        func makeNotify() -> PostgresNotify {
            PostgresNotify(address, channel: channel, logger: TestDatabase.quietLogger)
        }
        let notifies = (0..<count).map { _ in makeNotify() }
        let sender = makeNotify()
        let all = try notifies.flatMap { notify in
            try (0..<workers).map { _ in
                try Worker(
                    client: Client(adapter: adapter, notify: notify, logger: TestDatabase.quietLogger),
                    processors: [.detached(Tick.self, handler: handle)],
                    configuration: .init(concurrency: slots, pollInterval: .seconds(3_600)))
            }
        }
        let client = Client(adapter: adapter, notify: sender, logger: TestDatabase.quietLogger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in all { group.addTask { await worker.run() } }
            // Each looks once when it begins, and then gets to know all others.
            try await adapter.faults.wait(for: all.count, of: .claimJobs)
            while !notifies.allSatisfy({ $0.listenerCount == count }) { await Task.yield() }
            // A body that throws cancels the group, which stops the workers.
            try await body(client, adapter)
            for worker in all { await worker.stop() }
            try await group.waitForAll()
        }
        for notify in notifies + [sender] { await notify.close() }
    }
}

/// Counts the hints that are sent.
private final class CountingNotify: NotifyAdapter {
    private let base = InProcessNotify()
    private let sent = Mutex(0)

    var count: Int { sent.withLock { $0 } }

    func send(_ hint: WakeHint) {
        sent.withLock { $0 += 1 }
        base.send(hint)
    }

    func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        try await base.withListener(listener, body)
    }
}
