import Queuert

extension WorkerConformance {
    /// A configuration that looks every second, as nobody says when; its leases last for an hour.
    private static var polling: Worker<Faulty>.Configuration {
        WorkerScenario<Subject.Adapter>.patient { $0.pollInterval = .seconds(1) }
    }

    /// Lets workers poll until something has happened so often.
    ///
    /// The time may run far ahead of a slow machine, but not for as long as a lease.
    @discardableResult
    private static func poll(
        _ scenario: WorkerScenario<Subject.Adapter>, workers: Int = 1, for count: Int = 1, of event: String
    ) async throws -> Duration {
        try await scenario.advance(inStepsOf: .milliseconds(100), sleepers: workers * idleWorkerSleepers) {
            scenario.journal.count(of: event) >= count
        }
    }

    var pollingCases: [ConformanceCase] {
        ProcessorMode.allCases.map { mode in
            pollingTest("without hints a chain goes on at each poll (\(mode))") { scenario in
                let processors = [
                    mode.processor(Begin.self, on: Faulty.self) { job in
                        job.input < 2
                            ? .continueWith(\.again, input: job.input + 1)
                            : .continueWith(\.end, input: .init(number: job.input, text: ""))
                    },
                    mode.processor(End.self, on: Faulty.self) { .finish("\($0.input.number)") },
                ]
                try await scenario.withWorker(processors, Self.polling) { _ in
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    let chain = try await scenario.client.startJobChain(Begin.self, input: 1)
                    let time = try await Self.poll(scenario, of: "chain completed begin")
                    try expect(time < .seconds(1_800), "polls found the jobs, not the end of a lease (\(time))")
                    let rows = try await scenario.client.jobs(ofChain: chain.id)
                    try expect(rows.map(\.attempt), equals: [1, 1, 1], "the attempts of the chain's jobs")
                    try expect(try await scenario.client.awaitJobChain(chain).output, equals: "2", "the output")
                }
            }
        } + [
            pollingTest("without hints what is unblocked, triggered, redriven or resumed is found at a poll") {
                scenario in
                let client = scenario.client
                let processors: [Processor<Faulty>] = [
                    .detached(Count.self) { .finish($0.input) }, .detached(Gather.self) { .finish($0.blockers) },
                    .detached(Echo.self) { .finish($0.input) },
                ]
                try await client.pause(Echo.self)
                let later = try await client.startJobChain(Count.self, input: 1, schedule: .after(.seconds(90_000)))
                let failed = try await scenario.state.failedJob("count")
                let gather = try await client.startJobChain(
                    Gather.self, input: "x", blockers: [later, Chain<Count>(id: failed.id)])
                try await client.startJobChain(Echo.self, input: "x")
                try await scenario.withWorker(processors, Self.polling) { _ in
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    try await client.triggerJobs([later.id])
                    try await client.redriveJobs([failed.id])
                    try await Self.poll(scenario, of: "chain completed gather")
                    try expect(scenario.journal.count(of: "completed echo"), equals: 0, "what is paused has not run")
                    try await client.resume(Echo.self)
                    try await Self.poll(scenario, of: "completed echo")
                    try expect(try await client.awaitJobChain(gather).output, equals: [1, 1], "the output")
                }
            },
            pollingTest("without hints a handler whose chain is cancelled is told when its lease is prolonged") {
                scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    journal.add("runs")
                    do {
                        try await journal.wait(of: "never")
                    } catch {
                        journal.add("cancelled")
                        throw error
                    }
                    return .finish(job.input)
                }
                try await scenario.withWorker([echo], Self.polling) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await Self.poll(scenario, of: "runs")
                    try await scenario.client.cancelJobChain(chain)
                    let renewals = scenario.faults.count(of: .renewLeases)
                    try await scenario.advance(inStepsOf: .seconds(10), sleepers: idleWorkerSleepers) {
                        journal.count(of: "cancelled") == 1
                    }
                    let needed = scenario.faults.count(of: .renewLeases) - renewals
                    try expect(needed, equals: 1, "the number of renewals that it took")
                }
            },
            pollingTest("without hints two workers share what there is, and run each job once") { scenario in
                let journal = scenario.journal
                let count = Processor<Faulty>.detached(Count.self) { job in
                    journal.add("runs \(job.input)")
                    return .finish(job.input)
                }
                try await scenario.client.startJobChains((0..<50).map { NewChain(Count.self, input: $0) })
                try await scenario.withWorker([count], Self.polling) { _ in
                    try await scenario.withWorker([count], Self.polling) { _ in
                        try await Self.poll(scenario, workers: 2, for: 50, of: "completed count")
                    }
                }
                for number in 0..<50 {
                    try expect(journal.count(of: "runs \(number)"), equals: 1, "the runs of job \(number)")
                }
            },
            pollingTest("without hints what recurs is started when it is time") { scenario in
                let start = scenario.clock.now
                try await scenario.startTicking()
                try await scenario.withWorker([scenario.recurrences, scenario.ticks(start)], Self.polling) { _ in
                    let time = try await Self.poll(scenario, for: 2, of: "completed tick")
                    try expect(time >= .seconds(120), "two occurrences took two minutes (\(time))")
                }
                try expect(try await scenario.startedTicks(), equals: [60, 120], "the occurrences")
            },
        ]
    }

    var lossyCases: [ConformanceCase] {
        ProcessorMode.allCases.map { mode in
            lossyTest("hints that get lost, come late or twice cost time, and no job (\(mode))", seed: 12_345) {
                scenario in
                let journal = scenario.journal
                let processors = [
                    mode.processor(Begin.self, on: Faulty.self) { job in
                        journal.add("runs \(job.input)")
                        return .continueWith(\.end, input: .init(number: job.input, text: ""))
                    },
                    mode.processor(End.self, on: Faulty.self) { .finish("\($0.input.number)") },
                ]
                try await scenario.withWorker(processors, Self.polling) { _ in
                    try await scenario.withWorker(processors, Self.polling) { _ in
                        for number in 0..<30 { try await scenario.client.startJobChain(Begin.self, input: number) }
                        try await Self.poll(scenario, workers: 2, for: 30, of: "chain completed begin")
                    }
                }
                for number in 0..<30 {
                    try expect(journal.count(of: "runs \(number)"), equals: 1, "the runs of job \(number)")
                }
                try expect(journal.count(of: "completed end"), equals: 30, "the number of completed attempts")
            }
        }
    }
}
