import Queuert

extension WorkerConformance {
    var blockerCases: [ConformanceCase] {
        ProcessorMode.allCases.map { mode in
            test("a job gets the outputs of the chains that it waited for, in the declared order (\(mode))") {
                scenario in
                let client = scenario.client
                let processors = [
                    mode.processor(Count.self, on: Faulty.self) { .finish($0.input * 10) },
                    mode.processor(Echo.self, on: Faulty.self) { .finish($0.input) },
                    mode.processor(Pair.self, on: Faulty.self) { job in .finish("\(job.blockers.0) \(job.blockers.1)")
                    },
                    mode.processor(Gather.self, on: Faulty.self) { job in .finish(job.blockers) },
                ]
                let (pair, gather, none) = try await client.withTransaction { db in
                    let counts = [
                        try await client.startJobChain(Count.self, input: 3, on: db),
                        try await client.startJobChain(Count.self, input: 1, on: db),
                        try await client.startJobChain(Count.self, input: 2, on: db),
                    ]
                    let echo = try await client.startJobChain(Echo.self, input: "e", on: db)
                    return (
                        try await client.startJobChain(Pair.self, input: "", blockers: (counts[2], echo), on: db),
                        try await client.startJobChain(
                            Gather.self, input: "", blockers: counts.reversed() + [counts[1]], on: db),
                        try await client.startJobChain(Gather.self, input: "", blockers: [], on: db)
                    )
                }
                try await scenario.withWorker(processors) { _ in
                    try expect(try await client.awaitJobChain(pair).output, equals: "20 e", "the pair's output")
                    try expect(
                        try await client.awaitJobChain(gather).output, equals: [20, 10, 30, 10], "the list's output")
                    try expect(try await client.awaitJobChain(none).output, equals: [], "the empty list's output")
                }
            }
        } + [
            test("a job may wait for chains that have ended already") { scenario in
                let client = scenario.client
                let processors: [Processor<Faulty>] = [
                    .detached(Count.self) { .finish($0.input) },
                    .atomic(Gather.self) { job, _ in .finish(job.blockers) },
                ]
                try await scenario.withWorker(processors) { _ in
                    let count = try await client.startJobChain(Count.self, input: 4)
                    _ = try await client.awaitJobChain(count)
                    let gather = try await client.startJobChain(Gather.self, input: "", blockers: [count, count])
                    try expect(try await client.awaitJobChain(gather).output, equals: [4, 4], "the output")
                }
            },
            test("a job that follows may wait for chains that its handler starts") { scenario in
                let client = scenario.client
                let processors: [Processor<Faulty>] = [
                    .atomic(Begin.self) { job, db in
                        var chains: [Chain<Count>] = []
                        for number in 1...job.input {
                            chains.append(try await client.startJobChain(Count.self, input: number, on: db))
                        }
                        return .continueWith(\.gather, input: 100, blockers: chains)
                    },
                    .detached(Count.self) { .finish($0.input) },
                    .staged(GatherNext.self) { job, attempt in
                        let sum = job.blockers.reduce(job.input, +)
                        return try await attempt.complete { _ in .finish("\(sum)") }
                    },
                ]
                try await scenario.withWorker(processors) { _ in
                    let chain = try await client.startJobChain(Begin.self, input: 4)
                    try expect(try await client.awaitJobChain(chain).output, equals: "110", "the output")
                }
            },
            test("a blocker that doesn't exist is refused at the start") { scenario in
                let unknown = Chain<Count>(id: scenario.state.makeID())
                let error = try await expectError(ChainNotFoundError.self, "an unknown blocker") {
                    _ = try await scenario.client.startJobChain(Gather.self, input: "", blockers: [unknown])
                }
                try expect(error.chainID, equals: unknown.id, "the chain that the error names")
            },
        ]
    }

    var strandedCases: [ConformanceCase] {
        [
            test("a worker makes jobs ready that are blocked by nothing, when it starts and now and then") { scenario in
                let client = scenario.client
                let echo = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                let first = try await client.startJobChain(Echo.self, input: "first")
                guard try await scenario.markAsBlocked(first.id) else { return }
                try expect(try await scenario.state.status(first.id), equals: .blocked, "the status of the job")
                try await scenario.withWorker([echo]) { _ in
                    try expect(try await client.awaitJobChain(first).output, equals: "first", "the output")
                    let second = try await client.startJobChain(
                        Echo.self, input: "second", schedule: .after(.seconds(60)))
                    let isMarked = try await scenario.markAsBlocked(second.id)
                    try expect(isMarked, "another job is marked as blocked")
                    let waited = try await scenario.advance(inStepsOf: .seconds(600), sleepers: idleWorkerSleepers) {
                        scenario.journal.count(of: "completed echo") == 2
                    }
                    // Ten looks, each after half of a lease of an hour.
                    try expect(waited > .seconds(3_600), "not every look for lost jobs is one for these (\(waited))")
                }
            }
        ]
    }

    var scheduleCases: [ConformanceCase] {
        [
            test("a scheduled job runs when it is due, without a hint, and not before") { scenario in
                let client = scenario.client
                let echo = ProcessorMode.atomic.processor(Echo.self, on: Faulty.self) {
                    job in
                    scenario.journal.add("ran \(job.input)")
                    return .finish(job.input)
                }
                let start = scenario.clock.now
                // The time may run far ahead of a handler that is slow to begin, but not for as long as a poll.
                let configuration = WorkerScenario<Subject.Adapter>.patient { $0.pollInterval = .seconds(1_000_000) }
                try await scenario.withWorker([echo], configuration) { _ in
                    try await client.startJobChain(Echo.self, input: "after", schedule: .after(.seconds(60)))
                    try await client.startJobChain(Echo.self, input: "at", schedule: .at(start + .seconds(30)))
                    try await client.startJobChain(Echo.self, input: "past", schedule: .at(start + .seconds(-30)))
                    try await scenario.journal.wait(of: "ran past")
                    for (input, seconds) in [("at", 30), ("after", 60)] {
                        try await scenario.advance(inStepsOf: .seconds(1), sleepers: idleWorkerSleepers) {
                            scenario.journal.count(of: "ran \(input)") == 1
                        }
                        let waited = scenario.clock.now - start
                        try expect(waited >= .seconds(seconds), "“\(input)” ran when it was due (after \(waited))")
                        try expect(waited < .seconds(900_000), "“\(input)” ran before the next poll (after \(waited))")
                    }
                }
            },
            test("a job that follows may be scheduled") { scenario in
                let processors: [Processor<Faulty>] = [
                    .detached(Begin.self) { _ in
                        .continueWith(\.end, input: .init(number: 1, text: ""), schedule: .after(.seconds(60)))
                    },
                    .detached(End.self) { _ in .finish("end") },
                ]
                try await scenario.withWorker(processors) { _ in
                    let chain = try await scenario.client.startJobChain(Begin.self, input: 1)
                    try await scenario.journal.wait(of: "continued begin")
                    let rows = try await scenario.client.jobs(ofChain: chain.id)
                    try expect(rows.last?.scheduledAt, equals: scenario.clock.now + .seconds(60), "the due time")
                    scenario.advance(by: .seconds(60), waking: "end")
                    try expect(try await scenario.client.awaitJobChain(chain).output, equals: "end", "the output")
                }
            },
        ]
    }
}
