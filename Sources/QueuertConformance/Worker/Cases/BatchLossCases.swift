import Queuert

/// Waits, before the transaction of a batch begins, until it is told to go.
private struct WaitingBefore: AttemptMiddleware {
    let journal: Journal

    func handle(_ attempt: AttemptDetails, _ next: MiddlewareNext<Void>) async throws {
        journal.add("batch of \(attempt.jobs.count)")
        try await journal.wait(of: "go")
        try await next()
    }
}

extension WorkerConformance {
    var batchLossCases: [ConformanceCase] {
        [
            test("a batch that has lost one lease is undone and done again without it, and no other attempt counts") {
                scenario in
                let client = scenario.client
                let journal = scenario.journal
                let stack = Middleware(WaitingBefore(journal: journal))
                let count: Processor<Faulty> = stack.batched(Count.self, upTo: 10, maximumAttempts: 1) { jobs, _, db in
                    for job in jobs { try await client.startJobChain(Echo.self, input: "\(job.input)", on: db) }
                    return jobs.map { $0.decide(.finish($0.attempt)) }
                }
                let chains = try await client.startJobChains((0..<4).map { NewChain(Count.self, input: $0) })
                try await scenario.withWorker([count]) { _ in
                    try await journal.wait(of: "batch of 4")
                    try await Self.takeAway(chains[1].id, scenario)
                    journal.add("go")
                    // The time stands still: a hint tells the worker of the jobs that it has given back.
                    for number in [0, 2, 3] {
                        let output = try await client.awaitJobChain(chains[number]).output
                        try expect(output, equals: 1, "the attempts of job \(number) that count")
                        let outcomes = try await client.failedAttempts(ofJob: chains[number].id).map(\.outcome)
                        try expect(outcomes, equals: [.released], "how the attempt of job \(number) ended")
                    }
                    scenario.advance(by: .seconds(5), waking: "count")
                    let output = try await client.awaitJobChain(chains[1]).output
                    try expect(output, equals: 2, "the attempts of the job that was taken away")
                }
                try expect(journal.count(of: "batch of 3"), equals: 1, "the number of batches without that job")
                try expect(journal.count(of: "released count"), equals: 3, "the number of jobs that were given back")
                try expect(journal.count(of: "failed count"), equals: 0, "the number of attempts that failed")
                try expect(journal.count(of: "rolled back echo"), equals: 4, "the number of writes that were undone")
                try expect(journal.count(of: "created echo"), equals: 4, "the number of writes that stand")
            }
        ]
    }
}
