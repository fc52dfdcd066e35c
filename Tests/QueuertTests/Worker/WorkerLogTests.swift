import Logging
import QueuertConformance
import Testing

@testable import Queuert

/// Fails when what it is around is done.
private struct FailingLate: AttemptMiddleware {
    func handle(_ attempt: AttemptDetails, _ next: MiddlewareNext<Void>) async throws {
        try await next()
        throw WorkerLogTests.Failure(secret: "hidden")
    }
}

@Suite("What a worker logs", .timeLimit(.minutes(20))) struct WorkerLogTests {
    enum Secretive: EntryJobType {
        static let name = "secretive"
        typealias Input = String
        typealias Output = String
    }
    enum Unknown: EntryJobType {
        static let name = "unknown"
        typealias Input = String
        typealias Output = String
    }
    struct Failure: Error { var secret: String }

    /// Runs a worker until a chain has ended, on a clock that a failed attempt's backoff needs no time of.
    private func run(_ processor: Processor<MemoryStateAdapter>) async throws -> RecordedLogs {
        let logs = RecordedLogs()
        let client = Client(adapter: MemoryStateAdapter(), logger: logs.logger)
        let configuration = Worker<MemoryStateAdapter>.Configuration(backoff: Backoff(initial: .zero))
        let worker = try Worker(client: client, processors: [processor], configuration: configuration)
        try await client.startJobChain(Unknown.self, input: "hidden")
        let chain = try await client.startJobChain(Secretive.self, input: "hidden")
        async let running: Void = worker.run()
        _ = try await client.awaitJobChain(chain)
        await worker.stop()
        await running
        return logs
    }

    @Test("jobs of a type that nobody here processes are named at the start")
    func unknownTypes() async throws {
        let logs = try await run(.detached(Secretive.self) { .finish($0.input) })
        let warnings = logs.records.filter { $0.level == .warning }
        #expect(warnings.map { $0.metadata["queuert.job.type"] } == ["unknown"])
        #expect(warnings.first?.metadata["count"] == "1")
    }

    @Test("a failed attempt is a warning that names the job and the error's type, and nothing that the job holds")
    func failedAttempt() async throws {
        let logs = try await run(
            .atomic(Secretive.self) { job, _ in
                if job.attempt == 1 { throw Failure(secret: "hidden") }
                return .finish(job.input)
            })
        let failures = logs.records.filter { $0.metadata["error.type"] != nil }
        #expect(failures.map(\.level) == [.warning])
        #expect(failures.first?.metadata["error.type"] == "Failure")
        #expect(failures.first?.metadata["queuert.job.type"] == "secretive")
        #expect(failures.first?.metadata["queuert.job.attempt"] == "1")
        for record in logs.records { #expect(!"\(record)".contains("hidden")) }
    }

    @Test("no attempt is said to have failed whose failure was not written")
    func unwrittenFailure() async throws {
        let logs = RecordedLogs()
        let journal = Journal()
        // Without hints the worker learns only from the database that the attempt is over.
        let client = Client(adapter: MemoryStateAdapter(), notify: PollingOnly(), logger: logs.logger)
        let processor = Processor<MemoryStateAdapter>.detached(Secretive.self) { _ in
            journal.add("runs")
            try await journal.wait(of: "go")
            throw Failure(secret: "hidden")
        }
        let worker = try Worker(
            client: client, processors: [processor], configuration: .init(leaseDuration: .seconds(3_600)))
        let chain = try await client.startJobChain(Secretive.self, input: "hidden")
        async let running: Void = worker.run()
        try await journal.wait(of: "runs")
        try await client.cancelJobChain(chain)
        journal.add("go")
        await worker.stop()
        await running
        #expect(logs.records.contains { $0.message.contains("was not written, because its lease is lost") })
        #expect(!logs.records.contains { $0.message.hasPrefix("A job failed") })
    }

    @Test("an error after complete is logged as a failed attempt, and not as a lost lease")
    func errorAfterCompletion() async throws {
        let logs = try await run(
            .staged(Secretive.self) { job, attempt in
                let completed = try await attempt.complete { _ in .finish(job.input) }
                if job.attempt == 1 { throw Failure(secret: "hidden") }
                return completed
            })
        let errors = logs.records.filter { $0.metadata["error.type"] != nil }
        #expect(errors.map(\.level) == [.warning])
        #expect(errors.first?.message == "A job failed and is tried again.")
        #expect(!logs.records.contains { $0.message.contains("lease") })
    }

    @Test("an error of a middleware after a batch was committed is no failure of its jobs, and no lost lease")
    func errorAfterBatch() async throws {
        let logs = try await run(
            Middleware(FailingLate()).batched(Secretive.self, upTo: 10) { jobs, _, _ in
                jobs.map { $0.decide(.finish($0.input)) }
            })
        let errors = logs.records.filter { $0.metadata["error.type"] != nil }
        #expect(errors.map(\.message) == ["A handler threw after its job was completed; the result stands."])
        #expect(!logs.records.contains { $0.message.contains("lease") })
    }

    @Test("an attempt fails once, though its time is up while its failure can't be written")
    func timeoutWhileFailing() async throws {
        let logs = RecordedLogs()
        let clock = ManualClock()
        let adapter = FaultyStateAdapter(MemoryStateAdapter(clock: clock))
        let client = Client(adapter: adapter, clock: clock, logger: logs.logger)
        let processor = Processor<FaultyStateAdapter<MemoryStateAdapter>>.detached(
            Secretive.self, timeout: .seconds(60)
        ) { job in
            if job.attempt == 1 { throw Failure(secret: "hidden") }
            return .finish(job.input)
        }
        let worker = try Worker(
            client: client, processors: [processor],
            configuration: .init(
                leaseDuration: .seconds(3_600), pollInterval: .seconds(3_600),
                backoff: Backoff(initial: .seconds(3_600), jitter: 0),
                recoveryBackoff: Backoff(initial: .seconds(100), jitter: 0)))
        adapter.faults.fail(.settle, times: 1)
        let chain = try await client.startJobChain(Secretive.self, input: "hidden")
        async let running: Void = worker.run()
        // The leases, the reaper, the next poll, the attempt's time, and the pause before its failure is written again.
        await clock.waitForSleepers(5)
        while try await client.failedAttempts(ofJob: chain.id).isEmpty {
            try Task.checkCancellation()
            clock.advance(by: .seconds(1))
            await Task.yield()
        }
        await worker.stop()
        await running
        let attempts = try await client.failedAttempts(ofJob: chain.id)
        #expect(attempts.count == 1)
        #expect(attempts.first?.error?.contains("Failure(secret:") == true)
        #expect(logs.records.count { $0.message.hasPrefix("A job failed") } == 1)
        #expect(!logs.records.contains { $0.message.contains("lease is lost") })
    }

    @Test("no result stands of a handler that throws after its time was up")
    func errorAfterTimeout() async throws {
        let logs = RecordedLogs()
        let clock = ManualClock()
        let journal = Journal()
        let client = Client(adapter: MemoryStateAdapter(clock: clock), clock: clock, logger: logs.logger)
        let late = Processor<MemoryStateAdapter>.detached(Secretive.self, timeout: .seconds(60)) { job in
            if job.attempt > 1 { return .finish(job.input) }
            journal.add("runs")
            // A task of its own, because it has to ignore that the handler is cancelled.
            await Task { try? await journal.wait(of: "go") }.value
            throw Failure(secret: "hidden")
        }
        let worker = try Worker(
            client: client, processors: [late],
            configuration: .init(leaseDuration: .seconds(3_600), backoff: Backoff(initial: .seconds(10), jitter: 0)))
        let chain = try await client.startJobChain(Secretive.self, input: "hidden")
        async let running: Void = worker.run()
        try await journal.wait(of: "runs")
        // The first attempt is over when its failure is written, and nothing is claimed any more.
        while try await client.failedAttempts(ofJob: chain.id).isEmpty || !worker.slots.claimed.isEmpty {
            try Task.checkCancellation()
            clock.advance(by: .seconds(1))
            await Task.yield()
        }
        journal.add("go")
        clock.advance(by: .seconds(10))
        client.notify.send(WakeHint(dueTypes: ["secretive"]))
        _ = try await client.awaitJobChain(chain)
        await worker.stop()
        await running
        #expect(logs.records.contains { $0.metadata["error.type"] == "JobTimeoutError" })
        #expect(!logs.records.contains { $0.message.contains("result stands") })
    }
}
