import Queuert
import QueuertOTel
import QueuertSQLite
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Trace trees") struct TraceTreeTests {
    @Test(
        "a chain of three is one trace, continuations beside each other and linked to their origin",
        arguments: Instrumented.allCases)
    func chainOfThree(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await queue.working(Processor.chainOfThree) {
                try await withSpan("request", ofKind: .server) { _ in
                    _ = try await queue.client.startJobChain(First.self, input: 1)
                }
                try await queue.recorder.expect { Self.treeOfThree }
            }
        }
    }

    static var treeOfThree: [TraceExpectation] {
        [
            trace {
                span("request", .server) {
                    span("start first", .producer, ["messaging.operation.type": "send"]) {
                        span(
                            "process first", .consumer,
                            ["queuert.attempt.result": "completed", "queuert.job.attempt": 1]
                        ) {
                            span("complete first", .client)
                        }.named("first").linked(to: "start", type: "creation").noOtherLinks()
                        span("continue second", .producer) {
                            span("process second", .consumer) { span("complete second", .client) }
                                .named("second").linked(to: "continue second", type: "creation").noOtherLinks()
                        }.named("continue second").linked(to: "first", type: "origin").noOtherLinks()
                        span("continue third", .producer) {
                            span("process third", .consumer) { span("complete third", .client) }
                                .named("third").linked(to: "continue third", type: "creation").noOtherLinks()
                        }.named("continue third").linked(to: "second", type: "origin").noOtherLinks()
                        span("chain first", .internal, ["queuert.chain.jobs": 3]).linked(
                            to: "third", type: "completed_by")
                    }.named("start").unordered()
                }
            }
        ]
    }

    @Test("a retry is another attempt beside the failed one, linked to it", arguments: Instrumented.allCases)
    func retry(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await queue.working([
                .atomic(Single.self) { job, _ in
                    if job.attempt == 1 { throw Boom() }
                    return .finish(job.input)
                }
            ]) {
                _ = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single", .consumer).status(.error("Boom")).attribute("error.type", "Boom")
                                .attribute("queuert.attempt.result", "failed")
                                .attribute("queuert.rescheduled_after_ms", 1000).event("exception")
                        }
                    }
                }
                queue.pass(.seconds(1), waking: "single")
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single", .consumer, ["queuert.job.attempt": 1]).status(.error).named("failed")
                            span(
                                "process single", .consumer,
                                ["queuert.job.attempt": 2, "queuert.job.wait.backoff_s": 1.0]
                            ) {
                                span("complete single")
                            }.status(.unset).named("retry").linked(to: "start", type: "creation")
                                .linked(to: "failed", type: "retry_of").noOtherLinks()
                            span("chain single").status(.unset).linked(to: "retry", type: "completed_by")
                        }.named("start").unordered()
                    }
                }
            }
        }
    }

    @Test(
        "a staged job shows its phases, and the user's spans nest under the attempt and the phases",
        arguments: Instrumented.allCases)
    func staged(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await queue.working([
                .staged(Single.self) { job, attempt in
                    let row = try await attempt.prepare { _ in 1 }
                    withSpan("call the world", ofKind: .client) { _ in }
                    return try await attempt.complete { _ in
                        withSpan("write rows") { _ in }
                        return .finish(row)
                    }
                }
            ]) {
                _ = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single") {
                                span("prepare single", .internal)
                                span("call the world", .client)
                                span("complete single", .client, ["messaging.operation.type": "settle"]) {
                                    span("write rows")
                                }
                            }.named("attempt").unordered()
                            span("chain single")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test(
        "a fan-in waits in view: an await span for each open blocker, and a link to each chain",
        arguments: Instrumented.allCases)
    func fanIn(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let chains = try await queue.client.withTransaction { db in
                var chains: [Chain<Single>] = []
                for number in 1...3 {
                    chains.append(try await queue.client.startJobChain(Single.self, input: number, on: db))
                }
                _ = try await queue.client.startJobChain(Gather.self, input: 0, blockers: chains, on: db)
                return chains
            }
            let ids = AttributeValue.array(chains.map { .string($0.id.rawValue) })
            queue.clock.advance(by: .milliseconds(50))
            try await queue.working([
                .atomic(Single.self) { job, _ in .finish(job.input) },
                .atomic(Gather.self) { job, _ in .finish(job.blockers.reduce(0, +)) },
            ]) {
                try await queue.recorder.expect {
                    for number in 1...3 {
                        trace {
                            span("start single", .producer, ["queuert.blocker.count": .absent]) {
                                span("process single") { span("complete single") }.named("attempt \(number)")
                                span("chain single")
                            }.named("blocker \(number)").unordered()
                        }
                    }
                    trace {
                        span(
                            "start gather", .producer,
                            ["queuert.blocker.count": 3, "queuert.blocker.chain.ids": .equal(to: ids)]
                        ) {
                            for number in 1...3 {
                                span(
                                    "await single", .internal,
                                    ["queuert.blocker.index": .matching("any number") { _ in true }]
                                )
                                .linked(to: "blocker \(number)", type: "blocker")
                                .linked(to: "attempt \(number)", type: "resolved_by").noOtherLinks()
                            }
                            span("process gather", .consumer, ["queuert.job.wait.blocked_s": 0.05]) {
                                span("complete gather")
                            }
                            .linked(to: "start", type: "creation").linked(to: "blocker 1", type: "blocker")
                            .linked(to: "blocker 2", type: "blocker").linked(to: "blocker 3", type: "blocker")
                            .noOtherLinks()
                            span("chain gather")
                        }.named("start").unordered()
                    }
                }
                // Blockers that have ended already block nothing.
                _ = try await queue.client.withTransaction { db in
                    try await queue.client.startJobChain(Gather.self, input: 0, blockers: chains, on: db)
                }
                let last = try #require(queue.recorder.spans(named: "start gather").last)
                #expect(last[attribute: "queuert.blocker.chain.ids"] == nil)
            }
        }
    }

    @Test("a scheduled job tells what it waited for: the schedule, then a worker", arguments: Instrumented.allCases)
    func scheduled(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            _ = try await queue.client.startJobChain(Single.self, input: 1, schedule: .after(.seconds(60)))
            queue.clock.advance(by: .seconds(62))
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace {
                        span("schedule single", .producer, ["queuert.job.scheduled_at": "2030-01-01T00:01:00.000000Z"])
                        {
                            span("wait single", .internal, ["queuert.wait.type": "queue"])
                            span(
                                "process single", .consumer,
                                ["queuert.job.wait.schedule_s": 60.0, "queuert.job.wait.queue_s": 2.0]
                            ) { span("complete single") }
                            span("chain single")
                        }.unordered()
                    }
                }
            }
        }
    }

    @Test(
        "a job that its handler has put off tells that it waited for its time, and of no backoff, whatever the reason",
        arguments: Instrumented.allCases, ["the bank is closed", nil])
    func rescheduled(by instrumented: Instrumented, for reason: String?) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await queue.working([
                .atomic(Single.self) { job, _ in
                    if job.attempt == 1 { throw RescheduleJob(.after(.seconds(60)), reason: reason) }
                    return .finish(job.input)
                }
            ]) {
                _ = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single", .consumer, ["queuert.attempt.result": "rescheduled"]).status(.unset)
                        }
                    }
                }
                queue.pass(.seconds(60), waking: "single")
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single", .consumer, ["queuert.job.attempt": 1]).named("put off")
                            span(
                                "process single", .consumer,
                                [
                                    "queuert.job.attempt": 2, "queuert.job.wait.schedule_s": 60.0,
                                    "queuert.job.wait.backoff_s": .absent,
                                ]
                            ) { span("complete single") }.linked(to: "put off", type: "retry_of")
                            span("chain single")
                        }.unordered()
                    }
                }
            }
        }
    }

    @Test("a chain that crosses two processes on one file is one trace", arguments: Instrumented.allCases)
    func twoProcesses(by instrumented: Instrumented) async throws {
        try await withDatabaseFile { path in
            let clock = ManualClock()
            let recorder = TraceRecorder(clock: QueueSpanClock(clock))
            func process() async throws -> TracedQueue<SQLiteStateAdapter> {
                let adapter = SQLiteStateAdapter(pool: try await SQLitePool(path: path), clock: clock)
                try await adapter.migrate()
                return TracedQueue(adapter, clock: clock, recorder: recorder, by: instrumented)
            }
            // Neither has the other's processors, notifications, connections or tracer.
            let one = try await process()
            let two = try await process()
            try await one.working([.atomic(First.self) { job, _ in .continueWith(\.second, input: job.input) }]) {
                _ = try await one.client.startJobChain(First.self, input: 1)
                try await recorder.expect {
                    trace {
                        span("start first") {
                            span("process first").containing(); span("continue second")
                        }.unordered()
                    }
                }
            }
            try await two.working([
                .staged(Second.self) { job, attempt in
                    try await attempt.complete { _ in .continueWith(\.third, input: job.input) }
                },
                .detached(Third.self) { job in .finish(job.input) },
            ]) {
                try await recorder.expect {
                    trace {
                        span("start first") {
                            span("process first") { span("complete first") }.named("first")
                            span("continue second") {
                                span("process second") { span("complete second") }.named("second")
                            }
                            .linked(to: "first", type: "origin")
                            span("continue third") { span("process third") { span("complete third") } }
                                .linked(to: "second", type: "origin")
                            span("chain first")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test(
        "a start whose transaction can't begin is told with what it failed with, and no span stays open",
        arguments: Instrumented.allCases)
    func cannotBegin(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            await #expect(throws: NestedTransactionError.self) {
                try await queue.client.withTransaction { _ in
                    _ = try await queue.client.startJobChain(Single.self, input: 1)
                }
            }
            try await queue.recorder.expect {
                trace {
                    span(
                        "start single", .producer,
                        ["error.type": "NestedTransactionError", "queuert.transaction.outcome": .absent]
                    ).status(.error)
                }
                noOpenSpans()
            }
        }
    }

    @Test("a rollback leaves nothing but the ERROR span of the start that was undone", arguments: Instrumented.allCases)
    func rollback(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            await #expect(throws: Boom.self) {
                try await queue.client.withTransaction { db in
                    _ = try await queue.client.startJobChain(Single.self, input: 1, on: db)
                    throw Boom()
                }
            }
            try await queue.recorder.expect {
                trace {
                    span("start single", .producer).status(.error).attribute("error.type", "rollback")
                        .attribute("queuert.transaction.outcome", "rolled_back")
                }
                noOpenSpans()
            }
        }
    }

    @Test(
        "a chain started by a handler that fails is told as undone, below the failed attempt",
        arguments: Instrumented.allCases)
    func rollbackInHandler(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            try await queue.working([
                .atomic(First.self) { _, db in
                    _ = try await client.startJobChain(Single.self, input: 1, on: db)
                    throw Boom()
                }
            ]) {
                _ = try await client.startJobChain(First.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start first") {
                            span("process first") {
                                span("start single").status(.error).attribute("error.type", "rollback")
                            }.status(.error)
                        }
                    }
                }
            }
        }
    }

    @Test("the attempt of a lost worker is told by whoever takes the job back, above the children it had sent")
    func lostWorker() async throws {
        try await withTracedQueue { queue in
            let client = queue.client
            _ = try await client.startJobChain(Single.self, input: 1)
            // A worker claims the job, sends a span from its handler and is never heard of again.
            let claimed = try await client.withTransaction { db in
                try client.adapter.operations(on: db).claimJobs(
                    ClaimRequest(
                        typeNames: ["single"], limit: 1, worker: "dead", leaseDuration: .seconds(30)))
            }
            await queue.instrumentation.attempt(claimed.jobs[0]).withCurrent {
                withSpan("half the work") { _ in }
            }
            queue.clock.advance(by: .seconds(31))
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace { span("start single") { span("process single").status(.error).containing() } }
                }
                queue.pass(.seconds(1), waking: "single")
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span(
                                "process single", .consumer, ["messaging.client.id": "dead", "queuert.job.attempt": 1]
                            ) {
                                span("half the work")
                            }.status(.error).attribute("error.type", "worker_lost")
                                .attribute("queuert.attempt.result", "lost").named("lost")
                            span("process single", .consumer, ["queuert.job.attempt": 2]) { span("complete single") }
                                .linked(to: "lost", type: "retry_of")
                            span("chain single")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }
}
