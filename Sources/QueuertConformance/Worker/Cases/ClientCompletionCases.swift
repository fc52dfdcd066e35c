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
            return .finish("worker")
        }
    }

    var completionWithoutWorkerCases: [ConformanceCase] {
        [
            test("a job that is completed without a worker ends its chain, and who waits for it is told at once") {
                scenario in
                let client = scenario.client
                let chain = try await client.startJobChain(Echo.self, input: "x")
                async let completed = client.awaitJobChain(chain, pollInterval: .seconds(3_600))
                await scenario.clock.waitForSleepers(1)
                let isCompleted = try await client.completeJob(Echo.self, of: chain) { .finish($0.input + "!") }
                try expect(isCompleted, "the job was completed")
                // The time stands still: no poll can have found it.
                try expect(try await completed.output, equals: "x!", "the output")
                let row = try await scenario.row(chain)
                try expect(row.completedBy, equals: nil, "the worker that completed the job")
                try expect(row.attempt, equals: 0, "the number of attempts")
                try expect(scenario.journal.count(of: "chain completed echo"), equals: 1, "how often its end is told")
            },
            test("a chain that is continued without a worker goes on with one at once, and the successor is on record")
            {
                scenario in
                let client = scenario.client
                let end = Processor<Faulty>.detached(End.self) { .finish("\($0.input.number)") }
                try await scenario.withWorker([end]) { _ in
                    await scenario.clock.waitForSleepers(idleWorkerSleepers)
                    let chain = try await client.startJobChain(Begin.self, input: 7)
                    try await client.completeJob(Begin.self, of: chain) { job in
                        .continueWith(\.end, input: .init(number: job.input, text: ""))
                    }
                    try expect(try await client.awaitJobChain(chain).output, equals: "7", "the output")
                    let rows = try await client.jobs(ofChain: chain.id)
                    try expect(rows.map(\.typeName), equals: ["begin", "end"], "the jobs of the chain")
                    try expect(rows[0].successorID, equals: rows[1].id, "the successor of the first")
                }
            },
            test("a running job is completed without its worker: its handler is cancelled, and its result refused") {
                scenario in
                let client = scenario.client
                let journal = scenario.journal
                try await scenario.withWorker([Self.waiting(journal)]) { worker in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    try await client.completeJob(Echo.self, of: chain) { job in
                        .finish("by hand, not by \(job.runningOn ?? "nobody") in attempt \(job.attempt)")
                    }
                    // The time stands still: no renewal can have told it.
                    try await journal.wait(of: "cancelled")
                    let output = try await client.awaitJobChain(chain).output
                    try expect(output, equals: "by hand, not by \(worker.id) in attempt 1", "the output")
                    let attempts = try await client.failedAttempts(ofJob: chain.id)
                    try expect(attempts.map(\.outcome), equals: [.superseded], "how the attempts ended")
                }
                try expect(journal.count(of: "superseded echo"), equals: 1, "how often the attempt's end is told")
                try expect(journal.count(of: "completed echo"), equals: 1, "how often the completion is told")
            },
            test("a blocked job is completed without a worker only if the caller says so") { scenario in
                let client = scenario.client
                let count = try await client.startJobChain(Count.self, input: 1)
                let chain = try await client.startJobChain(Gather.self, input: "x", blockers: [count])
                let error = try await expectError(JobStatusError.self, "completing a blocked job") {
                    try await client.completeJob(Gather.self, of: chain) { _ in .finish([]) }
                }
                try expect(error.status, equals: .blocked, "the status that the error names")
                try await client.completeJob(Gather.self, of: chain, evenIfBlocked: true) { _ in .finish([5]) }
                try expect(try await client.awaitJobChain(chain).output, equals: [5], "the output")
                try await client.completeJob(Count.self, of: count) { .finish($0.input) }
                let output = try await client.awaitJobChain(chain).output
                try expect(output, equals: [5], "the output after its blocker's end")
            },
            test("of many who complete a job at the same time one does") { scenario in
                let client = scenario.client
                let chain = try await client.startJobChain(Count.self, input: 0)
                let results = try await scenario.state.concurrently(6) { number in
                    await Result { try await client.completeJob(Count.self, of: chain) { _ in .finish(number) } }
                }
                for case .failure(let error) in results {
                    let refused = try require(error as? JobStatusError, "that the others are refused, not \(error)")
                    try expect(refused.status, equals: .completed, "the status that the error names")
                }
                try expect(results.count { (try? $0.get()) == true }, equals: 1, "the number of those who did")
            },
            test("who decides nothing leaves the job as it is") { scenario in
                let client = scenario.client
                let chain = try await client.startJobChain(Echo.self, input: "x")
                let before = try await scenario.row(chain)
                let isCompleted = try await client.completeJob(Echo.self, of: chain) { _ in nil }
                try expect(!isCompleted, "nothing was completed")
                try expect(try await scenario.row(chain), equals: before, "the stored row")
            },
            test("a completion without a worker of what can't be completed says why, and changes nothing") { scenario in
                let client = scenario.client
                let chain = try await client.startJobChain(Begin.self, input: 1)
                let before = try await client.jobs(ofChain: chain.id)
                let mismatch = try await expectError(JobTypeMismatchError.self, "a job of another type") {
                    try await client.completeJob(End.self, of: chain) { _ in .finish("") }
                }
                try expect(mismatch.actual, equals: "begin", "the type that the chain is at")
                try expect(mismatch.place, equals: .last, "the job that is of another type")
                _ = try await expectError(ChainNotFoundError.self, "a chain that doesn't exist") {
                    let unknown = Chain<Echo>(id: scenario.state.makeID())
                    try await client.completeJob(Echo.self, of: unknown) { _ in .finish("") }
                }
                let broken = try await scenario.state.insert(scenario.state.newJob("echo", input: "[]"))[0]
                _ = try await expectError(JobDataError.self, "an input that can't be decoded") {
                    try await client.completeJob(Echo.self, of: Chain<Echo>(id: broken.id)) { _ in .finish("") }
                }
                _ = try await expectError(HandlerFailure.self, "who fails to decide") {
                    try await client.completeJob(Begin.self, of: chain) { _ in throw HandlerFailure() }
                }
                try expect(try await client.jobs(ofChain: chain.id), equals: before, "the jobs of the chain")
                try expect(try await client.job(broken.id), equals: broken, "the job that can't be decoded")
            },
            test("a completion without a worker is undone with its transaction") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                try await scenario.withWorker([Self.waiting(journal)]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "runs")
                    _ = try await expectError(Undo.self, "the transaction") {
                        try await client.withTransaction { db in
                            try await client.startJobChain(Count.self, input: 1, on: db)
                            try await client.completeJob(Echo.self, of: chain, on: db) { _ in .finish("by hand") }
                            throw Undo()
                        }
                    }
                    journal.add("go")
                    try expect(try await client.awaitJobChain(chain).output, equals: "worker", "the output")
                }
                let waiting = try await scenario.state.waitingJobCounts()
                try expect(waiting, equals: [:], "the jobs that wait")
                try expect(journal.count(of: "cancelled"), equals: 0, "the number of handlers that were cancelled")
            },
        ]
    }
}
