import Queuert

extension WorkerConformance {
    var failureCases: [ConformanceCase] {
        ProcessorMode.allCases.flatMap { mode in
            [
                test("a job that fails is tried again after a backoff that grows (\(mode))") { scenario in
                    let echo = mode.processor(Echo.self, on: Faulty.self) { job in
                        if job.attempt < 4 { throw HandlerFailure(text: "attempt \(job.attempt)") }
                        return .finish(job.input)
                    }
                    try await scenario.withWorker([echo]) { worker in
                        let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                        for (attempt, seconds) in [(1, 10), (2, 20), (3, 40)] {
                            try await scenario.journal.wait(for: attempt, of: "failed echo")
                            let row = try await scenario.row(chain)
                            try expect(
                                row.scheduledAt, equals: scenario.clock.now + .seconds(seconds), "the due time")
                            try expect(row.lastAttemptError, equals: "attempt \(attempt)", "the error")
                            scenario.advance(by: .seconds(seconds), waking: "echo")
                        }
                        _ = try await scenario.client.awaitJobChain(chain)
                        let attempts = try await scenario.client.failedAttempts(ofJob: chain.id)
                        try expect(attempts.map(\.attempt), equals: [1, 2, 3], "the attempts on record")
                        try expect(
                            attempts.map(\.outcome), equals: [.failed, .failed, .failed], "how they ended")
                        try expect(Set(attempts.map(\.worker)), equals: [worker.id], "their worker")
                    }
                },
                test("a handler may ask for another time, which is not a failure (\(mode))") { scenario in
                    let moment = scenario.clock.now + .seconds(77)
                    let echo = mode.processor(Echo.self, on: Faulty.self) { job in
                        switch job.attempt {
                        case 1: throw RescheduleJob(.after(.seconds(33)), reason: "not yet")
                        case 2: throw RescheduleJob(.at(moment))
                        default: return .finish(job.lastError ?? "no error")
                        }
                    }
                    try await scenario.withWorker([echo]) { _ in
                        let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                        try await scenario.journal.wait(of: "rescheduled echo")
                        try expect(
                            try await scenario.row(chain).scheduledAt, equals: scenario.clock.now + .seconds(33),
                            "the due time")
                        scenario.advance(by: .seconds(33), waking: "echo")
                        try await scenario.journal.wait(for: 2, of: "rescheduled echo")
                        try expect(try await scenario.row(chain).scheduledAt, equals: moment, "the due time")
                        scenario.advance(by: .seconds(44), waking: "echo")
                        try expect(
                            try await scenario.client.awaitJobChain(chain).output, equals: "no error", "the output")
                        let attempts = try await scenario.client.failedAttempts(ofJob: chain.id)
                        try expect(attempts.map(\.outcome), equals: [.rescheduled, .rescheduled], "how they ended")
                        try expect(attempts.map(\.error), equals: ["not yet", nil], "their errors")
                    }
                },
                test("a handler that throws CancellationError by itself has failed (\(mode))") { scenario in
                    let echo = mode.processor(Echo.self, on: Faulty.self) { job in
                        if job.attempt == 1 { throw CancellationError() }
                        return .finish(job.input)
                    }
                    try await scenario.withWorker([echo]) { _ in
                        let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                        try await scenario.journal.wait(of: "failed echo")
                        scenario.advance(by: .seconds(10), waking: "echo")
                        _ = try await scenario.client.awaitJobChain(chain)
                        let attempts = try await scenario.client.failedAttempts(ofJob: chain.id)
                        try expect(attempts.map(\.outcome), equals: [.failed], "how the attempts ended")
                    }
                },
                test("an input that can't be decoded is kept and tried again, and others go on (\(mode))") { scenario in
                    let bad = scenario.state.newJob("count", input: #"{"no":"number"}"#)
                    try await scenario.state.insert(bad)
                    let count = mode.processor(Count.self, on: Faulty.self) { .finish($0.input) }
                    try await scenario.withWorker([count]) { _ in
                        let good = try await scenario.client.startJobChain(Count.self, input: 5)
                        try expect(try await scenario.client.awaitJobChain(good).output, equals: 5, "the output")
                        try await scenario.journal.wait(of: "failed count")
                        let row = try await scenario.state.row(bad.id)
                        try expect(row.input, equals: bad.input, "the stored input")
                        try expect(row.scheduledAt, equals: scenario.clock.now + .seconds(10), "the due time")
                        try expect(
                            row.lastAttemptError?.contains("inputNotDecodable") == true,
                            "the stored error says that the input can't be decoded")
                    }
                },
            ]
        } + [
            test("jobs of types without a processor stay as they are") { scenario in
                let other = try await scenario.client.startJobChain(Count.self, input: 1)
                let echo = ProcessorMode.detached.processor(Echo.self, on: Faulty.self) {
                    .finish($0.input)
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    _ = try await scenario.client.awaitJobChain(chain)
                }
                let row = try await scenario.row(other)
                try expect(row.attempt, equals: 0, "the number of attempts")
                try expect(row.status(at: scenario.clock.now), equals: .ready, "the status")
            },
            test("detached results that are settled together with one that is refused are written") { scenario in
                let unknown = Chain<Count>(id: scenario.state.makeID())
                let journal = scenario.journal
                let processors: [Processor<Faulty>] = [
                    .detached(Begin.self) { job in
                        journal.add("begin runs")
                        try await journal.wait(of: "go")
                        if job.input == 2 { return .continueWith(\.gather, input: 1, blockers: [unknown]) }
                        return .continueWith(\.end, input: .init(number: job.input, text: ""))
                    }
                ]
                try await scenario.withWorker(processors) { _ in
                    var chains: [Chain<Begin>] = []
                    for number in 1...4 {
                        chains.append(try await scenario.client.startJobChain(Begin.self, input: number))
                    }
                    try await journal.wait(for: 4, of: "begin runs")
                    journal.add("go")
                    try await journal.wait(for: 3, of: "continued begin")
                    try await journal.wait(for: 1, of: "failed begin")
                    try await journal.wait(for: 1, of: "rolled back gather-next")
                    for (index, chain) in chains.enumerated() {
                        let count = try await scenario.client.jobs(ofChain: chain.id).count
                        try expect(count, equals: index == 1 ? 1 : 2, "the number of jobs of chain \(index)")
                    }
                    let attempts = try await scenario.client.failedAttempts(ofJob: chains[1].id)
                    try expect(
                        attempts.first?.error?.contains(unknown.id.rawValue) == true,
                        "the error names the chain that doesn't exist")
                }
            },
        ]
    }
}
