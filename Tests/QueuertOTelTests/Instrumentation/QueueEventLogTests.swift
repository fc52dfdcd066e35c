import Logging
import QueuertTraceTesting
import Testing

@testable import Queuert
@testable import QueuertOTel

@Suite("A queue's events", .timeLimit(.minutes(20))) struct QueueEventLogTests {
    struct Secret: Error, CustomStringConvertible { let description = "password 1234" }
    struct Known: RedactedError { let description = "The card was refused. Ask for another." }

    /// Runs a job that fails twice, and no more then.
    private func fail(_ client: Client<MemoryStateAdapter>, with error: any Error) async throws {
        let worker = try Worker(
            client: client, processors: [.atomic(Single.self) { _, _ in throw error }],
            configuration: .init(name: "test", backoff: Backoff(initial: .zero), maximumAttempts: 2))
        let chain = try await client.startJobChain(Single.self, input: 1)
        async let running: Void = worker.run()
        await #expect(throws: (any Error).self) { try await client.awaitJobChain(chain) }
        await worker.stop()
        await running
    }

    @Test(
        "failures are told with the attempt's span, and the last one as what it is", arguments: Instrumented.allCases)
    func failures(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await fail(queue.client, with: Secret())
            let match = try await queue.recorder.expect {
                trace {
                    span("start single") {
                        span("process single", .consumer, ["queuert.job.attempt": 1]).named("first")
                        span("process single", .consumer, ["queuert.job.attempt": 2]).named("last")
                    }
                }
            }
            let (first, last) = (try #require(match["first"]), try #require(match["last"]))
            try await queue.events.expect {
                logRecord(event: "queuert.worker.started")
                logRecord(
                    event: "queuert.job.attempt.failed", .warning,
                    ["error.type": "Secret", "queuert.job.attempt": 1, "queuert.rescheduled_at": .anyString]
                ).inSpan(first)
                logRecord(event: "queuert.job.failed", .error).inSpan(last)
                logRecord(event: "queuert.worker.stopping")
                logRecord(event: "queuert.worker.stopped")
            }
            #expect(!queue.events.records.contains { String(reflecting: $0).contains("1234") })
        }
    }

    @Test(
        "the error is told on the span, as a log record, or as both",
        arguments: [
            (QueueInstrumentation.ExceptionSignal?.none, true, false), (.spans, true, false), (.logs, false, true),
            (.both, true, true),
        ])
    func exceptions(signal: QueueInstrumentation.ExceptionSignal?, onSpan: Bool, asRecord: Bool) async throws {
        try await withTracedQueue(.init(exceptionSignal: signal)) { queue in
            try await fail(queue.client, with: Known())
            let attempts = queue.recorder.spans(named: "process single")
            #expect(attempts.map(\.events.count) == (onSpan ? [1, 1] : [0, 0]))
            let records = queue.events.records(ofEvent: "messaging.process.exception")
            #expect(records.map(\.context) == (asRecord ? attempts.map(\.context) : []))
            for record in records {
                #expect(record.severity == .error && record[attribute: "exception.type"] == "Known")
                #expect(record[attribute: "exception.message"] == "The card was refused. Ask for another.")
            }
        }
    }

    @Test("with any tracer, too, the error is told as a log record where that is asked for")
    func exceptionsOfAnyTracer() async throws {
        try await withTracedQueue(.init(exceptionSignal: .logs), by: .anyTracer) { queue in
            try await fail(queue.client, with: Known())
            let attempts = queue.recorder.spans(named: "process single")
            #expect(attempts.map(\.events.count) == [0, 0])
            let records = queue.events.records(ofEvent: "messaging.process.exception")
            #expect(records.map(\.context) == attempts.map(\.context))
        }
    }

    @Test(
        "without log records an error that is to be one is told on the span all the same, and that is said once",
        arguments: Instrumented.allCases)
    func noRecords(by instrumented: Instrumented) async throws {
        let log = RecordingLog()
        let recorder = TraceRecorder()
        let observability: any ObservabilityAdapter =
            switch instrumented {
            case .builtIn:
                QueueInstrumentation(
                    tracer: recorder.tracer, configuration: .init(exceptionSignal: .logs), logger: log.logger())
            case .anyTracer:
                DistributedTracingInstrumentation(
                    tracer: recorder.tracer, configuration: .init(exceptionSignal: .logs), logger: log.logger())
            }
        try await fail(Client(adapter: MemoryStateAdapter(), observability: observability), with: Known())
        let attempts = recorder.spans(named: "process single")
        #expect(attempts.map { $0.events.map(\.name) } == [["exception"], ["exception"]])
        #expect(log.entries.filter { $0.message.contains("log records") }.count == 1)
    }

    @Test("a result that could not be written is told by an event of its own", arguments: Instrumented.allCases)
    func settlement(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(exceptionSignal: .logs), by: instrumented) { queue in
            try await queue.working([
                .staged(Single.self) { job, attempt in
                    try await attempt.complete { _ in
                        if job.attempt == 1 { throw Known() }
                        return .finish(job.input)
                    }
                }
            ]) {
                _ = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.events.expect(othersAllowed: true) {
                    logRecord(event: "messaging.settle.exception", .warning, ["exception.type": "Known"])
                    logRecord(event: "messaging.process.exception", .error, ["exception.type": "Known"])
                }
            }
            let phase = try #require(queue.recorder.spans(named: "complete single").first)
            #expect(
                queue.events.records(ofEvent: "messaging.settle.exception").map(\.context) == [phase.context])
        }
    }

    @Test("an error's text is told only if that is asked for", arguments: [false, true])
    func texts(areAskedFor: Bool) async throws {
        try await withTracedQueue(.init(recordsErrorMessages: areAskedFor, exceptionSignal: .logs)) { queue in
            try await fail(queue.client, with: Secret())
            let records = queue.events.records(ofEvent: "messaging.process.exception")
            #expect(records.count == 2)
            #expect(
                records.map { $0[attribute: "exception.message"] }
                    == [AttributeValue?](repeating: areAskedFor ? "password 1234" : nil, count: 2))
        }
    }

    @Test("what is done to jobs and chains is told after the commit, and what is undone isn't")
    func changes() async throws {
        try await withTracedQueue { queue in
            let client = queue.client
            let key = Deduplication(key: "once")
            let chain = try await client.startJobChain(
                Single.self, input: 1, schedule: .after(.seconds(60)), deduplication: key)
            _ = try? await client.withTransaction { db in
                try await client.triggerJobs([chain.id], on: db)
                _ = try await client.startJobChain(Single.self, input: 2, deduplication: key, on: db)
                _ = try await client.cancelJobChains([chain.id], on: db)
                _ = try await client.deleteJobChains([chain.id], on: db)
                throw Boom()
            }
            #expect(queue.events.records.isEmpty)
            try await client.withTransaction { db in
                try await client.triggerJobs([chain.id], on: db)
                #expect(queue.events.records.isEmpty)
            }
            _ = try await client.startJobChain(Single.self, input: 2, deduplication: key)
            _ = try await client.cancelJobChains([chain.id])
            _ = try await client.deleteJobChains([chain.id])
            let start = try #require(queue.recorder.spans(named: "schedule single").first)
            try await queue.events.expect {
                logRecord(event: "queuert.job.triggered").inSpan(start)
                for name in ["deduplicated", "cancelled", "deleted"] { logRecord(event: "queuert.chain.\(name)") }
            }
            try await MetricSnapshot(of: queue.meters).expect {
                for name in ["job.triggered", "chain.deduplicated", "chain.cancelled", "chain.deleted"] {
                    metric("queuert.\(name)", .counter).total(1)
                }
            }
        }
    }

    @Test("an outage, a lost lease and a pause are told")
    func workers() async throws {
        try await withTracedQueue { queue in
            let client = queue.client
            let id = try await client.startJobChain(Single.self, input: 1).id
            let row = try await client.jobs(ofChain: id)[0]
            let failure = DatabaseFailure(work: .claim, error: Secret(), worker: "w-1")
            for event: QueueEvent in [
                .databaseFailed(failure), .outageBegan(failure),
                .outageEnded(EndedOutage(failures: 3, duration: .milliseconds(1_500), worker: "w-1")),
                .leaseLost(LostLease(job: row, attempt: nil)), .typePaused("single"), .typeResumed("single"),
                .hintsMissed(worker: "w-1"), .leasesRenewed(["single": 2]), .jobsRedriven([row]),
            ] { queue.instrumentation.happened(event) }
            try await queue.events.expect {
                logRecord(event: "queuert.outage.began", .error, ["error.type": "Secret"])
                logRecord(event: "queuert.outage.ended", .notice, ["queuert.outage.duration_s": 1.5])
                logRecord(event: "queuert.job.attempt.lease_lost")
                logRecord(event: "queuert.job_type.paused")
                logRecord(event: "queuert.job_type.resumed")
                logRecord(event: "queuert.job.redriven")
            }
            try await MetricSnapshot(of: queue.meters).expect {
                metric("queuert.state_adapter.error") {
                    point(["queuert.database.work": "claim", "error.type": "Secret"]).value(1).exactAttributes()
                }
                metric("queuert.worker.error") { point(["error.type": "Secret"]).value(1).exactAttributes() }
                metric("queuert.notify_adapter.error") { point(["error.type": "gap"]).value(1).exactAttributes() }
                metric("queuert.job.attempt.lease_renewed").total(2)
                metric("queuert.job.attempt.taken_by_another_worker").total(1)
            }
        }
    }

    @Test("B09 an event is cut down to the limits of log records")
    func limits() async throws {
        let events = LogRecorder()
        let instrumentation = QueueInstrumentation(
            tracer: .off(), events: events, eventLimits: LogRecordLimits(attributes: 1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        instrumentation.happened(.typePaused("single"))
        #expect(events.records.map(\.attributes.count) == [1] && events.records.map(\.droppedAttributes) == [1])
    }
}
