import Queuert

/// Notes what it is around, and yields a text.
private struct Noting: AttemptMiddleware {
    let name: String
    let journal: Journal

    func handle(_ attempt: AttemptDetails, _ next: MiddlewareNext<String>) async throws {
        journal.add("\(name) handles \(attempt.jobs.count)")
        do { try await next("\(name) of \(attempt.jobs[0].typeName)") } catch {
            journal.add("\(name) sees an error")
            throw error
        }
        journal.add("\(name) ends")
    }

    func prepare(_ attempt: AttemptDetails, _ context: String, _ next: MiddlewareNext<Void>) async throws {
        journal.add("\(name) prepares with \(context)")
        try await next()
    }

    func complete(_ attempt: AttemptDetails, _ context: String, _ next: MiddlewareNext<Void>) async throws {
        journal.add("\(name) completes with \(context)")
        try await next()
    }
}

/// Yields a number, and is of another type.
private struct Numbering: AttemptMiddleware {
    let journal: Journal

    func handle(_ attempt: AttemptDetails, _ next: MiddlewareNext<Int>) async throws {
        journal.add("numbering handles \(attempt.jobs.count)")
        try await next(attempt.jobs[0].attempt)
    }
}

/// Forgets to run the handler at the first attempt.
private struct Forgetful: AttemptMiddleware {
    func handle(_ attempt: AttemptDetails, _ next: MiddlewareNext<Void>) async throws {
        if attempt.jobs[0].attempt > 1 { try await next() }
    }
}

extension WorkerConformance {
    private static func notes(_ journal: Journal) -> [String] {
        journal.events.filter { $0.hasPrefix("outer") || $0.hasPrefix("numbering") || $0.hasPrefix("handler") }
    }

    var middlewareCases: [ConformanceCase] {
        [
            test("middleware is around a staged handler and its phases, and yields what the handler is given") {
                scenario in
                let journal = scenario.journal
                let stack = Middleware(Noting(name: "outer", journal: journal), Numbering(journal: journal))
                let echo: Processor<Faulty> = stack.staged(Echo.self) { job, context, attempt in
                    let (text, number) = context.values
                    journal.add("handler has \(text) and \(number)")
                    try await attempt.prepare { _ in journal.add("handler prepares") }
                    return try await attempt.complete { _ in
                        journal.add("handler completes")
                        return .finish(job.input)
                    }
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    _ = try await scenario.client.awaitJobChain(chain)
                    try await journal.wait(of: "outer ends")
                }
                try expect(
                    Self.notes(journal),
                    equals: [
                        "outer handles 1", "numbering handles 1", "handler has outer of echo and 1",
                        "outer prepares with outer of echo", "handler prepares", "outer completes with outer of echo",
                        "handler completes", "outer ends",
                    ], "what ran")
            },
            test("middleware is around atomic and detached handlers, and sees what they throw") { scenario in
                let journal = scenario.journal
                let stack = Middleware(Noting(name: "outer", journal: journal))
                let echo: Processor<Faulty> = stack.atomic(Echo.self) { job, context, _ in
                    let text = context.values
                    journal.add("handler has \(text)")
                    if job.attempt == 1 { throw HandlerFailure() }
                    return .finish(text)
                }
                let count: Processor<Faulty> = stack.detached(Count.self) { job, context in
                    let text = context.values
                    journal.add("handler has \(text)")
                    return .finish(job.input)
                }
                try await scenario.withWorker([echo, count]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "failed echo")
                    try expect(journal.count(of: "outer sees an error"), equals: 1, "the number of errors that it saw")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "outer of echo", "the output")
                    try expect(
                        journal.count(of: "outer completes with outer of echo"), equals: 2,
                        "how often it was around a transaction")
                    let other = try await scenario.client.startJobChain(Count.self, input: 1)
                    _ = try await scenario.client.awaitJobChain(other)
                    try expect(
                        journal.count(of: "handler has outer of count"), equals: 1, "the detached handler's context")
                }
            },
            test("middleware runs once for a batch, and is told its jobs") { scenario in
                let journal = scenario.journal
                let stack = Middleware(Numbering(journal: journal))
                let count: Processor<Faulty> = stack.batched(Count.self, upTo: 10) { jobs, context, _ in
                    jobs.map { $0.decide(.finish(context.values)) }
                }
                let jobs = (0..<3).map { scenario.state.newJob("count", input: "\($0)") }
                try await scenario.state.transaction { _ = try $0.insertJobs(jobs) }
                try await scenario.withWorker([count]) { _ in
                    try await journal.wait(for: 3, of: "completed count")
                }
                try expect(journal.count(of: "numbering handles 3"), equals: 1, "the number of batches it was around")
            },
            test("middleware is around a transaction only where the handler has one: not if it is detached") {
                scenario in
                let journal = scenario.journal
                let client = scenario.client
                let stack = Middleware(Noting(name: "outer", journal: journal))
                let echo: Processor<Faulty> = stack.detached(Echo.self) { job, _ in .finish(job.input) }
                let count: Processor<Faulty> = stack.detachedBatched(Count.self, upTo: 10) { jobs, _ in
                    jobs.map { $0.decide(.finish($0.input)) }
                }
                let begin: Processor<Faulty> = stack.batched(Begin.self, upTo: 10) { jobs, _, _ in
                    jobs.map { $0.decide(.finish("\($0.input)")) }
                }
                try await scenario.withWorker([echo, count, begin]) { _ in
                    _ = try await client.awaitJobChain(client.startJobChain(Echo.self, input: "x"))
                    _ = try await client.awaitJobChain(client.startJobChain(Count.self, input: 1))
                    _ = try await client.awaitJobChain(client.startJobChain(Begin.self, input: 1))
                    try await journal.wait(for: 3, of: "outer ends")
                }
                try expect(
                    Self.notes(journal),
                    equals: [
                        "outer handles 1", "outer ends", "outer handles 1", "outer ends", "outer handles 1",
                        "outer completes with outer of begin", "outer ends",
                    ], "what ran")
            },
            test("middleware that doesn't run the handler fails the attempt") { scenario in
                let echo: Processor<Faulty> = Middleware(Forgetful()).detached(Echo.self) { job, _ in
                    .finish("attempt \(job.attempt)")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                    try await scenario.journal.wait(of: "failed echo")
                    let error = try await scenario.client.failedAttempts(ofJob: chain.id).first?.error
                    try expect(error?.contains("Forgetful returned without calling") == true, "the error says so")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    let output = try await scenario.client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                }
            },
            test("a worker refuses processors without the middleware that it requires") { scenario in
                let journal = scenario.journal
                let noting = Noting(name: "outer", journal: journal)
                let both: Processor<Faulty> = Middleware(noting, Forgetful(), Numbering(journal: journal))
                    .detached(Echo.self) { job, _ in .finish(job.input) }
                let swapped: Processor<Faulty> = Middleware(Numbering(journal: journal), noting)
                    .detached(Echo.self) { job, _ in .finish(job.input) }
                let none = Processor<Faulty>.detached(Echo.self) { .finish($0.input) }
                let required: [any AttemptMiddleware.Type] = [Noting.self, Numbering.self]
                _ = try Worker(client: scenario.client, processors: [both], requiring: required)
                for processor in [swapped, none] {
                    do {
                        _ = try Worker(client: scenario.client, processors: [processor], requiring: required)
                        throw ConformanceFailure("A processor without the middleware was accepted.")
                    } catch let error as MissingMiddlewareError {
                        try expect(error.required, equals: ["Noting", "Numbering"], "what the error says is required")
                    }
                }
            },
        ]
    }
}
