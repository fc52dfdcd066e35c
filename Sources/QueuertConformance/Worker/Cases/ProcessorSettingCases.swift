import Queuert

/// Middleware that does nothing.
private struct Passing: AttemptMiddleware {
    func handle(_ attempt: AttemptDetails, _ next: MiddlewareNext<Void>) async throws { try await next() }
}

/// What a processor says for itself.
private struct Settings: Sendable {
    var backoff: Backoff?
    var maximumAttempts: Int?
    var timeout: Duration?
}

/// All ways in which a processor is made, with middleware or without; its handler is given one job after the other.
private enum Way: String, CaseIterable, Sendable {
    case atomic, staged, detached, batched, detachedBatched

    var isBatch: Bool { self == .batched || self == .detachedBatched }

    func processor<Adapter: StateAdapter>(
        on _: Adapter.Type, _ settings: Settings, hasMiddleware: Bool,
        handler: @escaping @Sendable (Job<Echo>) async throws -> String
    ) -> Processor<Adapter> {
        hasMiddleware ? stacked(settings, handler) : plain(settings, handler)
    }

    private func plain<Adapter: StateAdapter>(
        _ settings: Settings, _ handler: @escaping @Sendable (Job<Echo>) async throws -> String
    ) -> Processor<Adapter> {
        let (backoff, maximum, timeout) = (settings.backoff, settings.maximumAttempts, settings.timeout)
        switch self {
        case .atomic:
            return .atomic(Echo.self, backoff: backoff, maximumAttempts: maximum, timeout: timeout) { job, _ in
                .finish(try await handler(job))
            }
        case .staged:
            return .staged(Echo.self, backoff: backoff, maximumAttempts: maximum, timeout: timeout) { job, attempt in
                let output = try await handler(job)
                return try await attempt.complete { _ in .finish(output) }
            }
        case .detached:
            return .detached(Echo.self, backoff: backoff, maximumAttempts: maximum, timeout: timeout) { job in
                .finish(try await handler(job))
            }
        case .batched:
            return .batched(Echo.self, upTo: 10, backoff: backoff, maximumAttempts: maximum, timeout: timeout) {
                jobs, _ in
                try await Self.decisions(about: jobs, handler)
            }
        case .detachedBatched:
            return .detachedBatched(
                Echo.self, upTo: 10, backoff: backoff, maximumAttempts: maximum, timeout: timeout
            ) { jobs in try await Self.decisions(about: jobs, handler) }
        }
    }

    private func stacked<Adapter: StateAdapter>(
        _ settings: Settings, _ handler: @escaping @Sendable (Job<Echo>) async throws -> String
    ) -> Processor<Adapter> {
        let (backoff, maximum, timeout) = (settings.backoff, settings.maximumAttempts, settings.timeout)
        let stack = Middleware(Passing())
        switch self {
        case .atomic:
            return stack.atomic(Echo.self, backoff: backoff, maximumAttempts: maximum, timeout: timeout) { job, _, _ in
                .finish(try await handler(job))
            }
        case .staged:
            return stack.staged(Echo.self, backoff: backoff, maximumAttempts: maximum, timeout: timeout) {
                job, _, attempt in
                let output = try await handler(job)
                return try await attempt.complete { _ in .finish(output) }
            }
        case .detached:
            return stack.detached(Echo.self, backoff: backoff, maximumAttempts: maximum, timeout: timeout) { job, _ in
                .finish(try await handler(job))
            }
        case .batched:
            return stack.batched(Echo.self, upTo: 10, backoff: backoff, maximumAttempts: maximum, timeout: timeout) {
                jobs, _, _ in
                try await Self.decisions(about: jobs, handler)
            }
        case .detachedBatched:
            return stack.detachedBatched(
                Echo.self, upTo: 10, backoff: backoff, maximumAttempts: maximum, timeout: timeout
            ) { jobs, _ in try await Self.decisions(about: jobs, handler) }
        }
    }

    private static func decisions(
        about jobs: [Job<Echo>], _ handler: @Sendable (Job<Echo>) async throws -> String
    ) async throws -> [BatchDecision<Echo>] {
        var decisions: [BatchDecision<Echo>] = []
        for job in jobs { decisions.append(job.decide(.finish(try await handler(job)))) }
        return decisions
    }
}

