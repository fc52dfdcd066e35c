import Queuert

extension WorkerConformance {
    /// How many workers are woken, whichever notify adapter tells them.
    var wakeBudgetCases: [ConformanceCase] {
        [
            test("a job wakes few of many idle workers, though its hint may come again") { scenario in
                let (workers, jobs) = (20, 10)
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                try await scenario.withIdleWorkers(workers, [echo]) {
                    let cost = try await scenario.cost {
                        for number in 1...jobs {
                            try await scenario.client.startJobChain(Echo.self, input: "\(number)")
                            try await scenario.journal.wait(for: number, of: "completed echo")
                            // Those that found nothing have gone to sleep again.
                            await scenario.clock.waitForSleepers(workers * idleWorkerSleepers)
                        }
                    }
                    // If each hint woke all of them, there would be twenty for each job.
                    try expect(cost[.claimJobs] <= 4 * jobs, "\(cost[.claimJobs]) claims took \(jobs) jobs")
                }
            }
        ]
    }
}
