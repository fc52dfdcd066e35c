import Queuert

extension WorkerConformance {
    var maximumAttemptsCases: [ConformanceCase] {
        ProcessorMode.allCases.map { mode in
            test("a job that has used up its attempts has failed and is not tried again (\(mode))") { scenario in
                let journal = scenario.journal
                let echo = mode.processor(Echo.self, on: Faulty.self) { job in
                    journal.add("runs")
                    throw HandlerFailure(text: "attempt \(job.attempt)")
                }
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.maximumAttempts = 2 }
                try await scenario.withWorker([echo], configuration) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "failed echo")
                    try expect(try await scenario.row(chain).failedAt == nil, "it is to be tried again")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    try await journal.wait(for: 2, of: "failed echo")
                    let row = try await scenario.row(chain)
                    try expect(row.status(at: scenario.clock.now), equals: .failed, "the status of the job")
                    let errors = try await scenario.client.failedAttempts(ofJob: chain.id).map(\.error)
                    try expect(errors, equals: ["attempt 1", "attempt 2"], "the errors on record")
                    scenario.advance(by: .seconds(100_000), waking: "echo")
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    try expect(journal.count(of: "runs"), equals: 2, "the number of handlers that ran")
                }
            }
        } + [
            test("attempts that were rescheduled count neither towards the maximum nor for the backoff") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self, maximumAttempts: 2) { job in
                    if job.attempt <= 3 { throw RescheduleJob(.after(.seconds(60)), reason: "not yet") }
                    throw HandlerFailure(text: "attempt \(job.attempt)")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    // The second time it is redriven, and what failed before counts no more.
                    for turn in 0...1 {
                        for number in 1...3 {
                            try await journal.wait(for: 3 * turn + number, of: "rescheduled echo")
                            scenario.advance(by: .seconds(60), waking: "echo")
                        }
                        try await journal.wait(for: 2 * turn + 1, of: "failed echo")
                        let row = try await scenario.row(chain)
                        try expect(row.failedAt == nil, "it is to be tried again")
                        try expect(row.scheduledAt - scenario.clock.now, equals: .seconds(10), "the backoff")
                        scenario.advance(by: .seconds(10), waking: "echo")
                        try await journal.wait(for: 2 * turn + 2, of: "failed echo")
                        try expect(try await scenario.state.status(chain.id), equals: .failed, "the status of the job")
                        if turn == 0 { try await client.redriveJobs([chain.id]) }
                    }
                }
            },
            test("a processor's maximum of attempts goes before its worker's") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self, maximumAttempts: 1) { _ in throw HandlerFailure() }
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.maximumAttempts = 5 }
                try await scenario.withWorker([echo], configuration) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.journal.wait(of: "failed echo")
                    let row = try await scenario.row(chain)
                    try expect(row.status(at: scenario.clock.now), equals: .failed, "the status of the job")
                }
            },
            test("a job that kills its worker each time has failed when its attempts are used up") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self, maximumAttempts: 2) { .finish($0.input) }
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                for attempt in 1...2 {
                    _ = try await scenario.state.claimOnly("echo", worker: "dead", lease: .seconds(30))
                    scenario.clock.advance(by: .seconds(31))
                    let configuration = WorkerScenario<Subject.Adapter>.patient {
                        $0.backoff = Backoff(initial: .seconds(3_000), jitter: 0)
                    }
                    try await scenario.withWorker([echo], configuration) { _ in
                        try await scenario.journal.wait(for: attempt, of: "lost echo")
                    }
                    scenario.clock.advance(by: .seconds(10_000))
                }
                let row = try await scenario.row(chain)
                try expect(row.status(at: scenario.clock.now), equals: .failed, "the status of the job")
                let outcomes = try await scenario.client.failedAttempts(ofJob: chain.id).map(\.outcome)
                try expect(outcomes, equals: [.lost, .lost], "the attempts on record")
            },
        ]
    }

    var timeoutCases: [ConformanceCase] {
        [
            test("a handler that takes too long is cancelled, and its attempt has failed") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self, timeout: .seconds(60)) { job in
                    if job.attempt > 1 { return .finish("attempt \(job.attempt)") }
                    journal.add("runs")
                    do {
                        try await journal.wait(of: "never")
                    } catch {
                        journal.add("cancelled")
                        throw error
                    }
                    return .finish("never")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    try await scenario.advance(toEndOf: .seconds(60))
                    try await journal.wait(of: "cancelled")
                    try await journal.wait(of: "failed echo")
                    let error = try await scenario.client.failedAttempts(ofJob: chain.id).first?.error
                    try expect(error?.contains("took longer than") == true, "the error says that the time was up")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                }
            },
            test("a handler that ignores that its time is up is not waited for, and writes nothing") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self, timeout: .seconds(60)) { job in
                    if job.attempt > 1 { return .finish("attempt \(job.attempt)") }
                    journal.add("runs")
                    // A task of its own, because it has to ignore that the handler is cancelled.
                    await Task { try? await journal.wait(of: "go") }.value
                    return .finish("late")
                }
                try await scenario.withWorker([echo]) { _ in
                    // Whatever fails here: the worker waits for the handler.
                    defer { journal.add("go") }
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    try await scenario.advance(toEndOf: .seconds(60))
                    try await journal.wait(of: "failed echo")
                    journal.add("go")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                    try await journal.wait(of: "completed echo")
                    try expect(journal.count(of: "completed echo"), equals: 1, "the number of completed attempts")
                }
            },
            test("what an atomic handler writes after its time is up is undone") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                let echo = Processor<Faulty>.atomic(Echo.self, timeout: .seconds(600)) { job, db in
                    if job.attempt > 1 { return .finish("attempt \(job.attempt)") }
                    journal.add("runs")
                    do { try await journal.wait(of: "never") } catch { journal.add("cancelled") }
                    try await client.startJobChain(Count.self, input: 1, on: db)
                    return .finish("late")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    try await scenario.advance(toEndOf: .seconds(600))
                    try await journal.wait(of: "failed echo")
                    try await journal.wait(of: "rolled back count")
                    scenario.advance(by: .seconds(100), waking: "echo")
                    let output = try await client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                    try expect(journal.count(of: "created count"), equals: 0, "the number of chains that it started")
                }
            },
        ]
    }
}
