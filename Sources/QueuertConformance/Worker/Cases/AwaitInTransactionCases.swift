import Queuert

extension WorkerConformance {
    /// What comes of waiting for a chain that has not ended.
    private static func outcome(
        of chain: Chain<Count>, in scenario: WorkerScenario<Subject.Adapter>, timeout: Duration? = nil
    ) async throws -> String {
        do {
            return "\(try await scenario.client.awaitJobChain(chain, timeout: timeout).output)"
        } catch let error as AwaitInTransactionError {
            return error.chainID == chain.id ? "refused" : "refused for another chain"
        } catch is ChainTimeoutError {
            return "too late"
        }
    }

    var awaitInTransactionCases: [ConformanceCase] {
        [
            test("an atomic handler that would wait for a chain is refused, and the chain that it started goes on") {
                scenario in
                let client = scenario.client
                let echo = Processor<Faulty>.atomic(Echo.self) { job, db in
                    let chain = try await client.startJobChain(Count.self, input: 7, on: db)
                    return .finish(try await Self.outcome(of: chain, in: scenario))
                }
                let count = Processor<Faulty>.detached(Count.self) { .finish($0.input) }
                try await scenario.withWorker([echo, count]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try expect(try await client.awaitJobChain(chain).output, equals: "refused", "what the handler saw")
                    try await scenario.journal.wait(of: "completed count")
                }
            },
            test("a staged handler that would wait for a chain after complete is refused, and before it is not") {
                scenario in
                let client = scenario.client
                let journal = scenario.journal
                let later = try await client.startJobChain(Count.self, input: 8, schedule: .after(.seconds(90_000)))
                let echo = Processor<Faulty>.staged(Echo.self) { job, attempt in
                    let chain = try await client.startJobChain(Count.self, input: 7)
                    let before = try await Self.outcome(of: chain, in: scenario)
                    let completed = try await attempt.complete { _ in .finish(before) }
                    journal.add("after: \(try await Self.outcome(of: later, in: scenario))")
                    return completed
                }
                let count = Processor<Faulty>.detached(Count.self) { .finish($0.input) }
                try await scenario.withWorker([echo, count]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try expect(try await client.awaitJobChain(chain).output, equals: "7", "what it got before")
                }
                try expect(journal.count(of: "after: refused"), equals: 1, "how often it was refused after complete")
            },
            test("who would wait for a chain inside a transaction is refused, unless the chain has ended") { scenario in
                let client = scenario.client
                let ended = Chain<Count>(id: try await scenario.state.endedChain("count", output: "5"))
                let open = try await client.startJobChain(Count.self, input: 6)
                let outcomes = try await client.withTransaction { db in
                    let own = try await client.startJobChain(Count.self, input: 7, on: db)
                    var outcomes: [String] = []
                    for chain in [ended, open, own] {
                        outcomes.append(try await Self.outcome(of: chain, in: scenario))
                    }
                    // Who looks without waiting holds nobody up.
                    outcomes.append(try await Self.outcome(of: own, in: scenario, timeout: .zero))
                    return outcomes
                }
                try expect(outcomes, equals: ["5", "refused", "refused", "too late"], "what came of waiting")
            },
            test("a wait that was begun inside a transaction may go on when that is over") { scenario in
                let client = scenario.client
                let count = Processor<Faulty>.detached(Count.self) { .finish($0.input) }
                try await scenario.withWorker([count]) { _ in
                    let waiting = try await client.withTransaction { db in
                        let chain = try await client.startJobChain(Count.self, input: 7, on: db)
                        return Task {
                            try await scenario.journal.wait(of: "committed")
                            return try await Self.outcome(of: chain, in: scenario)
                        }
                    }
                    scenario.journal.add("committed")
                    try expect(try await waiting.value, equals: "7", "what came of waiting")
                }
            },
        ]
    }
}
