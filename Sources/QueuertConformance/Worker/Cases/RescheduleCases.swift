import Queuert

extension WorkerConformance {
    /// What counts of a job's failures when it asks to be called again, and who is told of it.
    var rescheduleCases: [ConformanceCase] {
        ProcessorMode.allCases.flatMap { mode in
            [
                test("a job that asks to be called again begins anew with its backoff and its attempts (\(mode))") {
                    scenario in
                    let journal = scenario.journal
                    let echo = mode.processor(Echo.self, on: Faulty.self) { job in
                        if job.attempt == 3 { throw RescheduleJob(.after(.seconds(60)), reason: "not yet") }
                        throw HandlerFailure()
                    }
                    let configuration = WorkerScenario<Subject.Adapter>.patient { $0.maximumAttempts = 3 }
                    try await scenario.withWorker([echo], configuration) { _ in
                        let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                        // Two attempts fail, the third asks for another, and three fail after it.
                        for (failure, seconds) in [(1, 10), (2, 20), (3, 10), (4, 20)] {
                            try await journal.wait(for: failure, of: "failed echo")
                            let row = try await scenario.row(chain)
                            try expect(row.failedAt == nil, "it is to be tried again after failure \(failure)")
                            try expect(
                                row.scheduledAt - scenario.clock.now, equals: .seconds(seconds),
                                "the backoff after failure \(failure)")
                            scenario.advance(by: .seconds(seconds), waking: "echo")
                            if failure == 2 {
                                try await journal.wait(of: "rescheduled echo")
                                scenario.advance(by: .seconds(60), waking: "echo")
                            }
                        }
                        try await journal.wait(for: 5, of: "failed echo")
                        try expect(try await scenario.state.status(chain.id), equals: .failed, "the status of the job")
                    }
                },
                test("a job that is due again at once wakes its worker, whether it failed or asked for it (\(mode))") {
                    scenario in
                    let echo = mode.processor(Echo.self, on: Faulty.self) { job in
                        switch job.attempt {
                        case 1: throw RescheduleJob(.now)
                        case 2: throw HandlerFailure()
                        default: return .finish("attempt \(job.attempt)")
                        }
                    }
                    let configuration = WorkerScenario<Subject.Adapter>.patient {
                        $0.backoff = Backoff(initial: .zero, jitter: 0)
                    }
                    try await scenario.withWorker([echo], configuration) { _ in
                        await scenario.clock.waitForSleepers(idleWorkerSleepers)
                        // The time stands still: no poll finds the job.
                        let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                        let output = try await scenario.client.awaitJobChain(chain).output
                        try expect(output, equals: "attempt 3", "the output")
                    }
                },
            ]
        } + [
            test("a job of a batch that asks to be called again begins anew with its backoff") { scenario in
                let journal = scenario.journal
                let count = Processor<Faulty>.batched(Count.self, upTo: 10) { jobs, _ in
                    jobs.map { job in
                        if job.attempt == 2 { return job.reschedule(.after(.seconds(60))) }
                        return job.fail(with: HandlerFailure())
                    }
                }
                try await scenario.withWorker([count]) { _ in
                    let chain = try await scenario.client.startJobChain(Count.self, input: 1)
                    try await journal.wait(of: "failed count")
                    scenario.advance(by: .seconds(10), waking: "count")
                    try await journal.wait(of: "rescheduled count")
                    scenario.advance(by: .seconds(60), waking: "count")
                    try await journal.wait(for: 2, of: "failed count")
                    let row = try await scenario.row(chain)
                    try expect(row.scheduledAt - scenario.clock.now, equals: .seconds(10), "the backoff")
                }
            },
            test("a job that had asked to be called again when its worker died begins anew with its backoff") {
                scenario in
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                let ends: [Settlement.Outcome] = [
                    .retried(.now, error: "a", .failed), .retried(.now, error: "b", .failed),
                    .retried(.now, error: nil, .rescheduled),
                ]
                for end in ends { try await scenario.state.settle(try await scenario.state.claimOnly("echo").row, end) }
                _ = try await scenario.state.claimOnly("echo", worker: "dead", lease: .seconds(30))
                scenario.clock.advance(by: .seconds(31))
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                try await scenario.withWorker([echo]) { _ in
                    try await scenario.journal.wait(of: "lost echo")
                    let row = try await scenario.row(chain)
                    try expect(row.scheduledAt - scenario.clock.now, equals: .seconds(10), "the backoff")
                }
            },
        ]
    }
}
