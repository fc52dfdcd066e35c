import Foundation
import Logging
import QueuertConformance
import Testing

@testable import Queuert

@Suite("The watchdog", .timeLimit(.minutes(20))) struct WatchdogTests {
    enum Stubborn: EntryJobType {
        static let name = "stubborn"
        typealias Input = String
        typealias Output = String
    }

    @Test("a handler that ignores its cancellation is told of once, and so is its return")
    func ignoredCancellation() async throws {
        let logs = RecordedLogs()
        let clock = ManualClock()
        let client = Client(adapter: MemoryStateAdapter(clock: clock), clock: clock, logger: logs.logger)
        let go = Latch()
        let runs = Latch()
        // The job is not tried again: the time runs so fast that a second attempt's might be up, too, and be told of.
        let processor = Processor<MemoryStateAdapter>.detached(
            Stubborn.self, maximumAttempts: 1, timeout: .seconds(10)
        ) { _ in
            runs.open()
            // A task of its own, because it has to ignore that the handler is cancelled.
            await Task { _ = await go.wait() }.value
            return .finish("late")
        }
        let configuration = Worker<MemoryStateAdapter>.Configuration(
            leaseDuration: .seconds(30), pollInterval: .seconds(3_600), watchdogPatience: .seconds(60))
        let worker = try Worker(client: client, processors: [processor], configuration: configuration)
        func messages(_ text: String) -> Int { logs.records.count { $0.message.contains(text) } }
        try await client.startJobChain(Stubborn.self, input: "hidden")
        async let running: Void = worker.run()
        _ = await runs.wait()
        while messages("ignores that it was cancelled") == 0, !Task.isCancelled {
            await clock.waitForSleepers(2)
            clock.advance(by: .seconds(1))
            await Task.yield()
        }
        for _ in 0..<100 {
            await clock.waitForSleepers(2)
            clock.advance(by: .seconds(5))
        }
        go.open()
        while messages("has returned that ignored") == 0, !Task.isCancelled { await Task.yield() }
        await worker.stop()
        await running
        #expect(messages("ignores that it was cancelled") == 1)
        #expect(messages("has returned that ignored") == 1)
        #expect(!logs.records.contains { "\($0)".contains("hidden") })
    }

    @Test("a claim that doesn't end is told of once, and so is its end")
    func stalledClaim() async throws {
        let logs = RecordedLogs()
        let clock = ManualClock()
        let adapter = FaultyStateAdapter(MemoryStateAdapter(clock: clock))
        let client = Client(adapter: adapter, clock: clock, logger: logs.logger)
        let processor = Processor<FaultyStateAdapter<MemoryStateAdapter>>.detached(Stubborn.self) { .finish($0.input) }
        let worker = try Worker(client: client, processors: [processor])
        func messages(_ text: String) -> Int { logs.records.count { $0.message.contains(text) } }
        let claim = adapter.faults.hold(.claimJobs)
        async let running: Void = worker.run()
        try await claim.reached()
        clock.advance(by: .seconds(29))
        worker.watchdog?.look()
        #expect(messages("No jobs are claimed") == 0)
        clock.advance(by: .seconds(1))
        for _ in 0..<3 { worker.watchdog?.look() }
        // The reaper, which was woken too, may be the one who tells, and may not have done so yet.
        while messages("No jobs are claimed") == 0, !Task.isCancelled { await Task.yield() }
        #expect(messages("No jobs are claimed") == 1)
        claim.release()
        while messages("Jobs are claimed again") == 0, !Task.isCancelled { await Task.yield() }
        await worker.stop()
        await running
        #expect(messages("Jobs are claimed again") == 1)
    }

    @Test("a claim is not taken for one that doesn't end because the time of day is set")
    func clockIsSet() {
        let logs = RecordedLogs()
        let clock = SteppingClock()
        let watchdog = Watchdog(clock: clock, logger: logs.logger, patience: .seconds(60))
        watchdog.claimBegins()
        clock.set(by: .seconds(3_600))
        watchdog.look()
        #expect(logs.records.isEmpty)
        clock.set(by: .seconds(-7_200))
        clock.base.advance(by: .seconds(60))
        watchdog.look()
        #expect(logs.records.count { $0.message.contains("No jobs are claimed") } == 1)
    }

    @Test("a thread pool is blocked when a task has not run for too long, which is told once until one has")
    func blockedPool() {
        let reports = Locked<[Duration]>([])
        let watch = ThreadPoolWatch(patience: .seconds(10)) { duration in reports.withLock { $0.append(duration) } }
        let start = ContinuousClock.now
        #expect(watch.look(at: start))
        #expect(!watch.look(at: start + .seconds(5)))
        #expect(reports.withLock { $0 } == [])
        #expect(!watch.look(at: start + .seconds(11)))
        #expect(!watch.look(at: start + .seconds(20)))
        #expect(reports.withLock { $0 } == [.seconds(11)])
        watch.beat()
        #expect(watch.look(at: start + .seconds(21)))
        #expect(!watch.look(at: start + .seconds(40)))
        #expect(reports.withLock { $0 } == [.seconds(11), .seconds(19)])
    }

    @Test("a worker says that its handlers block all of Swift's cooperative threads, while they do")
    func blockingHandlers() async {
        // In a process of its own, in which no other test is to go on meanwhile.
        await #expect(processExitsWith: .success) {
            let logs = RecordedLogs()
            let client = Client(adapter: MemoryStateAdapter(), logger: logs.logger)
            let isTold = { @Sendable () -> Bool in
                logs.records.contains { $0.message.contains("cooperative threads are blocked") }
            }
            let processor = Processor<MemoryStateAdapter>.detached(Stubborn.self) { job in
                Self.block(until: isTold)
                return .finish(job.input)
            }
            // More than there are threads.
            let count = 4 * ProcessInfo.processInfo.processorCount
            let worker = try Worker(
                client: client, processors: [processor],
                configuration: .init(concurrency: count, watchdogPatience: .milliseconds(200)))
            let chains = try await client.startJobChains((0..<count).map { NewChain(Stubborn.self, input: "\($0)") })
            // Of the priority of the watchdog's own task: those of another one may have threads of their own.
            let running = Task.detached { await worker.run() }
            for chain in chains { _ = try await client.awaitJobChain(chain) }
            await worker.stop()
            await running.value
            #expect(isTold())
        }
    }

    /// Blocks the thread, as no handler may, until something is so, or a minute has passed.
    private static func block(until isSo: () -> Bool) {
        let end = ContinuousClock.now + .seconds(60)
        while !isSo() && ContinuousClock.now < end { Thread.sleep(forTimeInterval: 0.001) }
    }
}
