import Queuert

extension WorkerConformance {
    private static func echo() -> Processor<Faulty> {
        ProcessorMode.detached.processor(Echo.self, on: Faulty.self) { .finish($0.input) }
    }

    var recoveryCases: [ConformanceCase] {
        [
            test("a worker whose claims fail goes on, and its backoff is reset by a success") { scenario in
                scenario.faults.fail(.claimJobs, times: 5)
                try await scenario.withWorker([Self.echo()]) { _ in
                    let first = try await scenario.advance(inStepsOf: .milliseconds(10), sleepers: idleWorkerSleepers) {
                        scenario.faults.count(of: .claimJobs) >= 6
                    }
                    try expect(first >= .milliseconds(3_100), "the pauses grew (to \(first) in all)")
                    try expect(first < .milliseconds(3_300), "the pauses were as configured (\(first) in all)")
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    _ = try await scenario.client.awaitJobChain(chain)
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)

                    let before = scenario.faults.count(of: .claimJobs)
                    scenario.faults.fail(.claimJobs, times: 1)
                    scenario.notify.send(WakeHint(dueTypes: ["echo"]))
                    try await scenario.faults.wait(for: before + 1, of: .claimJobs)
                    let second = try await scenario.advance(inStepsOf: .milliseconds(10), sleepers: idleWorkerSleepers)
                    {
                        scenario.faults.count(of: .claimJobs) >= before + 2
                    }
                    try expect(second <= .milliseconds(150), "the pauses started anew (\(second))")
                }
            },
            test("a failure that can't be written at first is written later, and the lease is kept") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    if job.attempt == 1 {
                        scenario.faults.fail(.settle, times: 3)
                        throw HandlerFailure(text: "mine")
                    }
                    return .finish("attempt \(job.attempt)")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.advance(inStepsOf: .milliseconds(50), sleepers: idleWorkerSleepers) {
                        scenario.journal.count(of: "failed echo") == 1
                    }
                    try expect(
                        try await scenario.client.failedAttempts(ofJob: chain.id).map(\.error), equals: ["mine"],
                        "the errors on record")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    _ = try await scenario.client.awaitJobChain(chain)
                }
            },
            test("a commit that fails fails the attempt, and nothing of it is told") { scenario in
                for (number, mode) in ProcessorMode.allCases.enumerated() {
                    let echo = mode.processor(Begin.self, on: Faulty.self) { job in
                        if job.attempt == 1 { scenario.faults.failCommit(after: .settle, times: 1) }
                        return .continueWith(\.end, input: .init(number: job.attempt, text: ""))
                    }
                    try await scenario.withWorker([echo]) { _ in
                        let chain = try await scenario.client.startJobChain(Begin.self, input: 1)
                        try await scenario.journal.wait(for: number + 1, of: "failed begin")
                        try expect(
                            scenario.journal.count(of: "rolled back end"), equals: number + 1,
                            "the number of continuations that were undone (\(mode))")
                        scenario.advance(by: .seconds(10), waking: "begin")
                        try await scenario.journal.wait(for: number + 1, of: "continued begin")
                        let rows = try await scenario.client.jobs(ofChain: chain.id)
                        try expect(rows.count, equals: 2, "the number of jobs of the chain (\(mode))")
                    }
                }
            },
            test("a detached result whose transaction does not begin fails the attempt, and its continuation is untold")
            {
                scenario in
                let begin = Processor<Faulty>.detached(Begin.self) { job in
                    if job.attempt == 1 { scenario.faults.fail(.begin, times: 1) }
                    return .continueWith(\.end, input: .init(number: job.attempt, text: ""))
                }
                try await scenario.withWorker([begin]) { _ in
                    try await scenario.client.startJobChain(Begin.self, input: 1)
                    // The handler's transaction may meet the fault, or another one that begins meanwhile.
                    try await scenario.advance(inStepsOf: .seconds(1), sleepers: idleWorkerSleepers) {
                        scenario.journal.count(of: "continued begin") == 1
                    }
                }
                let journal = scenario.journal
                try expect(
                    journal.count(of: "rolled back end"), equals: journal.count(of: "failed begin"),
                    "the number of continuations that were undone")
            },
            test("a job whose hint is lost is found at a poll") { scenario in
                let silent = Client(adapter: scenario.adapter, notify: PollingOnly(), clock: scenario.clock)
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.pollInterval = .seconds(5) }
                try await scenario.withWorker([Self.echo()], configuration) { _ in
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    let start = scenario.clock.now
                    let chain = try await silent.startJobChain(Echo.self, input: "x")
                    // Small steps, so that the time doesn't run far ahead of a machine that is busy.
                    try await scenario.advance(inStepsOf: .milliseconds(10), sleepers: idleWorkerSleepers) {
                        scenario.journal.count(of: "completed echo") == 1
                    }
                    try expect(scenario.clock.now - start < .seconds(600), "it was found at a poll")
                    _ = try await scenario.client.awaitJobChain(chain)
                }
            },
        ]
    }

    var sharingCases: [ConformanceCase] {
        ProcessorMode.allCases.map { mode in
            test("two workers on one database run each of many jobs once (\(mode))") { scenario in
                let journal = scenario.journal
                let count = mode.processor(Count.self, on: Faulty.self) { job in
                    journal.add("runs \(job.input)")
                    return .finish(job.input)
                }
                let client = scenario.client
                try await scenario.withWorker([count]) { _ in
                    try await scenario.withWorker([count]) { _ in
                        let chains = try await client.withTransaction { db in
                            var chains: [Chain<Count>] = []
                            for number in 0..<200 {
                                chains.append(try await client.startJobChain(Count.self, input: number, on: db))
                            }
                            return chains
                        }
                        for (number, chain) in chains.enumerated() {
                            try expect(try await client.awaitJobChain(chain).output, equals: number, "an output")
                        }
                    }
                }
                for number in 0..<200 {
                    try expect(journal.count(of: "runs \(number)"), equals: 1, "the runs of job \(number)")
                }
                try expect(journal.count(of: "completed count"), equals: 200, "the number of completed attempts")
            }
        } + [
            test("no more jobs run at once than the worker's concurrency allows") { scenario in
                let journal = scenario.journal
                let running = RunningCount()
                let count = ProcessorMode.detached.processor(Count.self, on: Faulty.self) {
                    job in
                    running.enter()
                    journal.add("runs")
                    // The first ones meet here; without room for four at once they would wait for ever.
                    try await journal.wait(for: 4, of: "runs")
                    await Task.yield()
                    running.leave()
                    return .finish(job.input)
                }
                let jobs = (0..<60).map { scenario.state.newJob("count", input: "\($0)") }
                try await scenario.state.insert(jobs)
                try await scenario.withWorker([count]) { _ in
                    try await journal.wait(for: 60, of: "completed count")
                }
                try expect(running.maximum, equals: 4, "the number of jobs that ran at once")
            }
        ]
    }

    var telemetryCases: [ConformanceCase] {
        ProcessorMode.allCases.map { mode in
            test("what happened to a chain is told once, after each commit (\(mode))") { scenario in
                let processors = [
                    mode.processor(Begin.self, on: Faulty.self) { _ in
                        .continueWith(\.end, input: .init(number: 1, text: ""))
                    },
                    mode.processor(End.self, on: Faulty.self) { _ in .finish("end") },
                ]
                let first = try await scenario.client.startJobChain(Begin.self, input: 1)
                let row = try await scenario.row(first)
                try expect(row.trace.jobContext, equals: "created", "the stored context")
                try await scenario.withWorker(processors) { _ in
                    _ = try await scenario.client.awaitJobChain(first)
                }
                try expect(
                    scenario.journal.events,
                    equals: [
                        "created begin", "created end", "continued begin", "completed end", "chain completed begin",
                    ], "what was told")
                let ended = try await scenario.client.jobs(ofChain: first.id)
                try expect(
                    ended.allSatisfy { $0.trace.attemptContext?.hasPrefix("attempt ") == true },
                    "each job has the context of its attempt")
            }
        }
    }
}