extension WorkerConformance {
    var processorSettingCases: [ConformanceCase] {
        var cases = settingCases(hasMiddleware: false) + settingCases(hasMiddleware: true)
        // The other ways have cases of their own, without middleware.
        for way in Way.allCases where way.isBatch { cases.append(timeCase(way, hasMiddleware: false)) }
        for way in Way.allCases { cases.append(timeCase(way, hasMiddleware: true)) }
        cases.append(errorTextCase)
        return cases
    }

    private func settingCases(hasMiddleware: Bool) -> [ConformanceCase] {
        let addition = hasMiddleware ? ", also if it has middleware" : ""
        return [
            test("a processor's backoff goes before its worker's, in whichever way it runs its handler\(addition)") {
                scenario in
                let settings = Settings(backoff: Backoff(initial: .seconds(77), jitter: 0))
                for (number, way) in Way.allCases.enumerated() {
                    let echo = way.processor(on: Faulty.self, settings, hasMiddleware: hasMiddleware) { _ in
                        throw HandlerFailure()
                    }
                    // The time stands still, so the jobs of the ways before are not due again.
                    try await scenario.withWorker([echo]) { _ in
                        let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                        try await scenario.journal.wait(for: number + 1, of: "failed echo")
                        let row = try await scenario.row(chain)
                        try expect(
                            row.scheduledAt - scenario.clock.now, equals: .seconds(77), "the backoff (\(way))")
                    }
                }
            },
            test("a processor's maximum of attempts holds in whichever way it runs its handler\(addition)") {
                scenario in
                let settings = Settings(maximumAttempts: 1)
                for (number, way) in Way.allCases.enumerated() {
                    let echo = way.processor(on: Faulty.self, settings, hasMiddleware: hasMiddleware) { _ in
                        throw HandlerFailure()
                    }
                    try await scenario.withWorker([echo]) { _ in
                        let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                        try await scenario.journal.wait(for: number + 1, of: "failed echo")
                        let status = try await scenario.state.status(chain.id)
                        try expect(status, equals: .failed, "the status of the job (\(way))")
                    }
                }
            },
        ]
    }

    private func timeCase(_ way: Way, hasMiddleware: Bool) -> ConformanceCase {
        let addition = hasMiddleware ? ", middleware" : ""
        return test("the time is up for all jobs that run together, and all have failed (\(way)\(addition))") {
            scenario in
            let client = scenario.client
            let journal = scenario.journal
            let settings = Settings(timeout: .seconds(600))
            let echo = way.processor(on: Faulty.self, settings, hasMiddleware: hasMiddleware) { job in
                if job.attempt > 1 { return "attempt \(job.attempt)" }
                journal.add("runs")
                do {
                    try await journal.wait(of: "never")
                } catch {
                    journal.add("cancelled")
                    throw error
                }
                return "never"
            }
            let inputs = way.isBatch ? ["a", "b", "c"] : ["a"]
            let chains = try await client.startJobChains(inputs.map { NewChain(Echo.self, input: $0) })
            try await scenario.withWorker([echo]) { _ in
                try await journal.wait(of: "runs")
                try await scenario.advance(toEndOf: .seconds(600))
                try await journal.wait(of: "cancelled")
                try await journal.wait(for: chains.count, of: "failed echo")
                for chain in chains {
                    let error = try await client.failedAttempts(ofJob: chain.id).first?.error
                    try expect(error?.contains("took longer than") == true, "the error says that the time was up")
                }
                scenario.advance(by: .seconds(100), waking: "echo")
                for chain in chains {
                    let output = try await client.awaitJobChain(chain).output
                    try expect(output, equals: "attempt 2", "the output")
                }
            }
        }
    }

    private var errorTextCase: ConformanceCase {
        test("what is stored of an error's text is its first ten thousand characters") { scenario in
            let text = String(repeating: "ä", count: 10_000)
            let echo = Processor<Faulty>.detached(Echo.self) { _ in throw HandlerFailure(text: text + "and more") }
            try await scenario.withWorker([echo]) { _ in
                let chain = try await scenario.client.startJobChain(Echo.self, input: "x")
                try await scenario.journal.wait(of: "failed echo")
                let record = try await scenario.client.failedAttempts(ofJob: chain.id).first?.error
                try expect(record, hasBytesOf: text, "the error on record")
                try expect(
                    try await scenario.row(chain).lastAttemptError, hasBytesOf: text, "the error of the job")
            }
        }
    }
}
