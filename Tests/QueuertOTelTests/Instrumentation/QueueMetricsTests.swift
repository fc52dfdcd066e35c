import Queuert
import QueuertTraceTesting
import Testing

@testable import QueuertOTel

@Suite("A queue's metrics", .timeLimit(.minutes(20))) struct QueueMetricsTests {
    private let ofSingle: AttributeSet = ["queuert.job.type": "single"]

    private func messaging(_ operation: AttributeValue, _ type: AttributeValue, _ more: Attribute...) -> AttributeSet {
        AttributeSet(
            [
                Attribute("messaging.system", "queuert"), Attribute("messaging.operation.name", operation),
                Attribute("messaging.operation.type", type), Attribute("messaging.destination.name", "single"),
            ] + more)
    }

    @Test("a chain is counted where it is sent, consumed, processed and ended, with the conventions' attributes")
    func chain() async throws {
        try await withTracedQueue { queue in
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                _ = try await queue.client.awaitJobChain(try await queue.client.startJobChain(Single.self, input: 1))
            }
            let metrics = await CollectedMetrics(queue.meters)
            #expect(metrics.values("messaging.client.sent.messages") == [messaging("start", "send"): 1])
            #expect(metrics.values("messaging.client.consumed.messages") == [messaging("process", "process"): 1])
            #expect(metrics.values("messaging.process.duration") == [messaging("process", "process"): 1])
            #expect(
                metrics.values("messaging.client.operation.duration") == [
                    messaging("start", "send"): 1, messaging("complete", "settle"): 1,
                ])
            #expect(
                metrics.distributions("messaging.process.duration").map(\.distribution.bounds) == [
                    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
                ])
            for name in [
                "job.created", "job.completed", "job.attempt.started", "job.attempt.completed", "job.duration",
            ] {
                #expect(metrics.values("queuert.\(name)") == [ofSingle: 1])
            }
            for name in ["chain.created", "chain.completed", "chain.duration", "chain.jobs"] {
                #expect(metrics.values("queuert.\(name)") == [["queuert.chain.type": "single"]: 1])
            }
            for name in ["worker.started", "worker.stopping", "worker.stopped"] {
                #expect(metrics.values("queuert.\(name)") == [["queuert.worker.name": "test"]: 1])
            }
            #expect(metrics.metric("queuert.job.failed") == nil && metrics.metric("queuert.worker.error") == nil)
        }
    }

    @Test("what is rolled back counts nowhere, in a savepoint or as a whole")
    func rolledBack() async throws {
        try await withTracedQueue { queue in
            let client = queue.client
            try await client.withTransaction { db in
                try? await client.withSavepoint(on: db) {
                    _ = try await client.startJobChain(Single.self, input: 1, on: db)
                    throw Boom()
                }
            }
            _ = try? await client.withTransaction { db in
                _ = try await client.startJobChains([NewChain(Single.self, input: 1)], on: db)
                throw Boom()
            }
            #expect(await queue.meters.collect().isEmpty)
            #expect(queue.events.records.isEmpty)
        }
    }

    @Test("chains that one call starts are each sent, and the call takes its time once")
    func batch() async throws {
        try await withTracedQueue { queue in
            _ = try await queue.client.startJobChains((1...3).map { NewChain(Single.self, input: $0) })
            try await MetricSnapshot(of: queue.meters).expect {
                metric("messaging.client.sent.messages", .counter) {
                    point(["messaging.operation.name": "start"]).value(3)
                }
                metric("messaging.client.operation.duration", .histogram) {
                    point(["messaging.operation.name": "start", "messaging.operation.type": "send"]).count(1)
                }
            }
        }
    }

    @Test("a failure has the error's type that the span has, and is retried or has failed for good")
    func failures() async throws {
        try await withTracedQueue { queue in
            let worker = try Worker(
                client: queue.client, processors: [.atomic(Single.self) { _, _ in throw Boom() }],
                configuration: .init(name: "test", backoff: Backoff(initial: .zero), maximumAttempts: 2))
            let chain = try await queue.client.startJobChain(Single.self, input: 1)
            async let running: Void = worker.run()
            await #expect(throws: (any Error).self) { try await queue.client.awaitJobChain(chain) }
            await worker.stop()
            await running
            try await MetricSnapshot(of: queue.meters).expect {
                metric("messaging.process.duration") { point(["error.type": "Boom"]).count(2) }
                metric("messaging.client.operation.duration") {
                    point(["messaging.operation.name": "start", "error.type": .absent])
                }
                metric("queuert.job.attempt.failed") { point(["error.type": "Boom"]).value(2) }
                metric("queuert.job.retries").total(1)
                metric("queuert.job.failed") { point(["error.type": "Boom"]).value(1) }
            }
            try await queue.recorder.expect {
                trace {
                    span("start single") {
                        span("process single", nil, ["error.type": "Boom"]).status(.error).repeated(2)
                    }
                }
            }
        }
    }

    @Test("waits are told by what they were for")
    func waits() async throws {
        try await withTracedQueue { queue in
            let client = queue.client
            try await client.withTransaction { db in
                let blocker = try await client.startJobChain(Single.self, input: 1, on: db)
                _ = try await client.startJobChain(
                    Gather.self, input: 1, blockers: [blocker], schedule: .after(.seconds(5)), on: db)
            }
            queue.clock.advance(by: .seconds(2))
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace { span("schedule gather") { span("await single") } }
                    otherTracesAllowed()
                }
            }
            queue.clock.advance(by: .seconds(7))
            try await queue.working([.atomic(Gather.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace { span("schedule gather") { span("chain gather") }.containing() }
                    otherTracesAllowed()
                }
            }
            let metrics = await CollectedMetrics(queue.meters)
            let gather = Attribute("queuert.job.type", "gather")
            func seconds(_ kind: String) -> Double {
                metrics.sum("queuert.job.wait.duration", gather, Attribute("queuert.wait.type", .string(kind)))
            }
            #expect(seconds("blocked") == 2 && seconds("schedule") == 3 && seconds("queue") == 4)
            #expect(metrics.total("queuert.job.blocked", gather) == 1)
            #expect(metrics.total("queuert.job.unblocked", gather) == 1)
        }
    }

    @Test("the duration of an attempt has the attempt's span as its exemplar")
    func exemplar() async throws {
        try await withTracedQueue { queue in
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                _ = try await queue.client.awaitJobChain(try await queue.client.startJobChain(Single.self, input: 1))
            }
            let attempt = try #require(queue.recorder.spans(named: "process single").first)
            try await MetricSnapshot(of: queue.meters).expect {
                metric("messaging.process.duration") { point().count(1).exemplar(in: attempt) }
            }
        }
    }

    @Test("histograms are exponential where all are to be")
    func exponential() {
        let meters = MeterProvider(configuration: .init(histogramBuckets: .exponential()))
        #expect(meters.histogram(.operationDuration).recorder is MetricStream<ExponentialHistogramAggregation>)
    }
}
