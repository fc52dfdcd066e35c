import Queuert

extension WorkerConformance {
    var awaitCases: [ConformanceCase] {
        [
            test("who waits for a chain is told of its end by a hint") { scenario in
                let journal = scenario.journal
                let echo = ProcessorMode.detached.processor(Echo.self, on: Faulty.self) {
                    job in
                    try await journal.wait(of: "go")
                    return .finish(job.input)
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    async let completed = scenario.client.awaitJobChain(chain, pollInterval: .seconds(3_600))
                    // The waiter sleeps beside the worker's three.
                    await scenario.clock.waitForSleepers(idleWorkerSleepers + 1)
                    journal.add("go")
                    let result = try await completed
                    try expect(result.output, equals: "x", "the output")
                    try expect(result.id, equals: chain.id, "the chain")
                    try expect(result.completedAt, equals: scenario.clock.now, "the time of its end")
                }
            },
            test("who waits for a chain without hints finds its end at a poll") { scenario in
                let silent = Client(adapter: scenario.adapter, notify: PollingOnly(), clock: scenario.clock)
                let row = try await scenario.state.startClaimed("echo")
                async let completed = silent.awaitJobChain(Chain<Echo>(id: row.chainID), pollInterval: .seconds(2))
                await scenario.clock.waitForSleepers(1)
                try await scenario.state.settle(row, .completed(output: #""done""#))
                scenario.clock.advance(by: .seconds(2))
                try expect(try await completed.output, equals: "done", "the output")
            },
            test("who waits for a chain for too long is told so") { scenario in
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                async let waiting = expectError(ChainTimeoutError.self, "the wait") {
                    _ = try await scenario.client.awaitJobChain(
                        chain, timeout: .seconds(5), pollInterval: .seconds(2))
                }
                for _ in 0..<3 {
                    await scenario.clock.waitForSleepers(1)
                    scenario.clock.advance(by: .seconds(2))
                }
                let error = try await waiting
                try expect(error.chainID, equals: chain.id, "the chain that the error names")
                try expect(error.timeout, equals: .seconds(5), "the time that the error names")
            },
            test("who waits for no time gets the output of a chain that has ended") { scenario in
                let id = try await scenario.state.endedChain("echo", output: #""done""#)
                let completed = try await scenario.client.awaitJobChain(Chain<Echo>(id: id), timeout: .zero)
                try expect(completed.output, equals: "done", "the output")
            },
            test("who waits for a chain that doesn't exist is told so") { scenario in
                let chain = Chain<Echo>(id: scenario.state.makeID())
                let error = try await expectError(ChainNotFoundError.self, "the wait") {
                    _ = try await scenario.client.awaitJobChain(chain)
                }
                try expect(error.chainID, equals: chain.id, "the chain that the error names")
            },
            test("who waits for a chain of another type is told so") { scenario in
                let chain = try await scenario.client.startJobChain(Count.self, input: 1)
                let error = try await expectError(JobTypeMismatchError.self, "the wait") {
                    _ = try await scenario.client.awaitJobChain(Chain<Echo>(id: chain.id))
                }
                try expect(error.expected, equals: "echo", "the expected type")
                try expect(error.actual, equals: "count", "the actual type")
            },
            test("who waits for a chain whose output can't be decoded is told so") { scenario in
                let id = try await scenario.state.endedChain("echo", output: "[]")
                let error = try await expectError(JobDataError.self, "the wait") {
                    _ = try await scenario.client.awaitJobChain(Chain<Echo>(id: id))
                }
                try expect(error.code, equals: .outputNotDecodable, "the error's code")
            },
            test("who is cancelled while waiting for a chain stops waiting") { scenario in
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                await withTaskGroup(of: Bool.self) { group in
                    group.addTask { (try? await scenario.client.awaitJobChain(chain)) == nil }
                    await scenario.clock.waitForSleepers(1)
                    group.cancelAll()
                    await group.waitForAll()
                }
                try expect(scenario.clock.sleeperCount, equals: 0, "the number of tasks that still sleep")
            },
        ]
    }
}
