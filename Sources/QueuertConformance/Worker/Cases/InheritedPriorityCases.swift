import Queuert

extension WorkerConformance {
    var inheritedPriorityCases: [ConformanceCase] {
        [
            test("a continuation is as urgent as the job that it continues, unless it says otherwise") { scenario in
                let client = scenario.client
                let begin = Processor<Faulty>.atomic(Begin.self) { job, _ in
                    if job.input == 0 { return .continueWith(\.again, input: 1) }
                    return .continueWith(\.end, input: .init(number: 1, text: "x"), priority: .low)
                }
                let end = Processor<Faulty>.detached(End.self) { .finish($0.input.text) }
                try await scenario.withWorker([begin, end]) { _ in
                    let chain = try await client.startJobChain(Begin.self, input: 0, priority: .high)
                    _ = try await client.awaitJobChain(chain)
                    let priorities = try await client.jobs(ofChain: chain.id).map(\.priority)
                    try expect(priorities, equals: [.high, .high, .low], "the priorities of the chain's jobs")
                }
            },
            test("a continuation without a worker is as urgent as the job that it continues") { scenario in
                let client = scenario.client
                let chain = try await client.startJobChain(Begin.self, input: 0, priority: -7)
                try await client.completeJob(Begin.self, of: chain) { job in
                    .continueWith(\.again, input: job.input + 1)
                }
                let priorities = try await client.jobs(ofChain: chain.id).map(\.priority)
                try expect(priorities, equals: [-7, -7], "the priorities of the chain's jobs")
            },
            test("what recurs is as urgent as was asked for, and so is the job that waits for it") { scenario in
                let start = scenario.clock.now
                try await scenario.client.startRecurring(
                    "ticks", Tick.self, payload: "", .every(minute), priority: .high)
                try await scenario.withWorker([scenario.recurrences, scenario.ticks(start)]) { _ in
                    try await scenario.passOccurrence()
                    try await scenario.journal.wait(of: "completed tick")
                }
                let ticks = try await scenario.chains(of: "tick").map(\.first.priority)
                try expect(ticks, equals: [.high], "the priority of the chain that was started")
                let waiting = try await scenario.chains(of: "queuert.recurrence").map(\.first.priority)
                try expect(waiting, equals: [.high, .high], "the priorities of the jobs that wait for an occurrence")
            },
        ]
    }
}
