import Queuert

extension WorkerConformance {
    var controlCases: [ConformanceCase] {
        [
            test("a paused type is not run, and is at once when it is resumed") { scenario in
                let client = scenario.client
                try await client.pause(Echo.self)
                let echo = ProcessorMode.detached.processor(Echo.self, on: Faulty.self) { .finish($0.input) }
                let count = ProcessorMode.detached.processor(Count.self, on: Faulty.self) { .finish($0.input) }
                try await scenario.withWorker([echo, count]) { _ in
                    let paused = try await client.startJobChain(Echo.self, input: "x")
                    let other = try await client.startJobChain(Count.self, input: 1)
                    _ = try await client.awaitJobChain(other)
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    let status = try await scenario.row(paused).status(at: scenario.clock.now)
                    try expect(status, equals: .ready, "the status of the job whose type is paused")
                    try await client.resume(Echo.self)
                    // The time stands still: no poll can have found it.
                    _ = try await client.awaitJobChain(paused)
                }
            },
            test("types are paused and resumed with a transaction, and not without it") { scenario in
                let client = scenario.client
                _ = try await expectError(Undo.self, "the transaction") {
                    try await client.withTransaction { db in
                        try await client.pause(Echo.self, on: db)
                        throw Undo()
                    }
                }
                try expect(try await client.pausedTypes().keys.sorted(), equals: [], "the paused types")
                try await client.withTransaction { db in
                    try await client.pause(Echo.self, on: db)
                    try await client.pause(Count.self, on: db)
                    try await client.resume(Count.self, on: db)
                }
                try expect(try await client.pausedTypes().keys.sorted(), equals: ["echo"], "the paused types")
            },
            test("a handler whose chain is cancelled is cancelled at once") { scenario in
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
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    try await scenario.client.cancelJobChain(chain)
                    // The time stands still: no renewal can have told it.
                    try await journal.wait(of: "cancelled")
                    let status = try await scenario.row(chain).status(at: scenario.clock.now)
                    try expect(status, equals: .cancelled, "the status of the job")
                }
            },
            test("a hint of a lost lease that isn't so cancels nothing") { scenario in
                let journal = scenario.journal
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    journal.add("runs")
                    try await journal.wait(of: "go")
                    return .finish("attempt \(job.attempt)")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    scenario.notify.send(WakeHint(lostLeases: [chain.id]))
                    try await scenario.faults.wait(for: 1, of: .renewLeases)
                    journal.add("go")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 1", "the output")
                }
            },
            test("a worker that may have missed hints looks for jobs") { scenario in
                let echo = ProcessorMode.detached.processor(Echo.self, on: Faulty.self) { .finish($0.input) }
                try await scenario.withWorker([echo]) { _ in
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    // Written without a client, which would tell of it.
                    try await scenario.state.insert(scenario.state.newJob("echo", input: #""x""#))
                    scenario.notify.send(WakeHint(isGap: true))
                    // The time stands still: no poll can have found it.
                    try await scenario.journal.wait(of: "completed echo")
                }
            },
            test("an idle worker's poll is one read, and writes nothing") { scenario in
                let echo = ProcessorMode.detached.processor(Echo.self, on: Faulty.self) { .finish($0.input) }
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.pollInterval = .seconds(1) }
                try await scenario.withWorker([echo], configuration) { _ in
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    let before = scenario.faults.count(of: .nextClaimableIn)
                    let cost = try await scenario.cost {
                        try await scenario.advance(inStepsOf: .seconds(1), sleepers: idleWorkerSleepers) {
                            scenario.faults.count(of: .nextClaimableIn) >= before + 10
                        }
                        // A poll that has just begun is to be counted as a whole.
                        await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    }
                    let polls = cost[.nextClaimableIn]
                    try expect(cost, equals: [.read: polls, .nextClaimableIn: polls], "what \(polls) polls cost")
                }
            },
        ]
    }
}
