import Queuert

extension WorkerConformance {
    /// What clients ask of the database: each line of the table in docs/architecture.md that is theirs.
    var clientCostCases: [ConformanceCase] {
        [
            test("workers and waiters are told after the commit, once, and not of a rollback") { scenario in
                let client = scenario.client
                let log = Journal()
                try await scenario.notify.withListener({ hint in
                    log.add("hint \(hint.dueTypes.sorted().joined(separator: " "))")
                }) {
                    try? await client.withTransaction { db in
                        try await client.startJobChain(Echo.self, input: "undone", on: db)
                        throw HandlerFailure()
                    }
                    try await client.withTransaction { db in
                        try await client.startJobChain(Echo.self, input: "a", on: db)
                        try await client.startJobChain(Echo.self, input: "b", on: db)
                        try await client.startJobChain(Count.self, input: 1, on: db)
                        log.add("body")
                    }
                    log.add("after")
                }
                try expect(log.events, equals: ["body", "hint count echo", "after"], "what happened")
            },
            test("any number of chains with blockers are started by one statement of the caller's transaction") {
                scenario in
                let client = scenario.client
                let cost = try await scenario.cost {
                    try await client.withTransaction { db in
                        let counts = try await client.startJobChains(
                            (0..<20).map { NewChain(Count.self, input: $0) }, on: db)
                        try await client.startJobChains(
                            (0..<20).map { NewChain(Gather.self, input: "\($0)", blockers: counts) }, on: db)
                    }
                }
                try expect(cost, equals: [.begin: 1, .insertJobs: 2], "what two calls cost")
            },
            test("a chain is started by one statement in one transaction, whatever it waits for") { scenario in
                let client = scenario.client
                let counts = try await client.startJobChains((0..<3).map { NewChain(Count.self, input: $0) })
                let cost = try await scenario.cost {
                    try await client.startJobChain(Gather.self, input: "x", blockers: counts)
                }
                try expect(cost, equals: [.begin: 1, .insertJobs: 1], "what it costs")
                let keyed = try await scenario.cost {
                    try await client.startJobChain(
                        Echo.self, input: "x", deduplication: Deduplication(key: "k", window: .seconds(60)))
                    try await client.startJobChain(
                        Echo.self, input: "x", deduplication: Deduplication(key: "k", window: .seconds(60)))
                }
                try expect(keyed, equals: [.begin: 2, .insertJobs: 2], "what two chains with a key cost")
            },
            test("chains are triggered, redriven, cancelled, deleted and counted by one statement each") { scenario in
                let client = scenario.client
                let chains = try await client.startJobChains((0..<3).map { NewChain(Count.self, input: $0) })
                let ids = chains.map(\.id)
                let triggered = try await scenario.cost { try await client.triggerJobs(ids) }
                try expect(triggered, equals: [.begin: 1, .triggerJobs: 1], "what triggering costs")
                let failed = [try await scenario.state.failedJob("a").id, try await scenario.state.failedJob("b").id]
                let redriven = try await scenario.cost { try await client.redriveJobs(failed) }
                try expect(redriven, equals: [.begin: 1, .redriveJobs: 1], "what redriving costs")
                let counted = try await scenario.cost { _ = try await client.jobCounts() }
                try expect(counted, equals: [.read: 1, .jobCounts: 1], "what counting costs")
                let cancelled = try await scenario.cost { try await client.cancelJobChains(ids) }
                try expect(cancelled, equals: [.begin: 1, .cancelChains: 1], "what cancelling costs")
                let deleted = try await scenario.cost { try await client.deleteJobChains(ids) }
                try expect(deleted, equals: [.begin: 1, .deleteChains: 1], "what deleting costs")
            },
        ]
    }

