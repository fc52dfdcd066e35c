import Queuert

extension WorkerConformance {
    /// A configuration whose leases are renewed every ten seconds.
    private static var leasing: Worker<Faulty>.Configuration {
        WorkerScenario<Subject.Adapter>.patient { $0.leaseDuration = .seconds(30) }
    }

    /// Takes a job away from its worker, as a reaper does.
    static func takeAway(_ job: JobID, _ scenario: WorkerScenario<Subject.Adapter>) async throws {
        let row = try await scenario.state.row(job)
        let retried = Settlement.Outcome.retried(.after(.seconds(5)), error: "taken", .lost)
        try await scenario.state.settle(row, retried, worker: "another")
    }

    /// Takes a job away from its worker for one that dies with it.
    ///
    /// In one transaction: a hint of the job's start may come just now, and the worker would claim it again.
    private static func handToDeadWorker(_ job: JobID, _ scenario: WorkerScenario<Subject.Adapter>) async throws {
        let row = try await scenario.state.row(job)
        let retried = Settlement.Outcome.retried(.now, error: "taken", .lost)
        let settlement = scenario.state.settlement(row, retried, worker: "another")
        let request = scenario.state.request([row.typeName], worker: "dead", lease: .seconds(30))
        let claimed = try await scenario.state.transaction { operations in
            _ = try operations.settle([settlement])[0].settled()
            return try operations.claimJobs(request).jobs.map(\.row.id)
        }
        try expect(claimed, equals: [job], "the jobs that the dead worker has")
    }

