import Queuert

extension WorkerConformance {
    /// A handler that waits to be told to go, and says whether it was cancelled instead.
    private static func waiting(
        _ mode: ProcessorMode, _ journal: Journal
    ) -> Processor<Faulty> {
        mode.processor(Echo.self, on: Faulty.self) { job in
            journal.add("runs")
            do {
                try await journal.wait(of: "go")
            } catch {
                journal.add("cancelled")
                throw error
            }
            return .finish("attempt \(job.attempt)")
        }
    }

    /// Checks that a job was given back as if it had not been claimed.
    private static func expectGivenBack(
        _ chain: Chain<Echo>, _ scenario: WorkerScenario<Subject.Adapter>
    ) async throws {
        let row = try await scenario.row(chain)
        try expect(row.status(at: scenario.clock.now), equals: .ready, "the status of the job that was given back")
        try expect(row.attempt, equals: 0, "the number of its attempts")
        let outcomes = try await scenario.client.failedAttempts(ofJob: chain.id).map(\.outcome)
        // A claim that was under way when the worker stopped may take it once more, and then gives it back likewise.
        let isReleased = (1...2).contains(outcomes.count) && outcomes.allSatisfy { $0 == .released }
        try expect(isReleased, "the job was given back, and nothing else: \(outcomes)")
    }

