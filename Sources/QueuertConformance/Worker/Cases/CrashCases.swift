import Queuert

extension WorkerConformance {
    var attemptTimeCases: [ConformanceCase] {
        ProcessorMode.allCases.map { mode in
            test("a job is completed when its handler ends, and a backoff counts from the end of the attempt (\(mode))")
            {
                scenario in
                let clock = scenario.clock
                let echo = mode.processor(Echo.self, on: Faulty.self) { job in
                    clock.advance(by: .seconds(90))
                    if job.attempt == 1 { throw HandlerFailure() }
                    return .finish(job.input)
                }
                try await scenario.withWorker([echo]) { _ in
                    let start = clock.now
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.journal.wait(of: "failed echo")
                    let failed = try await scenario.row(chain)
                    try expect(failed.lastAttemptAt, equals: start, "the time of the first attempt")
                    try expect(failed.scheduledAt, equals: start + .seconds(100), "the due time after the backoff")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    let completedAt = try await scenario.client.awaitJobChain(chain).completedAt
                    try expect(completedAt, equals: start + .seconds(190), "the time of the completion")
                    let row = try await scenario.row(chain)
                    try expect(row.lastAttemptAt, equals: start + .seconds(100), "the time of the second attempt")
                }
            }
        }
    }

    var crashCases: [ConformanceCase] {
        ProcessorMode.allCases.map { mode in
            test("an attempt whose transaction is lost as a whole, as in a crash, has counted (\(mode))") { scenario in
                let echo = mode.processor(Echo.self, on: Faulty.self) { job in
                    if job.attempt == 1 { scenario.faults.failCommit(after: .settle, times: 1) }
                    return .finish("attempt \(job.attempt)")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.journal.wait(of: "failed echo")
                    try expect(try await scenario.row(chain).attempt, equals: 1, "the number of attempts")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                }
            }
        } + [
            test("the attempt and its lease are committed before the handler begins, so that a crash leaves them") {
                scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.atomic(Echo.self) { job, _ in
                    journal.add("runs")
                    // All that is written by now is another transaction's.
                    scenario.faults.failCommit(after: .settle, times: 1)
                    return .finish(job.input)
                }
                let claim = scenario.faults.hold(.claimJobs)
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                try await scenario.withWorker([echo]) { _ in
                    try await claim.reached()
                    try expect(journal.count(of: "runs"), equals: 0, "the number of handlers before the claim's commit")
                    claim.release()
                    try await journal.wait(of: "failed echo")
                }
                let attempts = try await scenario.client.failedAttempts(ofJob: chain.id)
                try expect(attempts.map(\.attempt), equals: [1], "the attempts on record")
            },
            test("lost jobs are taken back although a backlog keeps every slot busy") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    journal.add("runs")
                    try await journal.wait(of: "go")
                    return .finish(job.input)
                }
                let configuration = WorkerScenario<Subject.Adapter>.patient {
                    $0.concurrency = 1
                    $0.leaseDuration = .seconds(30)
                }
                let lost = try await scenario.client.startJobChain(Echo.self, input: "lost")
                _ = try await scenario.state.claimOnly("echo", worker: "dead", lease: .seconds(30))
                try await scenario.client.startJobChains((0..<50).map { NewChain(Echo.self, input: "\($0)") })
                try await scenario.withWorker([echo], configuration) { _ in
                    try await journal.wait(of: "runs")
                    // What prolongs leases and what looks for lost jobs sleep; what claims waits for a slot.
                    try await scenario.advance(inStepsOf: .seconds(1), sleepers: idleWorkerSleepers - 1) {
                        journal.count(of: "lost echo") == 1
                    }
                    try expect(journal.count(of: "runs"), equals: 1, "the number of handlers that have begun")
                    let row = try await scenario.row(lost)
                    try expect(row.leasedBy, equals: nil, "the worker of the lost job")
                    try expect(row.lastAttemptError?.hasPrefix("worker_lost") == true, "its error says what happened")
                    journal.add("go")
                }
            },
        ]
    }
}
