import Queuert

extension WorkerConformance {
    var decisionCases: [ConformanceCase] {
        ProcessorMode.allCases.flatMap { mode in
            [
                test("a job that finishes yields the chain's output (\(mode))") { scenario in
                    let echo = mode.processor(Echo.self, on: Faulty.self) { job in .finish(job.input + " and back") }
                    try await scenario.withWorker([echo]) { worker in
                        let chain = try await scenario.client.startJobChain(Echo.self, input: "there")
                        let completed = try await scenario.client.awaitJobChain(chain)
                        try expect(completed.output, equals: "there and back", "the output")
                        let row = try await scenario.row(chain)
                        try expect(row.completedBy, equals: worker.id, "the worker that completed the job")
                        try expect(row.attempt, equals: 1, "the number of attempts")
                    }
                },
                test("a job that continues hands its input on, and the last one yields the output (\(mode))") {
                    scenario in
                    let processors = [
                        mode.processor(Begin.self, on: Faulty.self) { job in
                            job.input < 3
                                ? .continueWith(\.again, input: job.input + 1)
                                : .continueWith(\.end, input: .init(number: job.input, text: "é\"\n"))
                        },
                        mode.processor(End.self, on: Faulty.self) { job in
                            .finish("\(job.input.number) \(job.input.text) \(job.chainIndex)")
                        },
                    ]
                    try await scenario.withWorker(processors) { _ in
                        let chain = try await scenario.client.startJobChain(Begin.self, input: 1)
                        let completed = try await scenario.client.awaitJobChain(chain)
                        try expect(completed.output, equals: "3 é\"\n 3", "the output")
                        let rows = try await scenario.client.jobs(ofChain: chain.id)
                        try expect(
                            rows.map(\.typeName), equals: ["begin", "begin", "begin", "end"], "the chain's jobs")
                        try expect(
                            rows.map(\.chainTypeName), equals: Array(repeating: "begin", count: 4), "the chain's type")
                    }
                },
            ]
        }
    }

    var transactionCases: [ConformanceCase] {
        [
            test("an atomic handler's writes commit with its decision, and are undone with its error") { scenario in
                let echo = Processor<Faulty>.atomic(Echo.self) { job, db in
                    try await scenario.client.startJobChain(Count.self, input: job.attempt, on: db)
                    if job.attempt == 1 { throw HandlerFailure() }
                    return .finish(job.lastError ?? "no error")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.journal.wait(of: "failed echo")
                    let waiting = try await scenario.state.waitingJobCounts()
                    try expect(waiting, equals: ["echo": 1], "the jobs that wait after the first attempt")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output.contains("it didn't work"), "the second attempt sees the error of the first")
                    let written = try await scenario.state.waitingJobCounts()
                    try expect(written, equals: ["count": 1], "the jobs that wait after the second attempt")
                    try expect(try await scenario.row(chain).lastAttemptError, equals: nil, "the error after success")
                }
            },
            test("a staged handler's preparation commits at once, its completion with the decision") { scenario in
                let echo = Processor<Faulty>.staged(Echo.self) { job, attempt in
                    try await attempt.prepare { db in
                        _ = try await scenario.client.startJobChain(Count.self, input: job.attempt, on: db)
                    }
                    return try await attempt.complete { db in
                        try await scenario.client.startJobChain(Begin.self, input: job.attempt, on: db)
                        if job.attempt == 1 { throw HandlerFailure() }
                        return .finish("done")
                    }
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.journal.wait(of: "failed echo")
                    let waiting = try await scenario.state.waitingJobCounts()
                    try expect(waiting, equals: ["echo": 1, "count": 1], "the jobs that wait after the first attempt")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    _ = try await scenario.client.awaitJobChain(chain)
                    let written = try await scenario.state.waitingJobCounts()
                    try expect(
                        written, equals: ["count": 2, "begin": 1], "the jobs that wait after the second attempt")
                }
            },
            test("a chain that is started in a transaction exists once that commits, and never if it doesn't") {
                scenario in
                let client = scenario.client
                let echo = ProcessorMode.atomic.processor(Echo.self, on: Faulty.self) {
                    .finish($0.input)
                }
                try await scenario.withWorker([echo]) { _ in
                    let error = try await expectError(HandlerFailure.self, "the transaction") {
                        try await client.withTransaction { db in
                            try await client.startJobChain(Echo.self, input: "undone", on: db)
                            throw HandlerFailure(text: "mine")
                        }
                    }
                    try expect(error.text, equals: "mine", "the error")
                    let chains = try await client.withTransaction { db in
                        [
                            try await client.startJobChain(Echo.self, input: "a", on: db),
                            try await client.startJobChain(Echo.self, input: "b", on: db),
                        ]
                    }
                    for (chain, input) in zip(chains, ["a", "b"]) {
                        try expect(try await client.awaitJobChain(chain).output, equals: input, "the output")
                    }
                    // What is told of a commit may come after a read that sees it.
                    try await scenario.journal.wait(for: 2, of: "completed echo")
                    try expect(scenario.journal.count(of: "completed echo"), equals: 2, "the number of jobs that ran")
                    try await scenario.journal.wait(of: "rolled back echo")
                    try expect(scenario.journal.count(of: "rolled back echo"), equals: 1, "the number that did not")
                }
            },
            test("each client's own listeners are told, also in one transaction") { scenario in
                let other = InProcessNotify()
                let client = scenario.client
                let second = Client(adapter: scenario.adapter, notify: other, clock: scenario.clock)
                let log = Journal()
                try await scenario.notify.withListener({ log.add("first \($0.dueTypes.sorted())") }) {
                    try await other.withListener({ log.add("second \($0.dueTypes.sorted())") }) {
                        try await client.withTransaction { db in
                            try await client.startJobChain(Echo.self, input: "a", on: db)
                            try await second.startJobChain(Count.self, input: 1, on: db)
                            try await client.startJobChain(Echo.self, input: "b", on: db)
                        }
                        // A hint may come later than the transaction returns.
                        try await log.wait(of: #"first ["echo"]"#)
                        try await log.wait(of: #"second ["count"]"#)
                    }
                }
                // A hint may come again.
                try expect(
                    Set(log.events), equals: [#"first ["echo"]"#, #"second ["count"]"#], "who was told of what")
            },
        ]
    }
}