    var stopCases: [ConformanceCase] {
        [
            test("a worker that is stopped doesn't drain the backlog: it claims nothing more, and the running jobs end")
            { scenario in
                let journal = scenario.journal
                let jobs = (0..<100).map { _ in scenario.state.newJob("echo", input: #""x""#) }
                try await scenario.state.insert(jobs)
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.concurrency = 3 }
                let worker = try Worker(
                    client: scenario.client, processors: [Self.waiting(.detached, journal)],
                    configuration: configuration)
                async let running: Void = worker.run()
                try await journal.wait(for: 3, of: "runs")
                async let stopping: Void = worker.stop(within: .seconds(20))
                // The third sleeper is the deadline: the worker has been told to stop.
                await scenario.clock.waitForSleepers(3)
                journal.add("go")
                await stopping
                await running
                try expect(journal.count(of: "completed echo"), equals: 3, "the number of completed jobs")
                try expect(journal.count(of: "runs"), equals: 3, "the number of handlers that ran")
                try expect(journal.count(of: "cancelled"), equals: 0, "the number of handlers that were cancelled")
                let waiting = try await scenario.state.waitingJobCounts()
                try expect(waiting, equals: ["echo": 97], "the jobs that are left")
            },
            test("a worker that is stopped while jobs end at once leaves the backlog, and what it has claimed ahead") {
                scenario in
                let journal = scenario.journal
                let jobs = (0..<1_000).map { _ in scenario.state.newJob("echo", input: #""x""#) }
                try await scenario.state.insert(jobs)
                let begun = Locked(0)
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    let number = begun.withLock { begun in
                        begun += 1
                        return begun
                    }
                    // Those after the first twenty hold their slots until the worker was told to stop.
                    if number > 20 {
                        journal.add("holds")
                        try await journal.wait(of: "go")
                    }
                    return .finish(job.input)
                }
                let worker = try Worker(
                    client: scenario.client, processors: [echo], configuration: WorkerScenario<Subject.Adapter>.patient)
                async let running: Void = worker.run()
                try await journal.wait(for: 4, of: "holds")
                async let stopping: Void = worker.stop(within: .seconds(20))
                // The third sleeper is the deadline: the worker has been told to stop.
                await scenario.clock.waitForSleepers(3)
                journal.add("go")
                await stopping
                await running
                try expect(journal.count(of: "completed echo"), equals: 24, "the number of completed jobs")
                let left = try await scenario.client.jobs(JobQuery(statuses: [.ready], limit: 1_000)).items
                try expect(left.count, equals: 976, "the number of jobs that are left")
                try expect(left.allSatisfy { $0.attempt == 0 }, "no attempt of these jobs counts")
            },
            test("a task that is cancelled when it stops a worker lets the running jobs end all the same") {
                scenario in
                let journal = scenario.journal
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.concurrency = 1 }
                let worker = try Worker(
                    client: scenario.client, processors: [Self.waiting(.detached, journal)],
                    configuration: configuration)
                try await scenario.client.startJobChain(Echo.self, input: "x")
                async let running: Void = worker.run()
                try await journal.wait(of: "runs")
                let stopping = Task {
                    try? await journal.wait(of: "never")
                    await worker.stop(within: .seconds(20))
                    journal.add("stopped")
                }
                stopping.cancel()
                // The third sleeper is the deadline.
                try await scenario.until {
                    scenario.clock.sleeperCount >= 3 || journal.count(of: "cancelled") > 0
                }
                try expect(journal.count(of: "stopped"), equals: 0, "the number of stops that are over")
                journal.add("go")
                await stopping.value
                await running
                try expect(journal.count(of: "completed echo"), equals: 1, "the number of completed jobs")
                try expect(journal.count(of: "cancelled"), equals: 0, "the number of handlers that were cancelled")
            },
            test("a worker that is stopped before it runs does nothing") { scenario in
                let worker = try Worker(
                    client: scenario.client, processors: [Self.waiting(.detached, scenario.journal)],
                    configuration: WorkerScenario<Subject.Adapter>.patient)
                try await scenario.client.startJobChain(Echo.self, input: "x")
                await worker.stop()
                await worker.run()
                try expect(scenario.journal.count(of: "runs"), equals: 0, "the number of handlers that ran")
            },
            test("a worker without jobs stops at once") { scenario in
                try await scenario.withWorker([Self.waiting(.atomic, scenario.journal)]) { _ in
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                }
            },
            test("two processors for one type are refused") { scenario in
                let error = try await expectError(DuplicateJobTypeError.self, "the worker") {
                    _ = try Worker(
                        client: scenario.client,
                        processors: [
                            Self.waiting(.atomic, scenario.journal), Self.waiting(.detached, scenario.journal),
                        ])
                }
                try expect(error.typeName, equals: "echo", "the type that the error names")
            },
        ]
    }

    var giveBackCases: [ConformanceCase] {
        ProcessorMode.allCases.map { mode in
            test("a worker whose task is cancelled gives its jobs back (\(mode))") { scenario in
                let worker = try Worker(
                    client: scenario.client, processors: [Self.waiting(mode, scenario.journal)],
                    configuration: WorkerScenario<Subject.Adapter>.patient)
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await worker.run() }
                    try await scenario.journal.wait(of: "runs")
                    group.cancelAll()
                    try await group.waitForAll()
                }
                try expect(scenario.journal.count(of: "cancelled"), equals: 1, "the number of cancelled handlers")
                try await Self.expectGivenBack(chain, scenario)
                try expect(scenario.journal.count(of: "released echo"), equals: 1, "the number of released attempts")
            }
        } + [
            test("jobs that have not ended at the deadline are given back, and run again") { scenario in
                let journal = scenario.journal
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.concurrency = 1 }
                let worker = try Worker(
                    client: scenario.client, processors: [Self.waiting(.detached, journal)],
                    configuration: configuration)
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                async let running: Void = worker.run()
                try await journal.wait(of: "runs")
                async let stopping: Void = worker.stop(within: .seconds(20))
                // The third sleeper is the deadline.
                await scenario.clock.waitForSleepers(3)
                scenario.clock.advance(by: .seconds(19))
                let cancelledEarly = journal.count(of: "cancelled")
                scenario.clock.advance(by: .seconds(1))
                await stopping
                await running
                // Not before: who leaves the scope waits for both.
                try expect(cancelledEarly, equals: 0, "the number of handlers cancelled early")
                try await Self.expectGivenBack(chain, scenario)
                journal.add("go")
                try await scenario.withWorker([Self.waiting(.detached, journal)]) { _ in
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 1", "the output")
                }
            },
            test("a job that is given back is taken by another worker at once") { scenario in
                let journal = scenario.journal
                let stopped = try Worker(
                    client: scenario.client, processors: [Self.waiting(.detached, journal)],
                    configuration: WorkerScenario<Subject.Adapter>.patient)
                let echo = ProcessorMode.detached.processor(Echo.self, on: Faulty.self) {
                    .finish("other \($0.attempt)")
                }
                async let running: Void = stopped.run()
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                try await journal.wait(of: "runs")
                try await scenario.withWorker([echo]) { _ in
                    // Both workers are idle but for the one job.
                    await scenario.clock.waitForSleepers(2 * idleWorkerSleepers)
                    await stopped.stop(within: .zero)
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "other 1", "the output")
                }
                await running
            },
            test("a worker that is cancelled while it stops gives its jobs back") { scenario in
                let journal = scenario.journal
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.concurrency = 1 }
                let worker = try Worker(
                    client: scenario.client, processors: [Self.waiting(.detached, journal)],
                    configuration: configuration)
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await worker.run() }
                    try await journal.wait(of: "runs")
                    async let stopping: Void = worker.stop(within: .seconds(3_600))
                    // The third sleeper is the deadline: the loop that claims jobs, which waits for a slot, has been woken
                    // to end, for which it gets some turns. The case holds whether it has ended or not.
                    await scenario.clock.waitForSleepers(3)
                    for _ in 0..<1_000 { await Task.yield() }
                    group.cancelAll()
                    try await group.waitForAll()
                    await stopping
                }
                try await Self.expectGivenBack(chain, scenario)
            },
            test("a worker that is stopped passes on the hint that it was to look for") { scenario in
                let told = Locked<[WakeHint]>([])
                let worker = try Worker(
                    client: scenario.client, processors: [Self.waiting(.detached, scenario.journal)],
                    configuration: WorkerScenario<Subject.Adapter>.patient)
                let claiming = scenario.faults.hold(.claimJobs)
                try await scenario.notify.withListener({ hint in told.withLock { $0.append(hint) } }) {
                    async let running: Void = worker.run()
                    try await claiming.reached()
                    // The worker has slots free, and so takes the job for itself: it would look when this claim has ended.
                    scenario.notify.send(WakeHint(dueJobs: ["echo": 1]))
                    try await scenario.until {
                        told.withLock { $0 }.contains { !$0.dueJobs.isEmpty && $0.rest.dueJobs.isEmpty }
                    }
                    await worker.stop(within: .zero)
                    claiming.release()
                    await running
                    // Others are told of the job once more.
                    try await scenario.until {
                        told.withLock { $0 }.reduce(0) { $0 + $1.dueJobs["echo", default: 0] } >= 2
                    }
                }
            },
            test("jobs that are claimed while the worker is stopped are given back") { scenario in
                let journal = scenario.journal
                let worker = try Worker(
                    client: scenario.client, processors: [Self.waiting(.detached, journal)],
                    configuration: WorkerScenario<Subject.Adapter>.patient)
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                let claiming = scenario.faults.hold(.claimJobs)
                async let running: Void = worker.run()
                try await claiming.reached()
                await worker.stop(within: .zero)
                claiming.release()
                await running
                try expect(journal.count(of: "runs"), equals: 0, "the number of handlers that ran")
                try await Self.expectGivenBack(chain, scenario)
            },
        ]
    }
}