    /// What workers ask of the database: the other lines, but for the poll's, which is in ``controlCases``.
    var workerCostCases: [ConformanceCase] {
        ProcessorMode.allCases.map { mode in
            test("an attempt costs its claim and its end, each one statement in one transaction (\(mode))") {
                scenario in
                let echo = mode.processor(Echo.self, on: Faulty.self) { .finish($0.input) }
                let cost = try await scenario.cost(ofWorking: [echo]) {
                    try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.journal.wait(of: "completed echo")
                }
                // One transaction more is the start's.
                try expect(
                    cost, equals: [.begin: 3, .insertJobs: 1, .claimJobs: 1, .settle: 1], "what the attempt costs")
            }
        } + [
            test("a staged attempt that prepares costs one transaction more, which prolongs its lease") { scenario in
                let echo = Processor<Faulty>.staged(Echo.self) { job, attempt in
                    try await attempt.prepare { _ in }
                    return try await attempt.complete { _ in .finish(job.input) }
                }
                let cost = try await scenario.cost(ofWorking: [echo]) {
                    try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.journal.wait(of: "completed echo")
                }
                try expect(
                    cost, equals: [.begin: 4, .insertJobs: 1, .claimJobs: 1, .renewLeases: 1, .settle: 1],
                    "what the attempt costs")
            },
            test("each job wakes one of two idle workers") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                let other = try Worker(
                    client: scenario.client, processors: [echo],
                    configuration: WorkerScenario<Subject.Adapter>.patient)
                async let running: Void = other.run()
                try await scenario.withWorker([echo]) { _ in
                    await scenario.clock.waitForSleepers(2 * idleWorkerSleepers)
                    let cost = try await scenario.cost {
                        for number in 1...5 {
                            try await scenario.client.startJobChain(Echo.self, input: "\(number)")
                            try await scenario.journal.wait(for: number, of: "completed echo")
                        }
                    }
                    try expect(cost[.claimJobs], equals: 5, "the number of claims for five jobs, one after the other")
                }
                await other.stop()
                await running
            },
            test("a batch of attempts in one transaction costs what one attempt does") { scenario in
                let count = Processor<Faulty>.batched(Count.self, upTo: 10) { jobs, _ in
                    jobs.map { $0.decide(.finish($0.input)) }
                }
                let cost = try await scenario.cost(ofWorking: [count]) {
                    try await scenario.client.startJobChains((0..<10).map { NewChain(Count.self, input: $0) })
                    try await scenario.journal.wait(for: 10, of: "completed count")
                }
                try expect(
                    cost, equals: [.begin: 3, .insertJobs: 1, .claimJobs: 1, .settle: 1], "what the batch costs")
            },
            test("an attempt that continues with a job that waits for chains costs no more") { scenario in
                let client = scenario.client
                let counts = try await client.startJobChains((0..<3).map { NewChain(Count.self, input: $0) })
                let begin = Processor<Faulty>.atomic(Begin.self) { _, _ in
                    .continueWith(\.gather, input: 1, blockers: counts)
                }
                let cost = try await scenario.cost(ofWorking: [begin]) {
                    try await client.startJobChain(Begin.self, input: 0)
                    try await scenario.journal.wait(of: "continued begin")
                }
                try expect(
                    cost, equals: [.begin: 3, .insertJobs: 1, .claimJobs: 1, .settle: 1], "what the attempt costs")
            },
            test("all free slots are filled by one claim, and the leases of all prolonged together") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    journal.add("runs")
                    try await journal.wait(of: "go")
                    return .finish(job.input)
                }
                try await scenario.withWorker([echo]) { _ in
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    let claiming = try await scenario.cost {
                        try await scenario.client.startJobChains((0..<4).map { NewChain(Echo.self, input: "\($0)") })
                        try await journal.wait(for: 4, of: "runs")
                    }
                    try expect(claiming[.claimJobs], equals: 1, "the number of claims")
                    // With all slots filled, what prolongs leases and what looks for lost jobs sleep.
                    await scenario.clock.waitForSleepers(idleWorkerSleepers - 1)
                    let renewing = try await scenario.cost {
                        scenario.clock.advance(by: .seconds(1_200))
                        try await scenario.faults.wait(for: 1, of: .renewLeases)
                    }
                    try expect(renewing, equals: [.begin: 1, .renewLeases: 1], "what prolonging four leases costs")
                    journal.add("go")
                    try await journal.wait(for: 4, of: "completed echo")
                }
            },
            test("results that are there when the database is free are written together") { scenario in
                let journal = scenario.journal
                let count = 60
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    journal.add("handled")
                    return .finish(job.input)
                }
                let hold = scenario.faults.hold(.settle)
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.concurrency = count }
                let cost = try await scenario.cost(ofWorking: [echo], configuration) {
                    try await scenario.client.startJobChains((0..<count).map { NewChain(Echo.self, input: "\($0)") })
                    try await hold.reached()
                    try await journal.wait(for: count, of: "handled")
                    hold.release()
                    try await journal.wait(for: count, of: "completed echo")
                }
                // Two, and some more where a handler has just returned while the first results are written.
                try expect(cost[.settle] <= count / 4, "\(cost[.settle]) transactions wrote \(count) results")
                try expect(cost[.claimJobs] <= 2, "\(cost[.claimJobs]) claims took \(count) jobs")
            },
            test("a failure costs its claim and its end") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { _ in throw HandlerFailure() }
                let cost = try await scenario.cost(ofWorking: [echo]) {
                    try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.journal.wait(of: "failed echo")
                }
                try expect(cost[.settle], equals: 1, "the number of ends that are written")
                // The worker may look once more, because the job is due again some time.
                try expect(cost[.claimJobs] <= 2, "\(cost[.claimJobs]) claims were made")
                try expect(cost.otherTransactions, equals: 2, "the number of other transactions")
                try expect(cost.otherReads, equals: 0, "the number of other reads")
            },
            test("a failure of a job that was tried before costs one read more") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { _ in throw HandlerFailure() }
                let cost = try await scenario.cost(ofWorking: [echo]) {
                    try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.journal.wait(of: "failed echo")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    try await scenario.journal.wait(for: 2, of: "failed echo")
                }
                try expect(cost[.settle], equals: 2, "the number of ends that are written")
                try expect(cost[.failedAttempts], equals: 1, "how often failures are counted")
                try expect(cost.otherReads, equals: 1, "the number of other reads")
                try expect(cost.otherTransactions, equals: 3, "the number of other transactions")
            },
            test("a claim that finds nothing is followed by one read, of what is paused") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                let cost = try await scenario.cost(ofWorking: [echo]) {
                    let looks = scenario.faults.count(of: .pausedTypes)
                    scenario.notify.send(WakeHint(dueTypes: ["echo"]))
                    try await scenario.faults.wait(for: looks + 1, of: .pausedTypes)
                }
                try expect(
                    cost, equals: [.begin: 1, .claimJobs: 1, .read: 1, .pausedTypes: 1], "what the claim costs")
            },
            test("a look for lost jobs reads once, and what it finds is taken back in one transaction") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.leaseDuration = .seconds(600) }
                let looking = try await scenario.cost(ofWorking: [echo], configuration) {
                    scenario.clock.advance(by: .seconds(300))
                    try await scenario.faults.wait(for: 2, of: .expiredLeases)
                }
                try expect(looking, equals: [.read: 1, .expiredLeases: 1], "what a look that finds nothing costs")

                for _ in 0..<5 { try await scenario.state.insert(scenario.state.newJob("echo", input: #""x""#)) }
                _ = try await scenario.state.claim(["echo"], worker: "dead", lease: .seconds(300))
                let finding = try await scenario.cost(ofWorking: [echo], configuration) {
                    scenario.clock.advance(by: .seconds(301))
                    try await scenario.journal.wait(for: 5, of: "lost echo")
                }
                try expect(finding[.expiredLeases], equals: 1, "the number of looks")
                try expect(finding[.settle], equals: 1, "the number of settlements of five lost jobs")
                try expect(finding.otherTransactions, equals: 1, "the number of other transactions")
                try expect(finding[.failedAttempts], equals: 0, "how often failures are counted")
            },
            test("of lost jobs that were tried before, failures are counted in the read that finds them") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.leaseDuration = .seconds(600) }
                for _ in 0..<5 { try await scenario.state.insert(scenario.state.newJob("echo", input: #""x""#)) }
                for job in try await scenario.state.claim(["echo"]).jobs {
                    try await scenario.state.settle(job.row, .retried(.now, error: "no", .failed))
                }
                _ = try await scenario.state.claim(["echo"], worker: "dead", lease: .seconds(300))
                let cost = try await scenario.cost(ofWorking: [echo], configuration) {
                    scenario.clock.advance(by: .seconds(301))
                    try await scenario.journal.wait(for: 5, of: "lost echo")
                }
                try expect(cost[.expiredLeases], equals: 1, "the number of looks")
                try expect(cost[.failedAttempts], equals: 1, "how often failures are counted")
                try expect(cost.otherReads, equals: 1, "the number of other reads")
                try expect(cost[.settle], equals: 1, "the number of settlements of five lost jobs")
                try expect(cost.otherTransactions, equals: 1, "the number of other transactions")
            },
            test("jobs that are blocked by nothing are looked for by one read, at every tenth look for lost ones") {
                scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.leaseDuration = .seconds(600) }
                let cost = try await scenario.cost(ofWorking: [echo], configuration) {
                    let looks = scenario.faults.count(of: .hasStrandedJobs)
                    try await scenario.advance(inStepsOf: .seconds(300), sleepers: idleWorkerSleepers) {
                        scenario.faults.count(of: .hasStrandedJobs) > looks
                    }
                }
                try expect(cost[.hasStrandedJobs], equals: 1, "the number of looks for such jobs")
                // The clock may have moved once more before the look was seen, and the next look have begun its read.
                let looks = cost[.expiredLeases]
                try expect((10..<20).contains(looks), "there are ten looks for lost ones, or hardly more: \(looks)")
                let further = cost.otherReads - looks
                try expect((1...2).contains(further), "there is one read more, or one just begun, and not \(further)")
                try expect(cost.otherTransactions, equals: 0, "the number of other transactions")
            },
            test("a worker's jobs are counted, as for metrics, by one read") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                let cost = try await scenario.cost(ofWorking: [echo]) {
                    let worker = try require(scenario.observability.runningWorkers.first, "the worker")
                    _ = try await worker.jobCounts()
                }
                try expect(cost, equals: [.read: 1, .jobCounts: 1], "what it costs")
            },
        ]
    }
}
