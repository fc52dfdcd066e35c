import Queuert

/// The ways in which a processor runs its handler of batches.
private enum BatchMode: String, CaseIterable, Sendable {
    case batched, detachedBatched

    func processor<Kind: JobType, Adapter: StateAdapter>(
        _ type: Kind.Type, upTo limit: Int, on _: Adapter.Type,
        handler: @escaping @Sendable ([Job<Kind>]) async throws -> [BatchDecision<Kind>]
    ) -> Processor<Adapter> {
        switch self {
        case .batched: .batched(type, upTo: limit) { jobs, _ in try await handler(jobs) }
        case .detachedBatched: .detachedBatched(type, upTo: limit, handler: handler)
        }
    }
}

extension WorkerConformance {
    private static func startMany(
        _ count: Int, _ scenario: WorkerScenario<Subject.Adapter>
    ) async throws -> [Chain<Count>] {
        let client = scenario.client
        return try await client.withTransaction { db in
            var chains: [Chain<Count>] = []
            for number in 0..<count {
                chains.append(try await client.startJobChain(Count.self, input: number, on: db))
            }
            return chains
        }
    }

    var batchCases: [ConformanceCase] {
        BatchMode.allCases.flatMap { mode in
            [
                test("jobs of a type run together, up to a number, and a batch takes one slot (\(mode))") { scenario in
                    let journal = scenario.journal
                    let running = RunningCount()
                    let count = mode.processor(Count.self, upTo: 10, on: Faulty.self) { jobs in
                        running.enter()
                        defer { running.leave() }
                        journal.add("batch of \(jobs.count)")
                        return jobs.map { $0.decide(.finish($0.input * 2)) }
                    }
                    let chains = try await Self.startMany(25, scenario)
                    let configuration = WorkerScenario<Subject.Adapter>.patient { $0.concurrency = 1 }
                    try await scenario.withWorker([count], configuration) { _ in
                        for (number, chain) in chains.enumerated() {
                            let output = try await scenario.client.awaitJobChain(chain).output
                            try expect(output, equals: number * 2, "an output")
                        }
                    }
                    try expect(running.maximum, equals: 1, "the number of batches that ran at once")
                    try expect(journal.count(of: "batch of 10"), equals: 2, "the number of full batches")
                    try expect(journal.count(of: "batch of 5"), equals: 1, "the number of batches with what was left")
                    try await journal.wait(for: 25, of: "completed count")
                    try expect(journal.count(of: "completed count"), equals: 25, "the number of completed attempts")
                },
                test("each job of a batch is decided about by itself (\(mode))") { scenario in
                    let journal = scenario.journal
                    let begin = mode.processor(Begin.self, upTo: 10, on: Faulty.self) { jobs in
                        jobs.map { job in
                            switch (job.input, job.attempt) {
                            case (1, 1): job.fail(with: HandlerFailure(text: "one"))
                            case (2, 1): job.reschedule(.after(.seconds(10)), reason: "later")
                            case (3, _): job.decide(.continueWith(\.end, input: .init(number: 3, text: "three")))
                            default: job.decide(.finish("\(job.input) at attempt \(job.attempt)"))
                            }
                        }
                    }
                    let end = Processor<Faulty>.detached(End.self) { .finish($0.input.text) }
                    let client = scenario.client
                    let chains = try await client.withTransaction { db in
                        var chains: [Chain<Begin>] = []
                        for number in 0..<4 {
                            chains.append(try await client.startJobChain(Begin.self, input: number, on: db))
                        }
                        return chains
                    }
                    try await scenario.withWorker([begin, end]) { _ in
                        let none = try await client.awaitJobChain(chains[0]).output
                        try expect(none, equals: "0 at attempt 1", "the output of the job that finished")
                        let three = try await client.awaitJobChain(chains[3]).output
                        try expect(three, equals: "three", "the output of the job that continued")
                        try await journal.wait(of: "failed begin")
                        try await journal.wait(of: "rescheduled begin")
                        scenario.advance(by: .seconds(10), waking: "begin")
                        for number in 1...2 {
                            let output = try await client.awaitJobChain(chains[number]).output
                            try expect(output, equals: "\(number) at attempt 2", "the output of job \(number)")
                        }
                    }
                },
                test("a batch that fails is tried again job by job (\(mode))") { scenario in
                    let journal = scenario.journal
                    let count = mode.processor(Count.self, upTo: 10, on: Faulty.self) { jobs in
                        journal.add("batch of \(jobs.count)")
                        if jobs.contains(where: { $0.input == 3 && $0.attempt < 3 }) { throw HandlerFailure() }
                        return jobs.map { $0.decide(.finish($0.attempt)) }
                    }
                    let chains = try await Self.startMany(5, scenario)
                    try await scenario.withWorker([count]) { _ in
                        try await journal.wait(for: 5, of: "failed count")
                        scenario.advance(by: .seconds(10), waking: "count")
                        try await journal.wait(for: 6, of: "failed count")
                        scenario.advance(by: .seconds(20), waking: "count")
                        for (number, chain) in chains.enumerated() {
                            let output = try await scenario.client.awaitJobChain(chain).output
                            try expect(output, equals: number == 3 ? 3 : 2, "the attempts that job \(number) took")
                        }
                    }
                    try expect(journal.count(of: "batch of 5"), equals: 1, "the number of batches of all")
                    try expect(journal.count(of: "batch of 1"), equals: 6, "the number of jobs that ran alone")
                },
                test("jobs that were rescheduled for a reason stay together (\(mode))") { scenario in
                    let journal = scenario.journal
                    let count = mode.processor(Count.self, upTo: 10, on: Faulty.self) { jobs in
                        journal.add("batch of \(jobs.count)")
                        return jobs.map { job in
                            if job.attempt > 1 { return job.decide(.finish(job.input)) }
                            return job.reschedule(.after(.seconds(10)), reason: "not yet")
                        }
                    }
                    let chains = try await Self.startMany(3, scenario)
                    try await scenario.withWorker([count]) { _ in
                        try await journal.wait(for: 3, of: "rescheduled count")
                        scenario.advance(by: .seconds(10), waking: "count")
                        for chain in chains { _ = try await scenario.client.awaitJobChain(chain) }
                    }
                    try expect(journal.count(of: "batch of 3"), equals: 2, "the number of batches of all")
                },
                test("a handler that doesn't decide about each of its jobs has failed (\(mode))") { scenario in
                    let count = mode.processor(Count.self, upTo: 10, on: Faulty.self) { jobs in
                        jobs.filter { $0.input != 1 || $0.attempt > 1 }.map { $0.decide(.finish($0.attempt)) }
                    }
                    let chains = try await Self.startMany(3, scenario)
                    try await scenario.withWorker([count]) { _ in
                        try await scenario.journal.wait(for: 3, of: "failed count")
                        for chain in chains {
                            let error = try await scenario.client.failedAttempts(ofJob: chain.id).first?.error
                            try expect(error?.contains("no decision for 1 jobs") == true, "the error says so")
                        }
                        scenario.advance(by: .seconds(10), waking: "count")
                        for chain in chains { _ = try await scenario.client.awaitJobChain(chain) }
                    }
                },
                test("a job of a batch that can't be decoded fails alone (\(mode))") { scenario in
                    let count = mode.processor(Count.self, upTo: 10, on: Faulty.self) { jobs in
                        jobs.map { $0.decide(.finish($0.attempt)) }
                    }
                    let broken = scenario.state.newJob("count", input: #""no number""#)
                    try await scenario.state.transaction { _ = try $0.insertJobs([broken]) }
                    let chains = try await Self.startMany(3, scenario)
                    try await scenario.withWorker([count]) { _ in
                        for chain in chains {
                            let output = try await scenario.client.awaitJobChain(chain).output
                            try expect(output, equals: 1, "the attempts that a job took")
                        }
                        try await scenario.journal.wait(of: "failed count")
                    }
                    let failed = try await scenario.state.failedAttempts(broken.id)
                    try expect(failed.count, equals: 1, "the number of failed attempts of the job")
                },
                test("a job of a batch that can't be decoded keeps its own error when the batch fails (\(mode))") {
                    scenario in
                    let count = mode.processor(Count.self, upTo: 10, on: Faulty.self) { _ in throw HandlerFailure() }
                    let broken = scenario.state.newJob("count", input: #""no number""#)
                    try await scenario.state.transaction { _ = try $0.insertJobs([broken]) }
                    let chains = try await Self.startMany(3, scenario)
                    try await scenario.withWorker([count]) { _ in
                        try await scenario.journal.wait(for: 4, of: "failed count")
                    }
                    for chain in chains {
                        let error = try await scenario.state.failedAttempts(chain.id).first?.error
                        try expect(error?.contains("it didn't work") == true, "a job has the handler's error")
                    }
                    let error = try await scenario.state.failedAttempts(broken.id).first?.error
                    try expect(error?.contains("inputNotDecodable") == true, "the broken job's error says what it is")
                },
                test("a batch may be asked to be as large as it gets (\(mode))") { scenario in
                    let count = mode.processor(Count.self, upTo: .max, on: Faulty.self) { jobs in
                        jobs.map { $0.decide(.finish($0.input)) }
                    }
                    let echo = mode.processor(Echo.self, upTo: .max, on: Faulty.self) { jobs in
                        jobs.map { $0.decide(.finish($0.input)) }
                    }
                    let configuration = WorkerScenario<Subject.Adapter>.patient { $0.concurrency = 2 }
                    try await scenario.withWorker([count, echo], configuration) { _ in
                        await scenario.clock.waitForSleepers(idleWorkerSleepers)
                        let client = scenario.client
                        let number = try await client.startJobChain(Count.self, input: 1)
                        let text = try await client.startJobChain(Echo.self, input: "x")
                        try expect(try await client.awaitJobChain(number).output, equals: 1, "an output")
                        try expect(try await client.awaitJobChain(text).output, equals: "x", "another output")
                    }
                },
            ]
        } + [
            test("jobs of a batch that fail one by one have a limit and a backoff, which rescheduling leaves alone") {
                scenario in
                let journal = scenario.journal
                let count = Processor<Faulty>.batched(Count.self, upTo: 10, maximumAttempts: 2) { jobs, _ in
                    jobs.map { job in
                        if job.attempt == 1 { return job.reschedule(.after(.seconds(60))) }
                        return job.fail(with: HandlerFailure())
                    }
                }
                let chain = try await Self.startMany(1, scenario)[0]
                try await scenario.withWorker([count]) { _ in
                    try await journal.wait(of: "rescheduled count")
                    scenario.advance(by: .seconds(60), waking: "count")
                    try await journal.wait(of: "failed count")
                    let row = try await scenario.row(chain)
                    try expect(row.failedAt == nil, "it is to be tried again")
                    try expect(row.scheduledAt - scenario.clock.now, equals: .seconds(10), "the backoff")
                    scenario.advance(by: .seconds(10), waking: "count")
                    try await journal.wait(for: 2, of: "failed count")
                    try expect(try await scenario.state.status(chain.id), equals: .failed, "the status of the job")
                }
            },
            test("a batch's writes and results are one commit") { scenario in
                let client = scenario.client
                let count = Processor<Faulty>.batched(Count.self, upTo: 10) { jobs, db in
                    for job in jobs { try await client.startJobChain(Echo.self, input: "\(job.input)", on: db) }
                    if jobs[0].attempt == 1 { throw HandlerFailure() }
                    return jobs.map { $0.decide(.finish($0.input)) }
                }
                let chains = try await Self.startMany(4, scenario)
                try await scenario.withWorker([count]) { _ in
                    try await scenario.journal.wait(for: 4, of: "failed count")
                    try expect(scenario.journal.count(of: "created echo"), equals: 0, "the number of writes so far")
                    scenario.advance(by: .seconds(10), waking: "count")
                    for chain in chains { _ = try await client.awaitJobChain(chain) }
                }
                try expect(scenario.journal.count(of: "created echo"), equals: 4, "the number of writes")
            },
        ]
    }
}
