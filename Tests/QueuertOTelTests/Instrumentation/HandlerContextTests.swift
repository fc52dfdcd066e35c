import QueuertTraceTesting
import Synchronization
import Testing
import Tracing

@testable import Queuert
@testable import QueuertOTel

@Suite("The context of handlers", .timeLimit(.minutes(20))) struct HandlerContextTests {
    /// The ways in which a handler ends.
    enum Ending: CaseIterable {
        case success, error, reschedule, timeout
        /// Somebody else ends the attempt.
        case cancelled, leaseLost

        var isByOthers: Bool { self == .cancelled || self == .leaseLost }
    }
    /// The ways in which jobs are processed, and where a staged handler ends: outside of its phases, or inside of one.
    enum Processing: CaseIterable { case atomic, batched, staged, prepare, complete, detached }

    /// How the first job's handler ends, how jobs are processed, and who tells of it.
    struct Scenario: Sendable, CustomStringConvertible {
        let ending: Ending
        let processing: Processing
        let instrumented: Instrumented

        static let all: [Scenario] = Ending.allCases.flatMap { ending in
            Processing.allCases.flatMap { processing in
                Instrumented.allCases.map { Scenario(ending: ending, processing: processing, instrumented: $0) }
            }
        }

        var description: String { "\(processing), \(ending), \(instrumented)" }
    }

    @Test("however a handler ends, the next one in its slot is in its own trace", arguments: Scenario.all)
    func nothingStays(after scenario: Scenario) async throws {
        // However far a timeout moves the clock, attempts stay in the traces of their jobs.
        try await withTracedQueue(.init(mode: .single), by: scenario.instrumented) { queue in
            let client = queue.client
            let seen = Mutex<[Int: TraceContext]>([:])
            let processor = Self.processor(scenario, in: queue) { job in
                let context = ServiceContext.current?.traceContext
                seen.withLock { if $0[job.input] == nil { $0[job.input] = context } }
            }
            let worker = try Worker(
                client: client, processors: [processor],
                configuration: .init(name: "test", concurrency: 1, pollInterval: .seconds(3600)))
            let first = try await client.startJobChain(Single.self, input: 1)
            let second = try await client.startJobChain(Single.self, input: 2)
            async let running: Void = worker.run()
            _ = try await client.awaitJobChain(second)
            await worker.stop()
            await running
            for (number, chain) in [(1, first), (2, second)] {
                let row = try await client.jobs(ofChain: chain.id)[0]
                let creation = row.trace.jobContext.flatMap { TraceContext(traceparent: $0) }
                let context = try #require(seen.withLock { $0[number] })
                #expect(context.traceID == creation?.traceID)
                #expect(context.spanID != creation?.spanID)
            }
            let attempt = queue.recorder.spans(named: "process single").first {
                $0[attribute: "queuert.job.id"] == .string(second.id.rawValue)
            }
            let context = try #require(seen.withLock { $0[2] })
            #expect(attempt?.context.spanID == context.spanID)
        }
    }

    private static func processor(
        _ scenario: Scenario, in queue: TracedQueue<MemoryStateAdapter>,
        _ note: @escaping @Sendable (Job<Single>) -> Void
    ) -> Processor<MemoryStateAdapter> {
        let ending = scenario.ending
        let timeout: Duration? = ending == .timeout ? .seconds(1) : nil
        switch scenario.processing {
        case .atomic:
            return .atomic(Single.self, timeout: timeout) { job, db in
                note(job)
                try await endInside(job, by: ending, in: queue, on: db)
                return .finish(job.input)
            }
        case .batched:
            return .batched(Single.self, upTo: 1, timeout: timeout) { jobs, db in
                for job in jobs {
                    note(job)
                    try await endInside(job, by: ending, in: queue, on: db)
                }
                return jobs.map { $0.decide(.finish($0.input)) }
            }
        case .prepare:
            return .staged(Single.self, timeout: timeout) { job, attempt in
                note(job)
                try await attempt.prepare { db in try await endInside(job, by: ending, in: queue, on: db) }
                return try await attempt.complete { _ in .finish(job.input) }
            }
        case .complete:
            return .staged(Single.self, timeout: timeout) { job, attempt in
                note(job)
                return try await attempt.complete { db in
                    try await endInside(job, by: ending, in: queue, on: db)
                    return .finish(job.input)
                }
            }
        case .staged:
            return .staged(Single.self, timeout: timeout) { job, attempt in
                note(job)
                try await endOutside(job, by: ending, in: queue)
                return try await attempt.complete { _ in .finish(job.input) }
            }
        case .detached:
            return .detached(Single.self, timeout: timeout) { job in
                note(job)
                try await endOutside(job, by: ending, in: queue)
                return .finish(job.input)
            }
        }
    }

    private static func isFirst(_ job: Job<Single>) -> Bool { job.input == 1 && job.attempt == 1 }

    /// Ends a handler that has a transaction open.
    private static func endInside(
        _ job: Job<Single>, by ending: Ending, in queue: TracedQueue<MemoryStateAdapter>,
        on db: isolated MemoryConnection
    ) async throws {
        guard isFirst(job) else { return }
        guard ending.isByOthers else { return try await end(by: ending, queue.clock) }
        // While the handler runs nobody else can write here. What it does itself is undone with its end.
        try await takeAway(job, by: ending, in: queue, on: db)
    }

    /// Ends a handler that has no transaction open.
    private static func endOutside(
        _ job: Job<Single>, by ending: Ending, in queue: TracedQueue<MemoryStateAdapter>
    ) async throws {
        guard isFirst(job) else { return }
        guard ending.isByOthers else { return try await end(by: ending, queue.clock) }
        try await queue.client.withTransaction { db in try await takeAway(job, by: ending, in: queue, on: db) }
        // Whoever has lost the lease finds out when the result is written.
        if ending == .cancelled { try await untilCancelled() }
    }

    private static func end(by ending: Ending, _ clock: ManualClock) async throws {
        switch ending {
        case .success, .cancelled, .leaseLost: break
        case .error: throw Boom()
        case .reschedule: throw RescheduleJob(.after(.seconds(3600)))
        // The timer may begin later than the handler.
        case .timeout: try await untilCancelled { clock.advance(by: .seconds(2)) }
        }
    }

    private static func untilCancelled(_ step: () -> Void = {}) async throws {
        while !Task.isCancelled {
            step()
            await Task.yield()
        }
        throw CancellationError()
    }

    /// Does what somebody else does who ends the attempt: cancels the chain, or takes the job back.
    private static func takeAway(
        _ job: Job<Single>, by ending: Ending, in queue: TracedQueue<MemoryStateAdapter>,
        on db: isolated MemoryConnection
    ) async throws {
        let client = queue.client
        if ending == .cancelled {
            try await client.cancelJobChains([job.chainID], on: db)
            return
        }
        // The worker can't prolong the lease while the transaction is open.
        queue.clock.advance(by: .seconds(31))
        let expired = try client.adapter.operations(on: db).expiredLeases(typeNames: [Single.name], limit: 10)
        let lost = expired.filter { $0.row.id == job.id }.map { claimed in
            Settling(
                .retried(.after(.seconds(3600)), error: "worker_lost", .lost), .lost, row: claimed.row,
                worker: "reaper", trace: queue.observability.attempt(claimed))
        }
        let isWritten = try client.settle(lost, on: db)
        #expect(isWritten == [true])
    }
}
