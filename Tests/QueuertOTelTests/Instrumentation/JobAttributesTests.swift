import QueuertTraceTesting
import Testing

@testable import Queuert
@testable import QueuertOTel

@Suite("What spans say of a job", .timeLimit(.minutes(20))) struct JobAttributesTests {
    /// A database in memory that says that it is on another host.
    private struct RemoteStateAdapter: StateAdapter {
        let base: MemoryStateAdapter

        var databaseIdentity: DatabaseIdentity? {
            DatabaseIdentity(system: "memory", database: "shop", tables: "", address: "db.example", port: 5433)
        }
        func withTransaction<R: Sendable>(
            _ body: @Sendable (isolated MemoryConnection) async throws -> R
        ) async throws -> R { try await base.withTransaction(body) }
        func withOperation<R: Sendable>(
            _ purpose: OperationPurpose, _ body: @Sendable (isolated MemoryConnection) async throws -> R
        ) async throws -> R { try await base.withOperation(purpose, body) }
        func withReadConnection<R: Sendable>(
            _ body: @Sendable (isolated MemoryConnection) async throws -> R
        ) async throws -> R { try await base.withReadConnection(body) }
        func operations(on connection: isolated MemoryConnection) -> MemoryStateOperations {
            base.operations(on: connection)
        }
    }

    @Test(
        "where the database is on another host, the spans of jobs and the metrics of messaging say which",
        arguments: Instrumented.allCases)
    func server(by instrumented: Instrumented) async throws {
        let clock = ManualClock()
        try await withTraceRecording(clock: QueueSpanClock(clock)) { recorder in
            let queue = TracedQueue(
                RemoteStateAdapter(base: MemoryStateAdapter(clock: clock)), clock: clock, recorder: recorder,
                by: instrumented)
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                _ = try await queue.client.startJobChains([NewChain(Single.self, input: 1)])
                let chain = try await queue.client.startJobChain(Single.self, input: 2)
                _ = try await queue.client.awaitJobChain(chain)
            }
            for name in ["start single", "create single", "process single", "complete single"] {
                let spans = recorder.spans(named: name)
                #expect(!spans.isEmpty)
                #expect(spans.allSatisfy { $0[attribute: "server.address"] == "db.example" })
                #expect(spans.allSatisfy { $0[attribute: "server.port"] == 5433 })
            }
            let metrics = await CollectedMetrics(queue.meters)
            for name in [
                "messaging.client.sent.messages", "messaging.client.consumed.messages",
                "messaging.client.operation.duration", "messaging.process.duration",
            ] {
                let sets = metrics.values(name).keys.map(\.attributes)
                #expect(!sets.isEmpty)
                #expect(sets.allSatisfy { $0.contains(Attribute("server.address", "db.example")) })
            }
            #expect(await queue.violations() == [])
        }
    }

    @Test("how often a job is tried at most, and how large its input is if that is asked for, are told")
    func sizes() async throws {
        for isAskedFor in [false, true] {
            try await withTracedQueue(.init(recordsBodySizes: isAskedFor)) { queue in
                try await queue.working([.atomic(Single.self, maximumAttempts: 3) { job, _ in .finish(job.input) }]) {
                    let chain = try await queue.client.startJobChain(Single.self, input: 12_345)
                    _ = try await queue.client.awaitJobChain(chain)
                }
                let (start, attempt) = (
                    try #require(queue.recorder.spans(named: "start single").first),
                    try #require(queue.recorder.spans(named: "process single").first)
                )
                let size: AttributeValue? = isAskedFor ? 5 : nil
                for span in [start, attempt] { #expect(span[attribute: "messaging.message.body.size"] == size) }
                #expect(attempt[attribute: "queuert.job.max_attempts"] == 3)
                #expect(start[attribute: "queuert.job.max_attempts"] == nil)
            }
        }
    }

    @Test("a job that was claimed before it was ready waited for nothing, and says that clocks differ")
    func skew() async throws {
        try await withTracedQueue { queue in
            for isEarly in [false, true] {
                _ = try await queue.client.startJobChain(Single.self, input: 1)
                let claimed = try await queue.client.withTransaction { db in
                    try queue.client.adapter.operations(on: db).claimJobs(
                        ClaimRequest(typeNames: ["single"], limit: 1, worker: "test", leaseDuration: .seconds(30)))
                }
                var job = claimed.jobs[0]
                if isEarly { job.row.readyAt = queue.clock.now + .seconds(5) }
                let attempt = queue.instrumentation.attempt(job)
                attempt.started(in: [attempt])
                attempt.ended(AttemptEnd(result: .completed, at: queue.clock.now))
            }
            let attempts = queue.recorder.spans(named: "process single")
            #expect(attempts.map { $0[attribute: "queuert.clock_skew"] } == [nil, true])
            #expect(attempts.map { $0[attribute: "queuert.job.wait.queue_s"] } == [0.0, 0.0])
        }
    }
}
