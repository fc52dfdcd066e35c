import Queuert

extension WorkerConformance {
    var clientRetryCases: [ConformanceCase] {
        [
            test("a job that is triggered runs at once") { scenario in
                let client = scenario.client
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                try await scenario.withWorker([echo]) { _ in
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    let chain = try await client.startJobChain(
                        Echo.self, input: "x", schedule: .after(.seconds(90_000)))
                    try await client.triggerJobs([chain.id])
                    // The time stands still: no poll can have found it.
                    try expect(try await client.awaitJobChain(chain).output, equals: "x", "the output")
                }
            },
            test("a failed job that is redriven runs at once, as if for the first time, and its errors are kept") {
                scenario in
                let client = scenario.client
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self, maximumAttempts: 1) { job in
                    journal.add("runs")
                    if journal.count(of: "runs") == 1 { throw HandlerFailure() }
                    return .finish("attempt \(job.attempt)")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "failed echo")
                    _ = try await expectError(ChainFailedError.self, "the wait") {
                        _ = try await client.awaitJobChain(chain)
                    }
                    try await client.redriveJobs([chain.id])
                    try expect(try await client.awaitJobChain(chain).output, equals: "attempt 1", "the output")
                    let errors = try await client.failedAttempts(ofJob: chain.id).map(\.error)
                    try expect(errors, equals: ["it didn't work"], "the errors on record")
                }
            },
            test("jobs are triggered and redriven with a transaction, and not without it") { scenario in
                let client = scenario.client
                let later = try await client.startJobChain(Echo.self, input: "x", schedule: .after(.seconds(90_000)))
                let failed = try await scenario.state.failedJob("count")
                _ = try await expectError(Undo.self, "the transaction") {
                    try await client.withTransaction { db in
                        try await client.triggerJobs([later.id], on: db)
                        try await client.redriveJobs([failed.id], on: db)
                        throw Undo()
                    }
                }
                try expect(try await scenario.state.status(later.id), equals: .scheduled, "the status of the first")
                try expect(try await scenario.state.status(failed.id), equals: .failed, "the status of the second")
                try await client.withTransaction { db in
                    try await client.triggerJobs([later.id], on: db)
                    try await client.redriveJobs([failed.id], on: db)
                }
                try expect(try await scenario.state.status(later.id), equals: .ready, "the status of the first")
                try expect(try await scenario.state.status(failed.id), equals: .ready, "the status of the second")
            },
            test("jobs are triggered all together or not at all") { scenario in
                let client = scenario.client
                let later = try await client.startJobChain(Echo.self, input: "x", schedule: .after(.seconds(90_000)))
                let running = try await scenario.state.startClaimed("running")
                let error = try await expectError(JobStatusError.self, "triggering a running job") {
                    try await client.triggerJobs([later.id, running.id])
                }
                try expect(error.jobID, equals: running.id, "the job that the error names")
                try expect(error.status, equals: .running, "its status")
                try expect(try await scenario.state.status(later.id), equals: .scheduled, "the status of the other")
            },
        ]
    }
}
