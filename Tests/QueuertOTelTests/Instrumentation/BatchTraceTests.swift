import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Traces of batches") struct BatchTraceTests {
    @Test(
        "chains that are started at once are one start, which links to the creation of each, as each does to the start",
        arguments: Instrumented.allCases)
    func start(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await withSpan("request", ofKind: .server) { _ in
                _ = try await queue.client.startJobChains((1...3).map { NewChain(Single.self, input: $0) })
            }
            try await queue.recorder.expect {
                trace {
                    span("request", .server) {
                        for number in 1...3 {
                            span(
                                "create single", .producer,
                                ["messaging.operation.type": "create", "messaging.batch.message_count": .absent]
                            ).named("chain \(number)").linked(to: "start", type: "batch").noOtherLinks()
                        }
                        span(
                            "start single", .client,
                            [
                                "messaging.operation.type": "send", "messaging.batch.message_count": 3,
                                "messaging.destination.name": "single",
                            ]
                        )
                        .linked(to: "chain 1", type: "creation").linked(to: "chain 2", type: "creation")
                        .linked(to: "chain 3", type: "creation").noOtherLinks().named("start")
                    }.unordered()
                }
                noOpenSpans()
            }
        }
    }

    @Test(
        "outside of a span each chain of a batch is a trace of its own, and so is the start",
        arguments: Instrumented.allCases)
    func roots(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            _ = try await queue.client.startJobChains(
                NewChain(Single.self, input: 1), NewChain(Gather.self, input: 2, blockers: []))
            try await queue.recorder.expect {
                trace { span("create single").named("single") }
                trace { span("create gather").named("gather") }
                trace {
                    span("start", .client, ["messaging.destination.name": .absent])
                        .linked(to: "single", type: "creation").linked(to: "gather", type: "creation").noOtherLinks()
                }
            }
        }
    }

    @Test(
        "each chain of a batch leads to its start, also those that are over the number of links that the start can have",
        arguments: Instrumented.allCases)
    func many(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            _ = try await queue.client.startJobChains((1...200).map { NewChain(Single.self, input: $0) })
            let start = try #require(queue.recorder.spans(named: "start single").first)
            #expect(start.links.count == 128 && start.droppedLinks == 72)
            let chains = queue.recorder.spans(named: "create single")
            #expect(chains.count == 200)
            #expect(chains.allSatisfy { $0.links.map(\.context.spanID) == [start.context.spanID] })
        }
    }

    @Test("an existing chain in a batch is linked to, as in a single start", arguments: Instrumented.allCases)
    func deduplicated(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let key = Deduplication(key: "one")
            let first = try await queue.client.startJobChain(Single.self, input: 1, deduplication: key)
            _ = try await queue.client.startJobChains([NewChain(Single.self, input: 1, deduplication: key)])
            try await queue.recorder.expect {
                trace { span("start single", .producer).named("existing") }
                trace {
                    span(
                        "create single", .producer,
                        [
                            "queuert.chain.deduplicated": true,
                            "queuert.chain.id": .equal(to: .string(first.id.rawValue)),
                        ]
                    ).named("create").linked(to: "existing", type: "existing_chain").linked(to: "start", type: "batch")
                        .noOtherLinks()
                }
                trace { span("start single", .client).linked(to: "create", type: "creation").named("start") }
            }
        }
    }

    @Test(
        "a batch that is undone with its transaction is told as undone, and no span stays open",
        arguments: Instrumented.allCases)
    func rollback(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            await #expect(throws: Boom.self) {
                try await client.withTransaction { db in
                    _ = try await client.startJobChains([NewChain(Single.self, input: 1)], on: db)
                    throw Boom()
                }
            }
            let spans = queue.recorder.spans
            #expect(spans.map(\.name) == ["create single", "start single"])
            #expect(spans.allSatisfy { $0[attribute: "error.type"] == "rollback" })
            #expect(spans.allSatisfy { $0[attribute: "queuert.transaction.outcome"] == "rolled_back" })
            #expect(queue.recorder.openSpans.isEmpty)
        }
    }

    @Test(
        "a batch that is refused, before it is written or then, tells with what, and no span stays open",
        arguments: Instrumented.allCases)
    func refused(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            let empty = JobID(rawValue: "")
            await #expect(throws: InvalidJobIDError.self) {
                _ = try await client.startJobChains([
                    NewChain(Single.self, input: 1), NewChain(Single.self, input: 2, id: empty),
                ])
            }
            let id = JobID(rawValue: "00000000-0000-7000-8000-000000000001")
            await #expect(throws: DuplicateJobIDError.self) {
                _ = try await client.startJobChains([
                    NewChain(Single.self, input: 1, id: id), NewChain(Single.self, input: 2, id: id),
                ])
            }
            let spans = queue.recorder.spans
            let (create, start) = ("create single", "start single")
            #expect(spans.map(\.name) == [create, start, create, create, start])
            let errorTypes: [AttributeValue?] = spans.map { $0[attribute: "error.type"] }
            let (invalid, duplicate): (AttributeValue, AttributeValue) = ("InvalidJobIDError", "DuplicateJobIDError")
            #expect(errorTypes == [invalid, invalid, duplicate, duplicate, duplicate])
            #expect(spans.allSatisfy { $0.status != .unset && $0.events.map(\.name) == ["exception"] })
            #expect(spans.allSatisfy { $0[attribute: "queuert.transaction.outcome"] == nil })
            #expect(queue.recorder.openSpans.isEmpty)
        }
    }

    @Test(
        "each job of a batch has an attempt span and its wait, and links to the one that the handler ran in",
        arguments: Instrumented.allCases)
    func processing(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            for number in 1...3 { _ = try await queue.client.startJobChain(Single.self, input: number) }
            queue.clock.advance(by: .seconds(1))
            try await queue.working([
                .batched(Single.self, upTo: 3) { jobs, _ in
                    withSpan("once") { _ in }
                    return jobs.map { $0.decide(.finish($0.input)) }
                }
            ]) {
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("wait single")
                            span("process single", .consumer, ["queuert.batch.size": 3]) {
                                span("once"); span("complete single")
                            }.unordered().named("first").linked(to: "start", type: "creation").noOtherLinks()
                            span("chain single")
                        }.unordered().named("start")
                    }
                    for number in 2...3 {
                        trace {
                            span("start single") {
                                span("wait single")
                                span("process single", .consumer, ["queuert.batch.size": 3]) {
                                    span("complete single")
                                }.linked(to: "start \(number)", type: "creation").linked(to: "first", type: "batch")
                                    .noOtherLinks()
                                span("chain single")
                            }.unordered().named("start \(number)")
                        }
                    }
                    noOpenSpans()
                }
            }
        }
    }
}