    var leaseCases: [ConformanceCase] {
        ProcessorMode.allCases.filter { $0 != .atomic }.map { mode in
            test("the result of an attempt whose lease is lost is not written (\(mode))") { scenario in
                let journal = scenario.journal
                let echo = mode.processor(Echo.self, on: Faulty.self) { job in
                    journal.add("runs")
                    if job.attempt == 1 { try? await journal.wait(of: "go") }
                    return .finish("attempt \(job.attempt)")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    try await Self.takeAway(chain.id, scenario)
                    journal.add("go")
                    try await scenario.faults.wait(for: 2, of: .settle)
                    scenario.advance(by: .seconds(5), waking: "echo")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                    try await journal.wait(of: "completed echo")
                    try expect(journal.count(of: "completed echo"), equals: 1, "the number of completed attempts")
                    try expect(journal.count(of: "failed echo"), equals: 0, "the number of failed attempts")
                    let attempts = try await scenario.client.failedAttempts(ofJob: chain.id)
                    try expect(attempts.map(\.error), equals: ["taken"], "the errors on record")
                }
            }
        } + [
            test("the transaction that completes an attempt whose lease is lost is undone") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                let echo = Processor<Faulty>.staged(Echo.self) { job, attempt in
                    journal.add("runs")
                    if job.attempt == 1 { try? await journal.wait(of: "go") }
                    do {
                        return try await attempt.complete { db in
                            try await client.startJobChain(Count.self, input: job.attempt, on: db)
                            return .finish("attempt \(job.attempt)")
                        }
                    } catch let error as LeaseLostError {
                        journal.add("lease lost")
                        throw error
                    }
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    try await Self.takeAway(chain.id, scenario)
                    journal.add("go")
                    try await journal.wait(of: "lease lost")
                    scenario.advance(by: .seconds(5), waking: "echo")
                    _ = try await client.awaitJobChain(chain)
                }
                let waiting = try await scenario.state.waitingJobCounts()
                try expect(waiting, equals: ["count": 1], "the jobs that the attempts started")
                try expect(journal.count(of: "rolled back count"), equals: 1, "the number of starts that were undone")
            },
            test("a handler whose lease is lost is cancelled") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    if job.attempt > 1 { return .finish(job.input) }
                    journal.add("runs")
                    do {
                        try await journal.wait(of: "never")
                    } catch {
                        journal.add("cancelled")
                        throw error
                    }
                    return .finish("never")
                }
                try await scenario.withWorker([echo], Self.leasing) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    try await Self.takeAway(chain.id, scenario)
                    try await scenario.advance(inStepsOf: .seconds(1), sleepers: idleWorkerSleepers) {
                        journal.count(of: "cancelled") == 1
                    }
                    scenario.advance(by: .seconds(5), waking: "echo")
                    try expect(try await scenario.client.awaitJobChain(chain).output, equals: "x", "the output")
                    let attempts = try await scenario.begunAttempts(ofJob: chain.id)
                    try expect(attempts.map(\.outcome), equals: [.lost], "how the attempts ended")
                }
            },
            test("a handler that works for longer than a lease keeps it") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.staged(Echo.self) { job, attempt in
                    journal.add("runs")
                    try await journal.wait(of: "go")
                    return try await attempt.complete { _ in .finish("attempt \(job.attempt)") }
                }
                try await scenario.withWorker([echo], Self.leasing) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    for round in 1...12 {
                        // The lease keeper, the reaper and the loop that waits for jobs sleep: all have seen this time.
                        try await scenario.advance(inStepsOf: .seconds(1), sleepers: idleWorkerSleepers) {
                            scenario.faults.count(of: .renewLeases) >= round
                        }
                        let until = try require(try await scenario.row(chain).leasedUntil, "a lease")
                        try expect(until > scenario.clock.now, "the lease goes on (round \(round))")
                    }
                    journal.add("go")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 1", "the output")
                }
            },
            test("a renewal that fails dooms no attempt: it is repeated before the lease ends") { scenario in
                let journal = scenario.journal
                let echo = ProcessorMode.staged.processor(Echo.self, on: Faulty.self) {
                    job in
                    journal.add("runs")
                    try await journal.wait(of: "go")
                    return .finish("attempt \(job.attempt)")
                }
                try await scenario.withWorker([echo], Self.leasing) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    let end = try require(try await scenario.row(chain).leasedUntil, "a lease")
                    scenario.faults.fail(.renewLeases, times: 2)
                    try await scenario.advance(inStepsOf: .seconds(1), sleepers: idleWorkerSleepers) {
                        scenario.faults.count(of: .renewLeases) >= 3
                    }
                    try expect(scenario.clock.now < end, "it was repeated before the lease ended")
                    journal.add("go")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 1", "the output")
                }
            },
        ]
    }

    var lostWorkerCases: [ConformanceCase] {
        [
            test("a job whose worker died is tried again after a backoff, and the attempt is on record") { scenario in
                let echo = ProcessorMode.detached.processor(Echo.self, on: Faulty.self) {
                    job in
                    .finish("attempt \(job.attempt)")
                }
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                _ = try await scenario.state.claimOnly("echo", worker: "dead", lease: .seconds(30))
                scenario.clock.advance(by: .seconds(31))
                try await scenario.withWorker([echo], Self.leasing) { _ in
                    try await scenario.journal.wait(of: "lost echo")
                    let row = try await scenario.row(chain)
                    try expect(row.scheduledAt, equals: scenario.clock.now + .seconds(10), "the due time")
                    let record = try require(
                        try await scenario.client.failedAttempts(ofJob: chain.id).first, "a record of the attempt")
                    try expect(record.outcome, equals: .lost, "how the attempt ended")
                    try expect(record.worker, equals: "dead", "the attempt's worker")
                    try expect(
                        record.error?.hasPrefix("worker_lost") == true, "the error says that the worker was lost")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                }
            },
            test("a worker that dies while another one runs is noticed") { scenario in
                let echo = ProcessorMode.atomic.processor(Echo.self, on: Faulty.self) {
                    job in
                    .finish("attempt \(job.attempt)")
                }
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                _ = try await scenario.state.claimOnly("echo", worker: "dead", lease: .seconds(30))
                try await scenario.withWorker([echo], Self.leasing) { _ in
                    try await scenario.advance(inStepsOf: .seconds(1), sleepers: idleWorkerSleepers) {
                        scenario.journal.count(of: "completed echo") == 1
                    }
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                }
            },
            test("a lost job is taken back by a worker whose handler of an earlier attempt still runs") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    if job.attempt > 1 { return .finish("attempt \(job.attempt)") }
                    journal.add("runs")
                    // A task of its own, because it has to ignore that the handler is cancelled.
                    await Task { try? await journal.wait(of: "go") }.value
                    return .finish("late")
                }
                try await scenario.withWorker([echo], Self.leasing) { _ in
                    // Whatever fails here: the worker waits for the handler.
                    defer { journal.add("go") }
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    try await Self.handToDeadWorker(chain.id, scenario)
                    try await scenario.advance(inStepsOf: .seconds(1), sleepers: 2) {
                        journal.count(of: "lost echo") == 1
                    }
                    scenario.advance(by: .seconds(20), waking: "echo")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 3", "the output")
                }
            },
            test("many lost jobs are taken back at once, and by one of several workers") { scenario in
                let jobs = (0..<230).map { _ in scenario.state.newJob("echo", input: #""x""#) }
                try await scenario.state.insert(jobs)
                let claimed = try await scenario.state.claim(["echo"], limit: 500, lease: .seconds(30)).jobs
                try expect(claimed.count, equals: 230, "the number of claimed jobs")
                scenario.clock.advance(by: .seconds(31))
                let echo = ProcessorMode.detached.processor(Echo.self, on: Faulty.self) {
                    .finish($0.input)
                }
                try await scenario.withWorker([echo], Self.leasing) { _ in
                    try await scenario.withWorker([echo], Self.leasing) { _ in
                        try await scenario.journal.wait(for: 230, of: "lost echo")
                    }
                }
                try expect(scenario.journal.count(of: "lost echo"), equals: 230, "the number of lost attempts")
                for job in jobs {
                    let count = try await scenario.state.failedAttempts(job.id).count
                    try expect(count, equals: 1, "the number of attempts on record of a job")
                }
            },
        ]
    }
}
