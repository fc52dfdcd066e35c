import Queuert

extension WorkerConformance {
    var heldJobCases: [ConformanceCase] {
        [
            test("a due job that others hold is looked for without a hint, ever less often") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                try await scenario.withWorker([echo]) { _ in
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    scenario.faults.withholdJobs(times: 8)
                    let start = ContinuousClock.now
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    // The queue's time stands still: no poll can have found it.
                    _ = try await scenario.client.awaitJobChain(chain)
                    let time = ContinuousClock.now - start
                    // From 5 ms on each pause is twice as long as the one before, but for a fifth that is left to
                    // chance; with a hint that comes again they begin anew.
                    try expect(time >= .milliseconds(60), "there were pauses between the claims (\(time) in all)")
                }
            },
            test("an atomic handler that takes long keeps nobody from its chain, where transactions write together") {
                [subject] scenario in
                guard subject.allowsConcurrentWrites else { return }
                let client = scenario.client
                let journal = scenario.journal
                let processors: [Processor<Faulty>] = [
                    .atomic(Count.self) { job, _ in
                        journal.add("runs")
                        try await journal.wait(of: "go")
                        return .finish(job.input)
                    },
                    .detached(Gather.self) { .finish($0.blockers) },
                ]
                try await scenario.withWorker(processors) { _ in
                    let chain = try await client.startJobChain(Count.self, input: 1)
                    let other = try await client.startJobChain(Count.self, input: 2)
                    try await journal.wait(for: 2, of: "runs")
                    // What waited for a handler would wait for ever.
                    let gather = try await client.startJobChain(Gather.self, input: "", blockers: [chain, other])
                    _ = try await expectError(JobStatusError.self, "triggering a job that runs") {
                        try await client.triggerJobs([chain.id])
                    }
                    try await client.completeJob(Count.self, of: other) { _ in .finish(7) }
                    journal.add("go")
                    try expect(try await client.awaitJobChain(gather).output, equals: [1, 7], "the output")
                }
            },
        ]
    }
}
