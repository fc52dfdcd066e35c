import InMemoryTracing
import Logging
import Queuert
import QueuertOTel
import Synchronization
import Testing
import Tracing

@Suite("Spans of a tracer that is not ours", .timeLimit(.minutes(20))) struct InMemoryTracerTests {
    @Test("a chain of three is one trace, though its propagator knows no traceparent")
    func chainOfThree() async throws {
        let queue = InMemoryTracedQueue()
        try await queue.working(Processor.chainOfThree) {
            let chain = try await queue.client.startJobChain(First.self, input: 1)
            _ = await queue.span("chain first")
            #expect(
                queue.tree == [
                    "continue second > process second", "continue third > process third",
                    "process first > complete first", "process second > complete second",
                    "process third > complete third", "start first", "start first > chain first",
                    "start first > continue second", "start first > continue third", "start first > process first",
                ])
            #expect(Set(queue.tracer.finishedSpans.map(\.traceID)).count == 1)
            #expect(queue.tracer.activeSpans.isEmpty)
            #expect(queue.links(of: await queue.span("process second")) == ["creation: continue second"])
            #expect(queue.links(of: await queue.span("continue third")) == ["origin: process second"])
            #expect(queue.links(of: await queue.span("chain first")) == ["completed_by: process third"])
            let rows = try await queue.client.jobs(ofChain: chain.id)
            #expect(rows[0].trace.jobContext == "in-memory-span-id: span-1\nin-memory-trace-id: trace-1")
            #expect(rows.map(\.trace.segmentContext) == Array(repeating: rows[0].trace.jobContext, count: 3))
        }
    }

    @Test("spans have their kinds, their status and their true times")
    func times() async throws {
        let queue = InMemoryTracedQueue()
        let start = queue.clock.now
        _ = try await queue.client.startJobChain(Single.self, input: 1)
        queue.clock.advance(by: .seconds(2))
        try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
            let chain = await queue.span("chain single")
            #expect(chain.kind == .internal)
            #expect(chain.startInstant.nanosecondsSinceEpoch == UInt64(start.microseconds) * 1_000)
            #expect(
                chain.endInstant.nanosecondsSinceEpoch - chain.startInstant.nanosecondsSinceEpoch == 2_000_000_000)
            let wait = await queue.span("wait single")
            #expect(wait.endInstant.nanosecondsSinceEpoch - wait.startInstant.nanosecondsSinceEpoch == 2_000_000_000)
            let attempt = await queue.span("process single")
            #expect(attempt.kind == .consumer)
            #expect(attempt.status == nil)
            #expect(attempt.attributes.get("queuert.job.wait.queue_s") == .double(2))
            #expect(attempt.attributes.get("queuert.job.attempt") == .int64(1))
            #expect(attempt.startInstant.nanosecondsSinceEpoch == wait.endInstant.nanosecondsSinceEpoch)
            #expect(await queue.span("start single").kind == .producer)
        }
    }

    @Test("a retry links to the attempt before, whose error is told by its type alone")
    func retry() async throws {
        struct Secret: Error, CustomStringConvertible { let description = "password 1234" }
        let queue = InMemoryTracedQueue()
        try await queue.working([
            .atomic(Single.self) { job, _ in
                if job.attempt == 1 { throw Secret() }
                return .finish(job.input)
            }
        ]) {
            _ = try await queue.client.startJobChain(Single.self, input: 1)
            let failed = await queue.span("process single")
            #expect(failed.status == SpanStatus(code: .error, message: "Secret"))
            #expect(failed.attributes.text("error.type") == "Secret")
            #expect(failed.events.map(\.name) == ["exception"])
            #expect(failed.errors.isEmpty)
            queue.clock.advance(by: .seconds(1))
            queue.client.notify.send(WakeHint(dueTypes: ["single"]))
            let retry = await queue.span("process single", number: 2)
            #expect(retry.links.last?.context.inMemorySpanContext?.spanID == failed.spanID)
            #expect(queue.links(of: retry) == ["creation: start single", "retry_of: process single"])
            #expect(!queue.tracer.finishedSpans.contains { String(reflecting: $0).contains("1234") })
        }
    }

    @Test("a job that waits for others links to them, and each wait is a span that tells what ended it")
    func blockers() async throws {
        let queue = InMemoryTracedQueue()
        let client = queue.client
        try await client.withTransaction { db in
            let blocker = try await client.startJobChain(Single.self, input: 1, on: db)
            _ = try await client.startJobChain(Gather.self, input: 0, blockers: [blocker], on: db)
        }
        try await queue.working([
            .atomic(Single.self) { job, _ in .finish(job.input) },
            .atomic(Gather.self) { job, _ in .finish(job.blockers.reduce(0, +)) },
        ]) {
            _ = await queue.span("chain gather")
            #expect(queue.tree.contains("start gather > await single"))
            #expect(
                queue.links(of: await queue.span("await single")) == [
                    "blocker: start single", "resolved_by: process single",
                ])
            #expect(
                queue.links(of: await queue.span("process gather")) == [
                    "blocker: start single", "creation: start gather",
                ])
        }
    }

    @Test("a type may have a mode of its own: its attempts are traces of their own, which the chain goes on in")
    func modeOfType() async throws {
        var configuration = DistributedTracingInstrumentation.Configuration(mode: .single)
        configuration.setMode(.linked, for: Second.self)
        let queue = InMemoryTracedQueue(configuration)
        try await queue.working(Processor.chainOfThree) {
            _ = try await queue.client.startJobChain(First.self, input: 1)
            _ = await queue.span("chain first")
            #expect(queue.tree.contains("start first > continue second"))
            #expect(queue.tree.contains("process second"))
            #expect(queue.tree.contains("process second > continue third"))
            #expect(
                queue.links(of: await queue.span("process second")) == [
                    "chain: start first", "creation: continue second",
                ])
        }
    }

    @Test("a rollback is told as an error, and nothing else is")
    func rollback() async throws {
        let queue = InMemoryTracedQueue()
        await #expect(throws: Boom.self) {
            try await queue.client.withTransaction { db in
                _ = try await queue.client.startJobChain(Single.self, input: 1, on: db)
                throw Boom()
            }
        }
        #expect(queue.tree == ["start single"])
        let span = await queue.span("start single")
        #expect(span.status?.code == .error)
        #expect(span.attributes.text("error.type") == "rollback")
        #expect(queue.tracer.activeSpans.isEmpty)
    }

    @Test("a completion without a worker is told in the caller's trace")
    func withoutWorker() async throws {
        let queue = InMemoryTracedQueue()
        let chain = try await queue.client.startJobChain(Single.self, input: 1)
        try await queue.tracer.withSpan("approve") { _ in
            _ = try await queue.client.completeJob(Single.self, of: chain) { .finish($0.input) }
        }
        #expect(
            queue.tree == ["approve", "approve > complete single", "start single", "start single > chain single"])
        #expect(queue.links(of: await queue.span("complete single")) == ["creation: start single"])
        #expect(queue.links(of: await queue.span("chain single")) == ["completed_by: complete single"])
    }

    @Test("the attempt is the current span of its handler, and of no other")
    func current() async throws {
        let queue = InMemoryTracedQueue()
        let tracer = queue.tracer
        let seen = Mutex<[String]>([])
        try await queue.working([
            .atomic(Single.self) { job, _ in
                seen.withLock { $0.append(ServiceContext.current?.inMemorySpanContext?.spanID ?? "none") }
                tracer.withSpan("child \(job.input)") { _ in }
                if job.input == 1, job.attempt == 1 { throw Boom() }
                return .finish(job.input)
            }
        ]) {
            try await tracer.withSpan("request") { _ in
                _ = try await queue.client.startJobChain(Single.self, input: 1)
            }
            let first = await queue.span("process single")
            _ = try await queue.client.startJobChain(Single.self, input: 2)
            let second = await queue.span("process single", number: 2)
            _ = await queue.span("chain single")
            #expect(seen.withLock { $0 } == [first.spanID, second.spanID])
            #expect(second.traceID != first.traceID)
            #expect(await queue.span("child 1").parentSpanID == first.spanID)
            #expect(await queue.span("child 2").parentSpanID == second.spanID)
            #expect(queue.tree.contains("request > start single"))
            #expect(queue.tree.contains("start single"))
        }
    }

    @Test(
        "for a tracer that writes no headers no context is stored, and a mode unless it is the default one",
        arguments: [
            (TraceMode?.none, TraceMode?.none, String?.none), (.bounded, nil, nil), (.linked, nil, "linked"),
            (nil, .bounded, "!bounded"), (.linked, .single, "!single"),
        ])
    func noHeaders(mode: TraceMode?, modeOfCall: TraceMode?, stored: String?) async throws {
        let client = Client(
            adapter: MemoryStateAdapter(),
            observability: DistributedTracingInstrumentation(
                tracer: NoOpTracer(), configuration: .init(mode: mode), logger: CollectedLogs().logger))
        let chain = try await client.startJobChain(Single.self, input: 1, trace: modeOfCall)
        let rows = try await client.jobs(ofChain: chain.id)
        #expect(rows.map(\.trace) == [JobTraceColumns(segment: stored)])
    }

    @Test("a context that the tracer can't read counts as none, and is logged once")
    func unreadable() async throws {
        let logs = CollectedLogs()
        let queue = InMemoryTracedQueue(logger: logs.logger)
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03"
        try await queue.client.withTransaction { db in
            let id = JobID(rawValue: "job")
            _ = try queue.client.adapter.operations(on: db).insertJobs([
                NewJob(
                    id: id, typeName: "first", chainID: id, chainTypeName: "first", chainIndex: 0, input: "1",
                    trace: JobTraceColumns(chainContext: traceparent, jobContext: traceparent))
            ])
        }
        try await queue.working(Processor.chainOfThree) {
            _ = await queue.span("process third")
            #expect(queue.tree.contains("process first"))
            #expect(queue.tree.contains("process first > continue second"))
            #expect(!queue.tree.contains { $0.hasPrefix("unknown") })
        }
        #expect(logs.messages(at: .warning).count == 1)
    }
}
