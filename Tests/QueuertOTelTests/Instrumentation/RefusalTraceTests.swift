import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

/// A job that may go on with one that waits for others.
private enum Approve: EntryJobType {
    static let name = "approve"
    typealias Input = Int
    typealias Output = Int
    struct Next: Continuations { let gather = To<Gather>() }
}

/// What is refused in a transaction that goes on, and is committed.
@Suite("Traces of what is refused") struct RefusalTraceTests {
    private static let unknown = Chain<Single>(id: JobID(rawValue: "00000000-0000-7000-8000-000000000001"))

    @Test("a start that is refused tells with what, and of no rollback", arguments: Instrumented.allCases)
    func start(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            try await client.withTransaction { db in
                await #expect(throws: ChainNotFoundError.self) {
                    try await client.startJobChain(Gather.self, input: 1, blockers: [Self.unknown], on: db)
                }
                _ = try await client.startJobChain(Single.self, input: 1, on: db)
            }
            try await queue.recorder.expect {
                trace {
                    span(
                        "start gather", .producer,
                        ["error.type": "ChainNotFoundError", "queuert.transaction.outcome": .absent]
                    ).status(.error)
                }
                trace { span("start single", .producer, ["error.type": .absent]).status(.unset) }
                noOpenSpans()
            }
        }
    }

    @Test(
        "a completion without a worker that is refused tells with what, and so does what it continued with",
        arguments: Instrumented.allCases)
    func completion(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            let chain = try await client.startJobChain(Approve.self, input: 1)
            try await client.withTransaction { db in
                await #expect(throws: ChainNotFoundError.self) {
                    try await client.completeJob(Approve.self, of: chain, on: db) { job in
                        .continueWith(\.gather, input: job.input, blockers: [Self.unknown])
                    }
                }
                _ = try await client.completeJob(Approve.self, of: chain, on: db) { .finish($0.input) }
            }
            try await queue.recorder.expect {
                trace {
                    span("start approve") {
                        span(
                            "complete approve", .client,
                            ["error.type": "ChainNotFoundError", "queuert.transaction.outcome": .absent]
                        ).status(.error).named("refused")
                        span(
                            "continue gather", .producer,
                            ["error.type": "ChainNotFoundError", "queuert.transaction.outcome": .absent]
                        ).status(.error).linked(to: "refused", type: "origin")
                        span("complete approve", .client, ["error.type": .absent]).status(.unset)
                        span("chain approve").status(.unset)
                    }.unordered()
                }
                noOpenSpans()
            }
        }
    }
}
