import Logging
import Queuert
import QueuertOTel
import QueuertTraceTesting
import Synchronization
import Testing
import Tracing

@Suite("What goes along with a chain") struct PropagationTraceTests {
    private static let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03"

    private func withCaller(
        state: String = "", baggage: String = "", _ body: () async throws -> Void
    ) async throws {
        var context = ServiceContext.topLevel
        context.traceContext = TraceContext(traceparent: Self.traceparent)
        context.traceContext?.state = state
        context.baggage = Baggage(header: baggage)
        try await ServiceContext.withValue(context) { try await body() }
    }

    @Test(
        "T03 the tracestate goes through the database and all jobs of a chain, byte for byte",
        arguments: ["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1 ,\tb=2"])
    func tracestate(state: String) async throws {
        try await withTracedQueue { queue in
            let seen = Mutex<[String]>([])
            try await queue.working([
                .atomic(First.self) { job, _ in
                    seen.withLock { $0.append(ServiceContext.current?.traceContext?.state ?? "none") }
                    return .continueWith(\.second, input: job.input)
                },
                .detached(Second.self) { job in
                    seen.withLock { $0.append(ServiceContext.current?.traceContext?.state ?? "none") }
                    return .continueWith(\.third, input: job.input)
                },
                .atomic(Third.self) { job, _ in .finish(job.input) },
            ]) {
                try await withCaller(state: state) {
                    let chain = try await queue.client.startJobChain(First.self, input: 1)
                    _ = try await queue.client.awaitJobChain(chain)
                    let rows = try await queue.client.jobs(ofChain: chain.id)
                    #expect(rows.map(\.trace.carrier) == Array(repeating: "tracestate: \(state)", count: 3))
                }
            }
            #expect(seen.withLock { $0 } == [state, state])
            #expect(queue.recorder.spans(named: "process third").map(\.context.state) == [state])
        }
    }

