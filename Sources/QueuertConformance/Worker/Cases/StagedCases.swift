import Queuert

extension WorkerConformance {
    var stagedCases: [ConformanceCase] {
        [
            test("an error after complete undoes it, and the attempt has failed") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                let begin = Processor<Faulty>.staged(Begin.self) { job, attempt in
                    let completed = try await attempt.complete { db in
                        try await client.startJobChain(Count.self, input: job.attempt, on: db)
                        return .continueWith(\.end, input: .init(number: job.attempt, text: "attempt \(job.attempt)"))
                    }
                    if job.attempt == 1 { throw HandlerFailure() }
                    return completed
                }
                let end = Processor<Faulty>.detached(End.self) { .finish($0.input.text) }
                try await scenario.withWorker([begin, end]) { _ in
                    let chain = try await client.startJobChain(Begin.self, input: 1)
                    try await journal.wait(of: "failed begin")
                    try expect(journal.count(of: "continued begin"), equals: 0, "the number of completed attempts")
                    try expect(try await client.jobs(ofChain: chain.id).count, equals: 1, "the jobs of the chain")
                    scenario.advance(by: .seconds(10), waking: "begin")
                    let output = try await client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                    try await journal.wait(of: "created count")
                    try expect(journal.count(of: "created count"), equals: 1, "the number of chains it started")
                    try await journal.wait(of: "rolled back count")
                    try expect(journal.count(of: "rolled back count"), equals: 1, "the number of starts undone")
                }
            },
            test("the transaction of complete is open until the handler returns: reads see it, others don't") {
                scenario in
                let client = scenario.client
                let journal = scenario.journal
                let echo = Processor<Faulty>.staged(Echo.self) { job, attempt in
                    let completed = try await attempt.complete { _ in .finish(job.input) }
                    let seen = try await client.jobs(ofChain: job.chainID).first?.completedAt
                    journal.add(seen == nil ? "sees nothing" : "sees it")
                    do {
                        try await client.withTransaction { _ in }
                    } catch is NestedTransactionError {
                        journal.add("refused")
                    }
                    journal.add("told: \(journal.count(of: "completed echo"))")
                    return completed
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    let output = try await client.awaitJobChain(chain).output
                    try expect(output, equals: "x", "the output")
                }
                try expect(journal.count(of: "sees it"), equals: 1, "whether the handler saw what it had written")
                try expect(journal.count(of: "refused"), equals: 1, "whether a further transaction was refused")
                try expect(
                    journal.count(of: "told: 0"), equals: 1, "whether nothing was told before the handler returned")
                try expect(journal.count(of: "completed echo"), equals: 1, "the number of completed attempts")
            },
            test("a handler that goes on after complete is not cancelled, and its transaction is committed") {
                scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.staged(Echo.self) { job, attempt in
                    let completed = try await attempt.complete { _ in .finish(job.input) }
                    journal.add("completes")
                    try? await journal.wait(of: "go")
                    journal.add(Task.isCancelled ? "cancelled" : "goes on")
                    return completed
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "completes")
                    journal.add("go")
                    try await journal.wait(of: "goes on")
                    _ = try await scenario.client.awaitJobChain(chain)
                }
            },
            test("a statement that fails in complete fails the attempt, unless it does so in a savepoint") {
                [subject] scenario in
                let client = scenario.client
                let journal = scenario.journal
                let echo = Processor<Faulty>.staged(Echo.self) { job, attempt in
                    return try await attempt.complete { db in
                        if job.attempt == 1 {
                            try await client.startJobChain(Count.self, input: 1, on: db)
                            try subject.failStatement(on: db)
                            throw HandlerFailure()
                        }
                        try? await client.withSavepoint(on: db) {
                            try await client.startJobChain(Count.self, input: 2, on: db)
                            try subject.failStatement(on: db)
                            throw HandlerFailure()
                        }
                        try await client.startJobChain(Count.self, input: 3, on: db)
                        return .finish("attempt \(job.attempt)")
                    }
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "failed echo")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    let output = try await client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                    let attempts = try await client.failedAttempts(ofJob: chain.id)
                    try expect(attempts.map(\.outcome), equals: [.failed], "how the attempts ended")
                }
                let waiting = try await scenario.state.waitingJobCounts()
                try expect(waiting, equals: ["count": 1], "the jobs that the attempts started")
                try expect(journal.count(of: "rolled back count"), equals: 2, "the number of starts that were undone")
            },
            test("a staged handler whose time is up after complete writes nothing") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.staged(Echo.self, timeout: .seconds(600)) { job, attempt in
                    let completed = try await attempt.complete { _ in .finish("attempt \(job.attempt)") }
                    if job.attempt > 1 { return completed }
                    journal.add("completes")
                    do { try await journal.wait(of: "never") } catch { journal.add("cancelled") }
                    return completed
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "completes")
                    try await scenario.advance(toEndOf: .seconds(600))
                    try await journal.wait(of: "cancelled")
                    try await journal.wait(of: "failed echo")
                    scenario.advance(by: .seconds(100), waking: "echo")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                    try await journal.wait(of: "completed echo")
                    try expect(journal.count(of: "completed echo"), equals: 1, "the number of completed attempts")
                }
            },
            test("a lease is fresh when prepare is over, though its transaction took as long as a lease") { scenario in
                let journal = scenario.journal
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.leaseDuration = .seconds(30) }
                let echo = Processor<Faulty>.staged(Echo.self) { job, attempt in
                    try await attempt.prepare { _ in
                        journal.add("prepares")
                        try await journal.wait(of: "go")
                    }
                    journal.add("prepared")
                    try await journal.wait(of: "end")
                    return try await attempt.complete { _ in .finish("attempt \(job.attempt)") }
                }
                try await scenario.withWorker([echo], configuration) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "prepares")
                    // Nearly: nobody takes the job while the transaction keeps others from prolonging its lease.
                    scenario.clock.advance(by: .seconds(29))
                    journal.add("go")
                    try await journal.wait(of: "prepared")
                    let until = try require(try await scenario.row(chain).leasedUntil, "a lease")
                    try expect(until >= scenario.clock.now + .seconds(30), "the lease goes on as long as a new one")
                    journal.add("end")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 1", "the output")
                }
            },
            test("what prepare writes is undone if the attempt's time is up meanwhile") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                let echo = Processor<Faulty>.staged(Echo.self, timeout: .seconds(600)) { job, attempt in
                    if job.attempt == 1 {
                        try await attempt.prepare { db in
                            journal.add("prepares")
                            do { try await journal.wait(of: "never") } catch { journal.add("cancelled") }
                            _ = try await client.startJobChain(Count.self, input: 1, on: db)
                        }
                    }
                    return try await attempt.complete { _ in .finish("attempt \(job.attempt)") }
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "prepares")
                    try await scenario.advance(toEndOf: .seconds(600))
                    try await journal.wait(of: "cancelled")
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
