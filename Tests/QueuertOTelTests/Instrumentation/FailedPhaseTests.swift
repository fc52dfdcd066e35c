import Logging
import QueuertTraceTesting
import Testing

@testable import Queuert
@testable import QueuertOTel

@Suite("Traces of phases that fail", .timeLimit(.minutes(20))) struct FailedPhaseTests {
    @Test(
        "a completion that fails ends its span with the error, and the retry has one of its own",
        arguments: Instrumented.allCases)
    func failedCompletion(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await queue.working([
                .staged(Single.self) { job, attempt in
                    try await attempt.complete { _ in
                        if job.attempt == 1 { throw Boom() }
                        return .finish(job.input)
                    }
                }
            ]) {
                _ = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single") { span("complete single").status(.error) }.status(.error)
                        }
                    }
                    noOpenSpans()
                }
                queue.pass(.seconds(1), waking: "single")
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single") { span("complete single").status(.error) }.status(.error)
                            span("process single") { span("complete single").status(.unset) }.named("retry")
                            span("chain single").linked(to: "retry", type: "completed_by")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test(
        "a phase that is open when its attempt ends otherwise says that it came to nothing, whatever it comes to later",
        arguments: Instrumented.allCases)
    func endedOtherwise(by instrumented: Instrumented) async throws {
        let ends: [(result: AttemptEnd.Result, errorType: String)] = [
            (.cancelled, "cancelled"), (.lost, "lease_expired"), (.superseded, "lease_expired"),
            (.failed(JobTimeoutError(jobID: JobID(rawValue: "job"), timeout: .seconds(1))), "timeout"),
        ]
        try await withTracedQueue(by: instrumented) { queue in
            for end in ends { try await endAttempt(in: queue, end.result) { $0.ended(nil) } }
            let phases = queue.recorder.spans(named: "complete single")
            let errorTypes = phases.compactMap { $0[attribute: "error.type"] }
            #expect(errorTypes == ends.map { AttributeValue.string($0.errorType) })
            #expect(phases.allSatisfy { $0.status != .unset })
        }
    }

    @Test(
        "a phase that is open when its job is given back, as at a shutdown, is no error, as its attempt is none",
        arguments: Instrumented.allCases)
    func givenBack(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await endAttempt(in: queue, .released) { $0.ended(CancellationError()) }
            for name in ["process single", "complete single"] {
                let spans = queue.recorder.spans(named: name)
                #expect(spans.map(\.status) == [.unset] && spans.allSatisfy { $0[attribute: "error.type"] == nil })
            }
            let durations = await CollectedMetrics(queue.meters).values("messaging.client.operation.duration").keys
            #expect(durations.count == 2)
            #expect(!durations.contains { set in set.attributes.contains { $0.key == "error.type" } })
        }
    }

    @Test(
        "a staged phase that a shutdown cut short is no error, as its attempt is none",
        arguments: Instrumented.allCases, [AttemptPhase.prepare, .complete])
    func cutShort(by instrumented: Instrumented, in phase: AttemptPhase) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let (started, start) = AsyncStream<Void>.makeStream()
            // Nobody moves the clock: the sleep ends with the task's cancellation.
            let waitForShutdown: @Sendable () async throws -> Void = {
                start.finish()
                try await queue.clock.sleep(for: .seconds(1))
            }
            let worker = try Worker(
                client: queue.client,
                processors: [
                    .staged(Single.self) { job, attempt in
                        if phase == .prepare { try await attempt.prepare { _ in try await waitForShutdown() } }
                        return try await attempt.complete { _ in
                            try await waitForShutdown()
                            return .finish(job.input)
                        }
                    }
                ])
            _ = try await queue.client.startJobChain(Single.self, input: 1)
            let running = Task { await worker.run() }
            for await _ in started {}
            running.cancel()
            await running.value
            try await queue.recorder.expect {
                trace {
                    span("start single") {
                        span("process single", .consumer, ["queuert.attempt.result": "cancelled"]) {
                            span("\(phase.rawValue) single").status(.unset)
                        }.status(.unset)
                    }
                }
                noOpenSpans()
            }
            #expect(queue.recorder.spans.allSatisfy { $0[attribute: "error.type"] == nil })
        }
    }

    @Test(
        "a staged phase in which a handler asks to be called again is no error, as its attempt is none",
        arguments: Instrumented.allCases, [AttemptPhase.prepare, .complete])
    func rescheduled(by instrumented: Instrumented, in phase: AttemptPhase) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let later = RescheduleJob(.after(.seconds(60)), reason: "the bank is closed")
            try await queue.working([
                .staged(Single.self) { job, attempt in
                    if phase == .prepare { try await attempt.prepare { _ -> Void in throw later } }
                    return try await attempt.complete { _ -> Decision<Single> in throw later }
                }
            ]) {
                _ = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single", .consumer, ["queuert.attempt.result": "rescheduled"]) {
                                span("\(phase.rawValue) single").status(.unset).attribute("error.type", .absent)
                            }.status(.unset)
                        }
                    }
                    noOpenSpans()
                }
            }
            let durations = await CollectedMetrics(queue.meters).values("messaging.client.operation.duration").keys
            #expect(!durations.contains { set in set.attributes.contains { $0.key == "error.type" } })
        }
    }

    @Test(
        "of a batch that is undone for one of its jobs, the completions of the others are no errors",
        arguments: Instrumented.allCases)
    func undoneForAnother(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            let isFirst = SharedFlag()
            _ = try await client.startJobChain(Single.self, input: 1)
            let taken = try await client.startJobChain(Single.self, input: 2)
            try await queue.working([
                .batched(Single.self, upTo: 2) { jobs, db in
                    // The result of this one is refused, and with it the transaction.
                    if isFirst.takeFirst() { _ = try await client.cancelJobChains([taken.id], on: db) }
                    return jobs.map { $0.decide(.finish($0.input)) }
                }
            ]) {
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single", .consumer, ["queuert.attempt.result": "cancelled"]) {
                                span("complete single").status(.unset).attribute("error.type", .absent)
                            }.status(.unset)
                            span("process single", .consumer, ["queuert.attempt.result": "completed"]) {
                                span("complete single").status(.unset)
                            }
                            span("chain single")
                        }.unordered()
                    }
                    otherTracesAllowed()
                }
            }
            let refused = queue.recorder.spans(named: "complete single").filter {
                $0[attribute: "queuert.chain.id"] == .string(taken.id.rawValue)
            }
            #expect(refused.map { $0[attribute: "error.type"] } == ["lease_expired"])
        }
    }

    /// Ends an attempt of a job while its last phase is open, and then the phase.
    private func endAttempt(
        in queue: TracedQueue<MemoryStateAdapter>, _ result: AttemptEnd.Result, then body: (any PhaseTrace) -> Void
    ) async throws {
        _ = try await queue.client.startJobChain(Single.self, input: 1)
        let claimed = try await queue.client.withTransaction { db in
            try queue.client.adapter.operations(on: db).claimJobs(
                ClaimRequest(typeNames: ["single"], limit: 1, worker: "test", leaseDuration: .seconds(30)))
        }
        let attempt = queue.observability.attempt(claimed.jobs[0])
        attempt.started(in: [attempt])
        let phase = attempt.phaseStarting(.complete)
        attempt.ended(AttemptEnd(result: result, at: queue.clock.now))
        body(phase)
    }

    @Test("a phase that has failed is told once, though its attempt's end is kept by the transaction that writes it")
    func keptOnce() {
        let (recorder, shelf) = (TraceRecorder(), SpanShelf())
        let instrumentation = QueueInstrumentation(
            tracer: recorder.tracer, meters: nil, events: nil, eventLimits: LogRecordLimits(),
            outbox: shelf.transactions, configuration: .init(), logger: Logger(label: "test"))
        let (id, now) = (JobID(rawValue: "job"), Timestamp(microseconds: 1_893_456_000_000_000))
        let row = JobRow(
            id: id, typeName: "single", chainID: id, chainTypeName: "single", chainIndex: 0, input: "1",
            createdAt: now, scheduledAt: now, readyAt: now, attempt: 1, lastAttemptAt: now, hasOpenBlockers: false)
        for phase in [AttemptPhase.prepare, .complete] {
            let attempt = instrumentation.attempt(ClaimedJob(row: row))
            attempt.started(in: [attempt])
            attempt.phaseStarting(phase).ended(Boom())
            let end = AttemptEnd(result: .failed(Boom()), at: now)
            let messages = instrumentation.recordTransaction { attempt.ended(end) }
            #expect(messages.flatMap { shelf.spans(of: $0) }.map(\.name) == ["process single"])
            instrumentation.transactionCommitted(recorded: messages) { attempt.ended(end) }
        }
        #expect(recorder.spans.map(\.name) == ["prepare single", "complete single"])
    }

    @Test("a preparation that fails ends its span with the error", arguments: Instrumented.allCases)
    func failedPreparation(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await queue.working([
                .staged(Single.self) { job, attempt in
                    let number = try await attempt.prepare { _ -> Int in throw Boom() }
                    return try await attempt.complete { _ in .finish(number) }
                }
            ]) {
                _ = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single") { span("prepare single").status(.error) }.status(.error)
                        }
                    }
                    noOpenSpans()
                }
            }
        }
    }
}
