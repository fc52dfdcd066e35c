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
            }
        ]
    }
}
