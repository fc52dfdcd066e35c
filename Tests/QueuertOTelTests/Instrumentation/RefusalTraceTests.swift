import QueuertOTel
import QueuertTraceTesting
import Testing

@testable import Queuert

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
    private static let exception: KeyValuePairs<String, AttributeMatcher> = [
        "exception.type": "ChainNotFoundError", "exception.message": .anyString,
    ]

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
                    ).status(.error).event("exception", Self.exception)
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
                        ).status(.error).event("exception", Self.exception).named("refused")
                        span(
                            "continue gather", .producer,
                            ["error.type": "ChainNotFoundError", "queuert.transaction.outcome": .absent]
                        ).status(.error).event("exception", Self.exception)
                            .linked(to: "refused", type: "origin")
                        span("complete approve", .client, ["error.type": .absent]).status(.unset)
                        span("chain approve").status(.unset)
                    }.unordered()
                }
                noOpenSpans()
            }
        }
    }

    @Test(
        "what something is refused with is told on its span, as a log record, or as both, and once of a whole",
        arguments: [QueueInstrumentation.ExceptionSignal.spans, .logs, .both], Instrumented.allCases)
    func places(signal: QueueInstrumentation.ExceptionSignal, by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(exceptionSignal: signal), by: instrumented) { queue in
            let client = queue.client
            let approval = try await client.startJobChain(Approve.self, input: 1)
            try await client.withTransaction { db in
                await #expect(throws: ChainNotFoundError.self) {
                    try await client.startJobChain(Gather.self, input: 1, blockers: [Self.unknown], on: db)
                }
                await #expect(throws: ChainNotFoundError.self) {
                    try await client.completeJob(Approve.self, of: approval, on: db) { job in
                        .continueWith(\.gather, input: job.input, blockers: [Self.unknown])
                    }
                }
            }
            await #expect(throws: DuplicateJobIDError.self) {
                _ = try await client.startJobChains([
                    NewChain(Single.self, input: 1, id: Self.unknown.id),
                    NewChain(Single.self, input: 2, id: Self.unknown.id),
                ])
            }
            let refused = queue.recorder.spans.filter { $0[attribute: "error.type"] != nil }
            #expect(refused.count == 6)
            let events = signal == .logs ? [] : ["exception"]
            #expect(refused.allSatisfy { $0.events.map(\.name) == events })

            let starts = queue.events.records(ofEvent: "messaging.send.exception")
            let completions = queue.events.records(ofEvent: "messaging.settle.exception")
            guard signal != .spans else {
                #expect(starts.isEmpty && completions.isEmpty)
                return
            }
            let spans: [TraceContext?] = refused.filter { $0.name.hasPrefix("start") }.map(\.context)
            #expect(starts.map(\.context) == spans)
            let types: [AttributeValue?] = ["gather", nil]
            #expect(starts.map { $0[attribute: "queuert.job.type"] } == types)
            let completion: [TraceContext?] = queue.recorder.spans(named: "complete approve").map(\.context)
            #expect(completions.map(\.context) == completion)
        }
    }

    @Test(
        "the text of an error that refuses a start is told only if that is asked for",
        arguments: [false, true], Instrumented.allCases)
    func text(isAskedFor: Bool, by instrumented: Instrumented) async throws {
        struct Secret: Error, CustomStringConvertible { let description = "password 1234" }
        let configuration = QueueInstrumentation.Configuration(
            recordsErrorMessages: isAskedFor, exceptionSignal: .both)
        try await withTracedQueue(configuration, by: instrumented) { queue in
            let id = Self.unknown.id
            queue.observability.jobCreating(
                JobCreating(
                    id: id, typeName: Single.name, chainID: id, chainTypeName: Single.name, chainIndex: 0,
                    schedule: .now, blockers: [])
            ).refused(Secret())
            let span = try #require(queue.recorder.spans(named: "start single").first)
            let record = try #require(queue.events.records(ofEvent: "messaging.send.exception").first)
            let told = span.events.flatMap(\.attributes).filter { $0.key == "exception.message" }.map(\.value)
            let message: AttributeValue? = isAskedFor ? "password 1234" : nil
            #expect(told.count == (isAskedFor ? 1 : 0) && told.first == message)
            #expect(record[attribute: "exception.message"] == message)
            #expect(record[attribute: "exception.type"] == "Secret" && record[attribute: "queuert.job.id"] != nil)
            for text in [String(reflecting: span), String(reflecting: record)] {
                #expect(text.contains("1234") == isAskedFor)
            }
        }
    }
}
