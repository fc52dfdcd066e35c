import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Traces of chains that end in other ways") struct ChainEndTraceTests {
    @Test(
        "a job that is completed without a worker is told in the caller's trace, and the chain goes on in its own",
        arguments: Instrumented.allCases)
    func withoutWorker(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            let chain = try await client.startJobChain(First.self, input: 1)
            try await withSpan("approve", ofKind: .server) { _ in
                _ = try await client.completeJob(First.self, of: chain) { .continueWith(\.second, input: $0.input) }
            }
            try await queue.recorder.expect {
                trace {
                    span("start first") {
                        span("continue second", .producer).linked(to: "complete", type: "origin").noOtherLinks()
                    }.named("start")
                }
                trace {
                    span("approve", .server) {
                        span("complete first", .client, ["messaging.operation.type": "settle"]).named("complete")
                            .status(.unset).linked(to: "start", type: "creation").noOtherLinks()
                    }
                }
                noOpenSpans()
            }
        }
    }

    @Test(
        "a completion without a worker and without a span around it is told below the job's creation",
        arguments: Instrumented.allCases)
    func withoutWorkerAndCaller(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let chain = try await queue.client.startJobChain(Single.self, input: 1)
            try await queue.client.completeJob(Single.self, of: chain) { .finish($0.input) }
            try await queue.recorder.expect {
                trace {
                    span("start single") {
                        span("complete single", .client).named("complete").linked(to: "start", type: "creation")
                        span("chain single").linked(to: "complete", type: "completed_by")
                    }.unordered().named("start")
                }
            }
        }
    }

    @Test(
        "a completion without a worker that is undone is told as undone, and so is what it continued with",
        arguments: Instrumented.allCases)
    func undoneCompletion(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            let chain = try await client.startJobChain(First.self, input: 1)
            await #expect(throws: Boom.self) {
                try await client.withTransaction { db in
                    try await client.completeJob(First.self, of: chain, on: db) {
                        .continueWith(\.second, input: $0.input)
                    }
                    throw Boom()
                }
            }
            try await queue.recorder.expect {
                trace {
                    span("start first") {
                        span("complete first").status(.error).attribute("error.type", "rollback")
                        span("continue second").status(.error).attribute("error.type", "rollback")
                    }.unordered()
                }
                noOpenSpans()
            }
        }
    }

    @Test(
        "a running attempt whose job is completed without a worker is told as superseded, once",
        arguments: Instrumented.allCases)
    func superseded(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let chain = try await queue.client.startJobChain(Single.self, input: 1)
            try await running(Single.self, in: queue) {
                try await queue.client.completeJob(Single.self, of: chain) { .finish($0.input) }
            }
            try await queue.recorder.expect {
                trace {
                    span("start single") {
                        span("process single", .consumer, ["queuert.attempt.result": "superseded"]).status(.unset)
                        span("complete single", .client)
                        span("chain single").status(.unset)
                    }.unordered()
                }
                noOpenSpans()
            }
        }
    }

    @Test(
        "a chain that is cancelled is told with its attempt, and its end is an error", arguments: Instrumented.allCases)
    func cancelled(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let chain = try await queue.client.startJobChain(Single.self, input: 1)
            try await running(Single.self, in: queue) {
                queue.clock.advance(by: .milliseconds(5))
                try await queue.client.cancelJobChain(chain)
            }
            try await queue.recorder.expect {
                trace {
                    span("start single") {
                        span("process single", .consumer, ["queuert.attempt.result": "cancelled"]).status(.error)
                            .attribute("error.type", "cancelled")
                        span("chain single", .internal, ["queuert.chain.jobs": 1]).status(.error)
                            .attribute("error.type", "cancelled").named("chain").noOtherLinks()
                    }.unordered()
                }
                noOpenSpans()
            }
            let end = try #require(queue.recorder.spans(named: "chain single").first)
            #expect(end.end - end.start == 5_000_000)
        }
    }

    @Test(
        "a chain that is deleted while it is open is told as ended, and what was deleted after its end is not",
        arguments: Instrumented.allCases)
    func deleted(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let open = try await queue.client.startJobChain(Single.self, input: 1)
            let ended = try await queue.client.startJobChain(Single.self, input: 1)
            try await queue.client.completeJob(Single.self, of: ended) { .finish($0.input) }
            _ = try await queue.client.deleteJobChains([open.id, ended.id])
            try await queue.recorder.expect {
                trace { span("start single") { span("chain single").status(.error) } }
                trace {
                    span("start single") {
                        span("complete single"); span("chain single").status(.unset)
                    }.unordered()
                }
            }
        }
    }

    @Test(
        "a chain whose job has failed for good ends when it is deleted, as one that goes on does",
        arguments: Instrumented.allCases)
    func deletedAfterFailure(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let chain = try await queue.client.startJobChain(Single.self, input: 1)
            try await queue.working([.atomic(Single.self, maximumAttempts: 1) { _, _ in throw Boom() }]) {
                try await queue.recorder.expect { trace { span("start single") { span("process single") } } }
            }
            _ = try await queue.client.deleteJobChains([chain.id])
            try await queue.recorder.expect {
                trace {
                    span("start single") {
                        span("process single", .consumer, ["queuert.rescheduled_at": .absent]).status(.error)
                        span("chain single", .internal, ["error.type": "cancelled"])
                            .status(.error("the chain was deleted")).noOtherLinks()
                    }.unordered()
                }
                noOpenSpans()
            }
        }
    }

    @Test(
        "a job that failed for good ends no chain; a redrive goes on beside it, linked to the last attempt",
        arguments: Instrumented.allCases)
    func redriven(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let isBroken = SharedFlag()
            try await queue.working([
                .atomic(Single.self, maximumAttempts: 1) { job, _ in
                    if isBroken.takeFirst() { throw Boom() }
                    return .finish(job.input)
                }
            ]) {
                let chain = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single", .consumer, ["queuert.rescheduled_at": .absent]).status(.error)
                        }
                    }
                }
                try await queue.client.redriveJobs([chain.id])
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single").status(.error).named("failed")
                            span("process single") { span("complete single") }.status(.unset)
                                .linked(to: "failed", type: "retry_of").linked(to: "start", type: "creation")
                                .noOtherLinks()
                            span("chain single").status(.unset)
                        }.unordered().named("start")
                    }
                }
            }
        }
    }

    @Test("a start that an existing chain does for links to that chain", arguments: Instrumented.allCases)
    func existing(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let key = Deduplication(key: "one")
            let first = try await queue.client.startJobChain(Single.self, input: 1, deduplication: key)
            _ = try await queue.client.startJobChain(Single.self, input: 1, deduplication: key)
            try await queue.recorder.expect {
                trace { span("start single", .producer).named("existing").noOtherLinks() }
                trace {
                    span(
                        "start single", .producer,
                        [
                            "queuert.chain.deduplicated": true,
                            "messaging.message.id": .equal(to: .string(first.id.rawValue)),
                        ]
                    ).status(.unset).linked(to: "existing", type: "existing_chain").noOtherLinks()
                }
            }
        }
    }

    @Test(
        "an attempt links to 64 of the chains that its job waited for, and tells how many more there were",
        arguments: Instrumented.allCases)
    func manyBlockers(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            let chains = try await client.startJobChains((0..<70).map { NewChain(Single.self, input: $0) })
            for chain in chains { try await client.completeJob(Single.self, of: chain) { .finish($0.input) } }
            _ = try await client.startJobChain(Gather.self, input: 0, blockers: chains)
            try await queue.working([.atomic(Gather.self) { job, _ in .finish(job.blockers.count) }]) {
                try await queue.recorder.expect {
                    trace {
                        span("start gather") {
                            span("process gather").containing(); span("chain gather")
                        }.unordered()
                    }
                    otherTracesAllowed()
                }
            }
            let attempt = try #require(queue.recorder.spans(named: "process gather").first)
            let types = attempt.links.compactMap { $0.attributes.first?.value }
            #expect(types.filter { $0 == "blocker" }.count == 64)
            #expect(attempt[attribute: "queuert.job.blockers.dropped_links"] == 6)
            // The newest ones stay.
            let last = try await client.jobs(ofChain: chains[69].id)[0].trace.jobContext
            #expect(attempt.links.last?.context.traceparent == last)
        }
    }

    /// Runs a body while the handler of a job runs, which ends when it is cancelled.
    private func running(
        _ type: Single.Type, in queue: TracedQueue<MemoryStateAdapter>, _ body: () async throws -> Void
    ) async throws {
        let (started, start) = AsyncStream<Void>.makeStream()
        let (ended, end) = AsyncStream<Void>.makeStream()
        try await queue.working([
            .detached(type) { job in
                start.finish()
                defer { end.finish() }
                // Nobody moves the clock this far: the sleep ends with the task's cancellation.
                try await queue.clock.sleep(for: .seconds(10))
                return .finish(job.input)
            }
        ]) {
            for await _ in started {}
            try await body()
            for await _ in ended {}
        }
    }
}
