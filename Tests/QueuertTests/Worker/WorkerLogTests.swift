import Logging
import Queuert
import Testing

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
}
