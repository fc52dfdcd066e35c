import Queuert

extension WorkerConformance {
    /// A handler that says that it runs, and ends when it is told to, by the job's input.
    private static func obedient(_ journal: Journal) -> Processor<Faulty> {
        .detached(Echo.self) { job in
            journal.add("runs")
            try await journal.wait(of: "end \(job.input)")
            journal.add("ends")
            return .finish(job.input)
        }
    }

    var slotCases: [ConformanceCase] {
        [
            test("jobs that were claimed ahead are given back at stop, and their attempts don't count") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                let worker = try Worker(
                    client: client, processors: [Self.obedient(journal)],
                    configuration: WorkerScenario<Subject.Adapter>.patient)
                let chains = try await client.withTransaction { db in
                    var chains: [Chain<Echo>] = []
                    for number in 0..<20 {
                        chains.append(try await client.startJobChain(Echo.self, input: "\(number)", on: db))
                    }
                    return chains
                }
                async let running: Void = worker.run()
                try await journal.wait(for: 4, of: "runs")
                // Three handlers end while one claim is under way, so the next one claims ahead.
                let claim = scenario.faults.hold(.claimJobs)
                journal.add("end 0")
                try await claim.reached()
                for number in 1...3 { journal.add("end \(number)") }
                try await journal.wait(for: 4, of: "ends")
                claim.release()
                try await journal.wait(for: 4, of: "completed echo")
                // All four slots have a job again, and at least one more is claimed.
                try await journal.wait(for: 8, of: "runs")
                let status = { (chain: Chain<Echo>) in
                    try await scenario.row(chain).status(at: scenario.clock.now)
                }
                try await scenario.until { try await status(chains[8]) == .running }
                try expect(try await status(chains[16]), equals: .ready, "a job beyond those that were claimed ahead")
                await worker.stop(within: .zero)
                await running
                try expect(journal.count(of: "runs"), equals: 8, "the number of handlers that ran")
                for chain in chains[4...] {
                    let row = try await scenario.row(chain)
                    try expect(row.status(at: scenario.clock.now), equals: .ready, "the status of a job")
                    try expect(row.attempt, equals: 0, "the number of its attempts")
                }
            },
            test("jobs that were claimed ahead are given back when handlers take long, and done later") { scenario in
                let journal = scenario.journal
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.leaseDuration = .seconds(30) }
                let chains = try await scenario.client.withTransaction { db in
                    var chains: [Chain<Echo>] = []
                    for number in 0..<20 {
                        chains.append(try await scenario.client.startJobChain(Echo.self, input: "\(number)", on: db))
                    }
                    return chains
                }
                try await scenario.withWorker([Self.obedient(journal)], configuration) { worker in
                    try await journal.wait(for: 4, of: "runs")
                    let claim = scenario.faults.hold(.claimJobs)
                    journal.add("end 0")
                    try await claim.reached()
                    for number in 1...3 { journal.add("end \(number)") }
                    try await journal.wait(for: 4, of: "ends")
                    claim.release()
                    try await journal.wait(for: 8, of: "runs")
                    let running = { @Sendable () async throws -> Int in
                        try await scenario.state.read { try $0.jobCounts() }["echo"]?.running ?? 0
                    }
                    try await scenario.until { try await running() > 4 }
                    // The loop that claims waits for room, without a clock. Small steps, so that no lease ends by itself while
                    // it is still busy with what it has claimed.
                    try await scenario.advance(inStepsOf: .milliseconds(100), sleepers: idleWorkerSleepers - 1) {
                        try await running() == 4
                    }
                    for chain in chains[8...] {
                        let row = try await scenario.row(chain)
                        try expect(row.status(at: scenario.clock.now), equals: .ready, "the status of a job")
                        try expect(row.attempt, equals: 0, "the number of its attempts")
                    }
                    for number in 4..<20 { journal.add("end \(number)") }
                    try await journal.wait(for: 20, of: "completed echo")
                    try expect(journal.count(of: "runs"), equals: 20, "the number of handlers that ran")
                }
            },
            test("jobs that were claimed ahead are given back when their type is paused, and done when it is resumed") {
                scenario in
                let client = scenario.client
                let journal = scenario.journal
                let chains = try await client.withTransaction { db in
                    var chains: [Chain<Echo>] = []
                    for number in 0..<20 {
                        chains.append(try await client.startJobChain(Echo.self, input: "\(number)", on: db))
                    }
                    return chains
                }
                try await scenario.withWorker([Self.obedient(journal)]) { _ in
                    try await journal.wait(for: 4, of: "runs")
                    let claim = scenario.faults.hold(.claimJobs)
                    journal.add("end 0")
                    try await claim.reached()
                    for number in 1...3 { journal.add("end \(number)") }
                    try await journal.wait(for: 4, of: "ends")
                    claim.release()
                    try await journal.wait(for: 8, of: "runs")
                    let running = { @Sendable () async throws -> Int in
                        try await scenario.state.read { try $0.jobCounts() }["echo"]?.running ?? 0
                    }
                    try await scenario.until { try await running() > 4 }
                    try await client.pause(Echo.self)
                    // The time stands still: no renewal of leases can have given them back.
                    try await scenario.until { try await running() <= 4 }
                    for chain in chains[8...] {
                        let row = try await scenario.row(chain)
                        try expect(row.status(at: scenario.clock.now), equals: .ready, "the status of a job")
                        try expect(row.attempt, equals: 0, "the number of its attempts")
                    }
                    for number in 4..<20 { journal.add("end \(number)") }
                    try await journal.wait(for: 8, of: "completed echo")
                    try expect(journal.count(of: "runs"), equals: 8, "the number of handlers that ran")
                    try await client.resume(Echo.self)
                    try await journal.wait(for: 20, of: "completed echo")
                    try expect(journal.count(of: "runs"), equals: 20, "the number of handlers that ran")
                }
            },
            test("a slot whose handler was cancelled is replaced") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                let configuration = WorkerScenario<Subject.Adapter>.patient {
                    $0.leaseDuration = .seconds(30)
                    $0.concurrency = 1
                }
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    journal.add("runs \(job.input)")
                    if job.input == "first" { try await journal.wait(of: "never") }
                    return .finish(Task.isCancelled ? "cancelled" : "not cancelled")
                }
                try await scenario.withWorker([echo], configuration) { _ in
                    let first = try await client.startJobChain(Echo.self, input: "first")
                    try await journal.wait(of: "runs first")
                    let second = try await client.startJobChain(Echo.self, input: "second")
                    let row = try await scenario.state.row(first.id)
                    let retried = Settlement.Outcome.retried(.after(.seconds(90_000)), error: "taken", .lost)
                    try await scenario.state.settle(row, retried, worker: "another")
                    // Whoever claims the second job doesn't sleep, so its first lease may be over before its handler begins.
                    try await scenario.advance(inStepsOf: .seconds(1), sleepers: 2) {
                        journal.count(of: "completed echo") == 1
                    }
                    let output = try await client.awaitJobChain(second).output
                    try expect(output, equals: "not cancelled", "what the next handler in the slot saw")
                }
            },
            test("the pause after a claim that failed is not cut short by hints") { scenario in
                let configuration = WorkerScenario<Subject.Adapter>.patient {
                    $0.recoveryBackoff = Backoff(initial: .seconds(5), jitter: 0)
                }
                scenario.faults.fail(.claimJobs, times: 1)
                try await scenario.withWorker([Self.obedient(scenario.journal)], configuration) { _ in
                    try await scenario.faults.wait(for: 1, of: .claimJobs)
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    let start = scenario.clock.now
                    let waited = try await scenario.advance(inStepsOf: .milliseconds(100), sleepers: idleWorkerSleepers)
                    {
                        scenario.notify.send(WakeHint(dueTypes: ["echo"]))
                        return scenario.faults.count(of: .claimJobs) >= 2
                    }
                    try expect(waited >= .seconds(5), "the pause was as long as configured (\(waited) since \(start))")
                }
            },
            test(
                "stop returns though an atomic handler ignores its cancellation; its job is completed or given back, not both"
            ) {
                scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.atomic(Echo.self) { job, _ in
                    journal.add("runs")
                    // A task of its own, because it has to ignore that the handler is cancelled.
                    await Task { try? await journal.wait(of: "go") }.value
                    return .finish(job.input)
                }
                let worker = try Worker(
                    client: scenario.client, processors: [echo],
                    configuration: WorkerScenario<Subject.Adapter>.patient)
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                async let running: Void = worker.run()
                // Whatever fails here: the worker waits for the handler.
                defer { journal.add("go") }
                try await journal.wait(of: "runs")
                // Not a child task, which would be waited for before the handler is told to go.
                let stopping = Task {
                    await worker.stop(within: .seconds(20))
                    journal.add("stopped")
                }
                // The lease keeper sleeps throughout; what else does depends on who waits for the database.
                try await scenario.advance(inStepsOf: .seconds(1), sleepers: 1, inOpenTransaction: true) {
                    journal.count(of: "stopped") == 1
                }
                await stopping.value
                journal.add("go")
                await running
                // Where transactions write one after the other, giving the job back waits for the handler's transaction.
                let row = try await scenario.row(chain)
                let isCompleted = row.status(at: scenario.clock.now) == .completed
                if !isCompleted {
                    try expect(row.status(at: scenario.clock.now), equals: .ready, "the status of the job")
                }
                try expect(row.attempt, equals: isCompleted ? 1 : 0, "the number of attempts that count")
                try expect(
                    journal.count(of: "completed echo"), equals: isCompleted ? 1 : 0, "the completions that are told")
            },
        ]
    }
}