    @Test(
        "T04 baggage that is allowed is there again in the handlers of the whole chain, and no other",
        arguments: Instrumented.allCases)
    func baggage(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(mode: .linked, baggageKeys: ["tenant", "missing"]), by: instrumented) { queue in
            let seen = Mutex<[String]>([])
            try await queue.working([
                .atomic(First.self) { job, _ in
                    seen.withLock { $0.append(ServiceContext.current?.baggage.header ?? "none") }
                    return .continueWith(\.second, input: job.input)
                },
                .staged(Second.self) { job, attempt in
                    try await attempt.complete { _ in
                        seen.withLock { $0.append(ServiceContext.current?.baggage.header ?? "none") }
                        return .continueWith(\.third, input: job.input)
                    }
                },
                .detached(Third.self) { job in
                    seen.withLock { $0.append(ServiceContext.current?.baggage["tenant"] ?? "none") }
                    return .finish(job.input)
                },
            ]) {
                try await withCaller(baggage: "secret=1,tenant=caf%C3%A9;private, other=2") {
                    let chain = try await queue.client.startJobChain(First.self, input: 1)
                    _ = try await queue.client.awaitJobChain(chain)
                    let rows = try await queue.client.jobs(ofChain: chain.id)
                    let carrier = "baggage: tenant=caf%C3%A9;private"
                    #expect(rows.map(\.trace.carrier) == Array(repeating: carrier, count: 3))
                }
            }
            let member = "tenant=caf%C3%A9;private"
            #expect(seen.withLock { $0 } == [member, member, "café"])
        }
    }

    @Test("T04 an entry whose properties break the line is not stored", arguments: Instrumented.allCases)
    func brokenBaggage(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(baggageKeys: ["tenant", "other"]), by: instrumented) { queue in
            try await withCaller(baggage: "tenant=1;p=\nsecret: 2,other=3;p") {
                let chain = try await queue.client.startJobChain(Single.self, input: 1)
                let row = try await queue.client.jobs(ofChain: chain.id)[0]
                #expect(row.trace.carrier == "baggage: other=3;p")
            }
        }
    }

    @Test("T04 by default no baggage is stored", arguments: Instrumented.allCases)
    func noBaggage(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await withCaller(baggage: "tenant=1") {
                let chain = try await queue.client.startJobChain(Single.self, input: 1)
                let row = try await queue.client.jobs(ofChain: chain.id)[0]
                #expect(row.trace.carrier == nil)
            }
        }
    }

    @Test(
        "T05 a carrier that can't be read costs its state, not the trace, and what others wrote in it is passed on",
        arguments: Instrumented.allCases)
    func foreignCarrier(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            let id = JobID(rawValue: "job")
            try await client.withTransaction { db in
                _ = try client.adapter.operations(on: db).insertJobs([
                    NewJob(
                        id: id, typeName: "first", chainID: id, chainTypeName: "first", chainIndex: 0, input: "1",
                        trace: JobTraceColumns(
                            chainContext: Self.traceparent, jobContext: Self.traceparent,
                            carrier: "tracestate: NOT VALID\nx-other: 1"))
                ])
            }
            try await queue.working(Processor.chainOfThree) {
                try await queue.recorder.expect {
                    trace { span("process first").containing() }.containing()
                    noOpenSpans()
                }
                while try await client.jobs(ofChain: id).count < 3 { await Task.yield() }
            }
            let rows = try await client.jobs(ofChain: id)
            #expect(rows.dropFirst().map(\.trace.carrier) == ["x-other: 1", "x-other: 1"])
            #expect(queue.recorder.spans(named: "process first").map(\.context.state) == [""])
        }
    }

    @Test("T05 contexts that can't be read are logged once, without what they hold")
    func loggedOnce() async throws {
        let logs = CollectedLogs()
        let instrumentation = QueueInstrumentation(
            tracer: SpanTracer(processor: CollectingSpanProcessor()), logger: logs.logger)
        for _ in 0..<3 {
            let id = JobID(rawValue: "job")
            let row = JobRow(
                id: id, typeName: "single", chainID: id, chainTypeName: "single", chainIndex: 0, input: "1",
                createdAt: Timestamp(microseconds: 0), scheduledAt: Timestamp(microseconds: 0),
                readyAt: Timestamp(microseconds: 0), hasOpenBlockers: false,
                trace: JobTraceColumns(chainContext: "secret", jobContext: "secret", carrier: "secret"))
            _ = instrumentation.attempt(ClaimedJob(row: row))
        }
        let messages = logs.messages(at: .warning)
        #expect(messages.count == 1)
        #expect(messages.allSatisfy { !$0.contains("secret") })
    }

    @Test("what a caller holds does not leak into the next job of the same worker", arguments: Instrumented.allCases)
    func nothingLeaks(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(baggageKeys: ["tenant"]), by: instrumented) { queue in
            let seen = Mutex<[String]>([])
            try await queue.working([
                .atomic(Single.self) { job, _ in
                    let context = ServiceContext.current
                    let number = job.input
                    seen.withLock {
                        $0.append("\(number) \(context?.baggage.header ?? "") \(context?.traceContext?.state ?? "")")
                    }
                    if job.attempt == 1 { throw Boom() }
                    return .finish(job.input)
                }
            ]) {
                try await withCaller(state: "a=1", baggage: "tenant=1") {
                    _ = try await queue.client.startJobChain(Single.self, input: 1)
                }
                let second = try await queue.client.startJobChain(Single.self, input: 2)
                // That the attempts failed is written when their spans end, and counts from then on.
                while queue.recorder.spans(named: "process single").count < 2 { await Task.yield() }
                queue.pass(.seconds(60), waking: "single")
                _ = try await queue.client.awaitJobChain(second)
                while seen.withLock({ $0.count }) < 4 { await Task.yield() }
            }
            #expect(seen.withLock { $0.sorted() } == ["1 tenant=1 a=1", "1 tenant=1 a=1", "2  ", "2  "])
        }
    }
}
