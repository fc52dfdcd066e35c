import Queuert

/// A client on an empty database, and ways to run workers and to move the time.
struct WorkerScenario<Base: StateAdapter>: Sendable {
    typealias Adapter = FaultyStateAdapter<Base>

    let adapter: Adapter
    let clock: ManualClock
    let notify: any NotifyAdapter
    /// What handlers and the telemetry wrote down.
    let journal: Journal
    let observability: JournalObservability
    let client: Client<Adapter>
    /// Adapter-level calls, for what a worker that died leaves behind.
    let state: StateScenario<Adapter>
    /// Marks a job as blocked that waits for nothing, if the adapter's author has said how.
    let markAsBlocked: @Sendable (JobID) async throws -> Bool

    init(
        adapter: Base, notify: any NotifyAdapter, clock: ManualClock, identifiers: any JobIDGenerator,
        markAsBlocked: @escaping @Sendable (JobID) async throws -> Bool
    ) {
        self.notify = notify
        self.markAsBlocked = markAsBlocked
        let faulty = FaultyStateAdapter(adapter)
        self.adapter = faulty
        self.clock = clock
        let journal = Journal()
        let observability = JournalObservability(journal: journal)
        self.journal = journal
        self.observability = observability
        client = Client(
            adapter: faulty, notify: notify, observability: observability, identifiers: identifiers, clock: clock)
        state = StateScenario(adapter: faulty, clock: clock, identifiers: identifiers)
    }

    var faults: Faults { adapter.faults }

    /// A configuration whose polls and leases don't end by themselves within a case, and that leaves nothing to chance.
    static var patient: Worker<Adapter>.Configuration {
        Worker.Configuration(
            concurrency: 4, leaseDuration: .seconds(3_600), pollInterval: .seconds(3_600),
            backoff: Backoff(initial: .seconds(10), jitter: 0),
            recoveryBackoff: Backoff(initial: .milliseconds(100), maximum: .seconds(10), jitter: 0))
    }

    static func patient(_ change: (inout Worker<Adapter>.Configuration) -> Void) -> Worker<Adapter>.Configuration {
        var configuration = patient
        change(&configuration)
        return configuration
    }

    /// Waits for a condition that nothing tells of.
    func until(_ isSo: () async throws -> Bool) async throws {
        while try await !isSo() {
            try Task.checkCancellation()
            // What never has to wait would keep its thread from those that are waited for.
            await Task.yield()
        }
    }

    /// Runs a worker while a body runs, and stops it afterwards.
    func withWorker(
        _ processors: [Processor<Adapter>], _ configuration: Worker<Adapter>.Configuration = patient,
        _ body: @Sendable (Worker<Adapter>) async throws -> Void
    ) async throws {
        let worker = try Worker(client: client, processors: processors, configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            // A body that throws cancels the group, which stops the worker.
            try await body(worker)
            await worker.stop()
            try await group.waitForAll()
        }
    }

    /// Runs workers, and a body as soon as none of them has anything to do, and stops them afterwards.
    func withIdleWorkers(
        _ count: Int, _ processors: [Processor<Adapter>], _ body: @Sendable () async throws -> Void
    ) async throws {
        let workers = try (0..<count).map { _ in
            try Worker(client: client, processors: processors, configuration: Self.patient)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { await worker.run() } }
            await clock.waitForSleepers(count * idleWorkerSleepers)
            // A body that throws cancels the group, which stops the workers.
            try await body()
            for worker in workers { await worker.stop() }
            try await group.waitForAll()
        }
    }

    /// Runs workers while the time passes, on a database that may fail: until something is so, and then, without faults, until
    /// they have stopped.
    func withWorkers(
        _ count: Int, _ processors: [Processor<Adapter>], _ configuration: Worker<Adapter>.Configuration,
        inStepsOf step: Duration, until isSo: @Sendable () async throws -> Bool
    ) async throws {
        let workers = try (0..<count).map { _ in
            try Worker(client: client, processors: processors, configuration: configuration)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { await worker.run() } }
            try await advance(inStepsOf: step, sleepers: count * idleWorkerSleepers, until: isSo)
            faults.clear()
            let haveStopped = Locked(false)
            group.addTask {
                for worker in workers { await worker.stop() }
                haveStopped.withLock { $0 = true }
            }
            // An end of an attempt that could not be written is written again after a pause.
            while !haveStopped.withLock({ $0 }) {
                clock.advance(by: step)
                await Task.yield()
            }
            try await group.waitForAll()
        }
    }

    /// Moves the time, and has workers look again that had just gone to sleep by the old time.
    func advance(by duration: Duration, waking typeName: String) {
        clock.advance(by: duration)
        notify.send(WakeHint(dueTypes: [typeName]))
    }

    /// Moves the time to the end of what an attempt has that has begun, and no further, however late its handler notices:
    /// the attempt after it would have its time, too, and a lease that ends.
    ///
    /// - Parameter timeout: How much time an attempt has, which nobody else sleeps for.
    /// - Throws: `ConformanceFailure` if the attempt's time is up before.
    func advance(toEndOf timeout: Duration) async throws {
        // The timer is a task of its own, and may be late.
        try await until { clock.hasSleeper(for: timeout) }
        let last = Duration.milliseconds(1)
        clock.advance(by: timeout - last)
        try expect(clock.hasSleeper(for: last), "the attempt has its time")
        clock.advance(by: last)
    }

    /// Moves the time step by step, each when so many tasks sleep, until something is so.
    ///
    /// Time stands still as long as the database is at work, or a slow one would see the leases end of jobs that are just
    /// being claimed or settled; unless a handler keeps a transaction open. But a task that is between the database and its
    /// sleep is not seen, however long the machine keeps it waiting. So wait for the last of what needs the time: nobody wakes
    /// who goes to sleep afterwards.
    ///
    /// - Returns: How far the time was moved.
    @discardableResult
    func advance(
        inStepsOf step: Duration, sleepers: Int, inOpenTransaction: Bool = false,
        until isSo: @Sendable () async throws -> Bool
    ) async throws -> Duration {
        var total = Duration.zero
        while try await !isSo() {
            // What is waited for may come about just now, and then nobody goes to sleep any more.
            guard await isQuiet(sleepers: sleepers, inOpenTransaction: inOpenTransaction) else {
                try Task.checkCancellation()
                await Task.yield()
                continue
            }
            clock.advance(by: step)
            total += step
        }
        return total
    }

    /// Whether so many tasks sleep, and nothing that was started before has still to run.
    private func isQuiet(sleepers: Int, inOpenTransaction: Bool) async -> Bool {
        // Each turn lets those run that were ready before: an attempt whose job was just claimed, for one.
        for _ in 0..<10 {
            if clock.sleeperCount < sleepers || !inOpenTransaction && adapter.isBusy { return false }
            await Task.yield()
        }
        return true
    }

    /// The attempts of a job that did not succeed, without those that had not begun.
    ///
    /// On a busy machine a case's time may pass while an attempt waits for a thread, and it is given back then.
    func begunAttempts(ofJob id: JobID) async throws -> [AttemptRow] {
        try await client.failedAttempts(ofJob: id).filter { $0.outcome != .released }
    }

    func row<Kind>(_ chain: Chain<Kind>) async throws -> JobRow {
        try require(try await client.jobs(ofChain: chain.id).first, "the chain's first job")
    }
}

/// An idle worker has three tasks that sleep: one waits for jobs, one prolongs leases, one looks for lost jobs.
let idleWorkerSleepers = 3
