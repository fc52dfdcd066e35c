import Queuert

extension WorkerConformance {
    /// A handler that waits until it is cancelled, or told to go.
    private static func waiting(_ journal: Journal) -> Processor<Faulty> {
        .detached(Echo.self) { job in
            journal.add("runs")
            do {
                try await journal.wait(of: "go")
            } catch {
                journal.add("cancelled")
                throw error
            }
            return .finish(job.input)
        }
    }

    /// What a chain becomes while somebody waits for it, without a poll.
    private static func waitError<Failure: Error>(
        _: Failure.Type, _ chain: Chain<Echo>, _ scenario: WorkerScenario<Subject.Adapter>,
        _ end: () async throws -> Void
    ) async throws -> Failure {
        let client = scenario.client
        async let waiting = expectError(Failure.self, "the wait") {
            _ = try await client.awaitJobChain(chain, pollInterval: .seconds(3_600))
        }
        await scenario.clock.waitForSleepers(1)
        try await end()
        // The time stands still: no poll can have found it.
        return try await waiting
    }

    var endingCases: [ConformanceCase] {
        [
            test("a handler whose chain is deleted is cancelled at once, and writes nothing") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                try await scenario.withWorker([Self.waiting(journal)]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    let deleted = try await client.deleteJobChains([chain.id, scenario.state.makeID()])
                    try expect(deleted, equals: [chain.id], "the chains that were deleted")
                    // The time stands still: no renewal can have told it.
                    try await journal.wait(of: "cancelled")
                    try expect(try await client.chain(chain.id), equals: nil, "the chain")
                }
                try expect(journal.count(of: "superseded echo"), equals: 1, "how often the attempt's end is told")
                try expect(journal.count(of: "completed echo"), equals: 0, "the number of completed attempts")
            },
            test("who waits for a chain that is cancelled, deleted or fails is told so at once") { scenario in
                let client = scenario.client
                let first = try await client.startJobChain(Echo.self, input: "1")
                let cancelled = try await Self.waitError(ChainCancelledError.self, first, scenario) {
                    try await client.cancelJobChain(first)
                }
                try expect(cancelled.chainID, equals: first.id, "the chain that the error names")
                let second = try await client.startJobChain(Echo.self, input: "2")
                let deleted = try await Self.waitError(ChainNotFoundError.self, second, scenario) {
                    try await client.deleteJobChains([second.id])
                }
                try expect(deleted.chainID, equals: second.id, "the chain that the error names")
                let third = try await client.startJobChain(Echo.self, input: "3")
                let echo = Processor<Faulty>.detached(Echo.self, maximumAttempts: 1) { _ in throw HandlerFailure() }
                let failed = try await Self.waitError(ChainFailedError.self, third, scenario) {
                    try await scenario.withWorker([echo]) { _ in try await scenario.journal.wait(of: "failed echo") }
                }
                try expect(failed.attempts, equals: 1, "the number of attempts that the error names")
            },
            test("an end that is undone with its transaction is none: the handler goes on") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                try await scenario.withWorker([Self.waiting(journal)]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    _ = try await expectError(Undo.self, "the first transaction") {
                        try await client.withTransaction { db in
                            try await client.cancelJobChains([chain.id], on: db)
                            throw Undo()
                        }
                    }
                    _ = try await expectError(Undo.self, "the second transaction") {
                        try await client.withTransaction { db in
                            try await client.deleteJobChains([chain.id], on: db)
                            throw Undo()
                        }
                    }
                    journal.add("go")
                    try expect(try await client.awaitJobChain(chain).output, equals: "x", "the output")
                }
                try expect(journal.count(of: "cancelled"), equals: 0, "the number of handlers that were cancelled")
            },
            test("what waits for a cancelled chain ends with it, keeps it from being cancelled or is left, as is asked")
            {
                scenario in
                let client = scenario.client
                let count = try await client.startJobChain(Count.self, input: 1)
                let chain = try await client.startJobChain(Gather.self, input: "x", blockers: [count])
                let error = try await expectError(ChainHasDependantsError.self, "a cancellation that is refused") {
                    try await client.cancelJobChain(count, dependants: .refuse)
                }
                try expect(error.references.map(\.jobID), equals: [chain.id], "the jobs that the error names")
                try expect(try await scenario.state.status(count.id), equals: .ready, "the status of the chain")
                let both = try await client.cancelJobChain(count)
                try expect(both, equals: [count.id, chain.id], "the chains that are cancelled")
                let other = try await client.startJobChain(Count.self, input: 2)
                let left = try await client.startJobChain(Gather.self, input: "x", blockers: [other])
                let one = try await client.cancelJobChain(other, dependants: .leave)
                try expect(one, equals: [other.id], "the chains that are cancelled")
                try expect(try await scenario.state.status(left.id), equals: .blocked, "the status of what is left")
            },
            test("a cleanup deletes what ended long ago, a batch to a transaction, and nothing else") { scenario in
                let client = scenario.client
                var old: [JobID] = []
                for _ in 0..<25 { old.append(try await scenario.state.endedChain("count")) }
                let other = try await scenario.state.endedChain("echo", output: #""x""#)
                let open = try await client.startJobChain(Count.self, input: 1)
                scenario.clock.advance(by: .seconds(3_600))
                let young = try await scenario.state.endedChain("young")
                let before = scenario.faults.count(of: .cleanUp)
                let deleted = try await client.cleanUp(
                    .completed, .cancelled, olderThan: .seconds(1_800), types: [Count.self], batchSize: 10)
                try expect(deleted, equals: 25, "the number of chains that are deleted")
                try expect(scenario.faults.count(of: .cleanUp) - before, equals: 3, "the number of batches")
                let kept = try await scenario.state.existing(old + [other, open.id, young])
                try expect(kept, equals: [other, open.id, young], "the chains that are kept")
                let more = try await client.cleanUp(.completed, olderThan: .zero)
                try expect(more, equals: 2, "the number of chains that a cleanup of all types deletes")
                let batches = scenario.faults.count(of: .cleanUp)
                let none = try await client.cleanUp(.ready, .running, olderThan: .zero)
                try expect(none, equals: 0, "the number of chains that have not ended and are deleted")
                try expect(scenario.faults.count(of: .cleanUp), equals: batches, "the batches, which find none")
            },
        ]
    }
}
