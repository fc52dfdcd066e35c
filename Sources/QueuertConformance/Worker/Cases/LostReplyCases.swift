import Queuert

extension WorkerConformance {
    /// A configuration whose leases end within a case, and whose polls come every few seconds.
    static var recovering: Worker<Faulty>.Configuration {
        WorkerScenario<Subject.Adapter>.patient {
            $0.leaseDuration = .seconds(30)
            $0.pollInterval = .seconds(5)
        }
    }

    var lostReplyCases: [ConformanceCase] {
        ProcessorMode.allCases.flatMap { mode in
            [
                test("a continuation whose reply is lost is written once (\(mode))") { scenario in
                    let client = scenario.client
                    let journal = scenario.journal
                    let begin = mode.processor(Begin.self, on: Faulty.self) { job in
                        .continueWith(\.end, input: .init(number: job.attempt, text: ""))
                    }
                    scenario.faults.loseReply(after: .settle, times: 1)
                    try await scenario.withWorker([begin]) { _ in
                        let chain = try await client.startJobChain(Begin.self, input: 1)
                        // The worker takes the attempt for failed, which is refused.
                        try await scenario.faults.wait(for: 2, of: .settle)
                        let rows = try await client.jobs(ofChain: chain.id)
                        try expect(rows.map(\.typeName), equals: ["begin", "end"], "the jobs of the chain")
                        let attempts = try await client.failedAttempts(ofJob: chain.id)
                        try expect(attempts, equals: [], "the attempts that did not succeed")
                    }
                    try expect(journal.count(of: "continued begin"), equals: 1, "how often the end is told")
                    try expect(journal.count(of: "created end"), equals: 1, "how often the continuation is told")
                    try expect(journal.count(of: "rolled back end"), equals: 0, "the number of undone continuations")
                },
                test("a result whose reply is lost is written once (\(mode))") { scenario in
                    let client = scenario.client
                    let echo = mode.processor(Echo.self, on: Faulty.self) { .finish("attempt \($0.attempt)") }
                    scenario.faults.loseReply(after: .settle, times: 1)
                    try await scenario.withWorker([echo]) { _ in
                        let chain = try await client.startJobChain(Echo.self, input: "x")
                        try await scenario.faults.wait(for: 2, of: .settle)
                        let output = try await client.awaitJobChain(chain).output
                        try expect(output, equals: "attempt 1", "the output")
                        let attempts = try await client.failedAttempts(ofJob: chain.id)
                        try expect(attempts, equals: [], "the attempts that did not succeed")
                    }
                    try expect(scenario.journal.count(of: "completed echo"), equals: 1, "how often the end is told")
                    try expect(scenario.journal.count(of: "failed echo"), equals: 0, "how often a failure is told")
                },
                test("a failure whose reply is lost is written once (\(mode))") { scenario in
                    let echo = mode.processor(Echo.self, on: Faulty.self) { job in
                        if job.attempt > 1 { return .finish("attempt \(job.attempt)") }
                        scenario.faults.loseReply(after: .settle, times: 1)
                        throw HandlerFailure()
                    }
                    try await scenario.withWorker([echo], Self.recovering) { _ in
                        let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                        // The failure is written a second time after a pause, which may begin when the job has run again.
                        try await scenario.advance(inStepsOf: .milliseconds(500), sleepers: idleWorkerSleepers) {
                            scenario.journal.count(of: "completed echo") == 1
                                && scenario.faults.count(of: .settle) >= 3
                        }
                        let attempts = try await scenario.begunAttempts(ofJob: chain.id)
                        try expect(attempts.map(\.outcome), equals: [.failed], "the attempts that did not succeed")
                        try expect(
                            try await scenario.client.awaitJobChain(chain).output, equals: "attempt 2", "the output")
                    }
                },
            ]
        } + [
            test("a claim whose reply is lost costs a lease and an attempt, and no job") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { .finish("attempt \($0.attempt)") }
                let client = scenario.client
                let chains = try await client.startJobChains((0..<3).map { NewChain(Echo.self, input: "\($0)") })
                scenario.faults.loseReply(after: .claimJobs, times: 1)
                try await scenario.withWorker([echo], Self.recovering) { _ in
                    try await scenario.advance(inStepsOf: .seconds(1), sleepers: idleWorkerSleepers) {
                        scenario.journal.count(of: "completed echo") == 3
                    }
                }
                var contexts: [String?] = []
                for chain in chains {
                    let attempts = try await scenario.begunAttempts(ofJob: chain.id)
                    try expect(attempts.map(\.outcome), equals: [.lost], "the attempts that did not succeed")
                    let row = try await scenario.row(chain)
                    try expect(row.output, equals: #""attempt 2""#, "the output")
                    contexts += attempts.map(\.attemptContext) + [row.trace.attemptContext]
                }
                try expect(Set(contexts).count, equals: 6, "the number of different contexts of the six attempts")
            },
            test("a start whose reply is lost has happened: with its key, asking again yields the same chain") {
                scenario in
                let client = scenario.client
                let rule = Deduplication(key: "k")
                scenario.faults.loseReply(after: .insertJobs, times: 1)
                _ = try await expectError(InjectedFault.self, "the start whose reply is lost") {
                    try await client.startJobChain(Echo.self, input: "x", deduplication: rule)
                }
                let again = try await client.startJobChain(Echo.self, input: "x", deduplication: rule)
                try expect(again.isExisting, "the chain was there")
                try expect(try await client.chains().items.count, equals: 1, "the number of chains")
            },
            test("a renewal whose reply is lost has kept the lease") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    journal.add("runs")
                    try await journal.wait(of: "go")
                    return .finish("attempt \(job.attempt)")
                }
                scenario.faults.loseReply(after: .renewLeases, times: 3)
                try await scenario.withWorker([echo], Self.recovering) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    try await scenario.advance(inStepsOf: .seconds(1), sleepers: idleWorkerSleepers) {
                        scenario.faults.count(of: .renewLeases) >= 5
                    }
                    journal.add("go")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 1", "the output")
                }
            },
        ]
    }
}
