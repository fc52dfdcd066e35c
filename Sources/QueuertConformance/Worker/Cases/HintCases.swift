import Queuert

extension WorkerConformance {
    var hintCases: [ConformanceCase] {
        [
            test("what a worker was woken for, and can't claim, another one is woken for") { scenario in
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                try await scenario.withIdleWorkers(2, [echo]) {
                    scenario.faults.fail(.claimJobs, times: 1)
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    // The time stands still: neither a poll can have found it, nor the one that failed after its pause.
                    _ = try await scenario.client.awaitJobChain(chain)
                }
            },
            test("a lost lease that is told of inside a transaction is found out all the same") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    journal.add("runs")
                    do {
                        try await journal.wait(of: "never")
                    } catch {
                        journal.add("cancelled")
                        throw error
                    }
                    return .finish(job.input)
                }
                let silent = Client(adapter: scenario.adapter, notify: PollingOnly(), clock: scenario.clock)
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    try await silent.cancelJobChain(chain)
                    try await scenario.client.withTransaction { _ in
                        let begun = scenario.faults.count(of: .begin)
                        scenario.notify.send(WakeHint(lostLeases: [chain.id]))
                        // The look begins while the transaction is open, for whose end it may have to wait.
                        try await scenario.faults.wait(for: begun + 1, of: .begin)
                    }
                    // The time stands still: no renewal can have told it.
                    try await journal.wait(of: "cancelled")
                }
            },
        ]
    }
}
