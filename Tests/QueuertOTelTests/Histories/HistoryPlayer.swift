import Logging
import QueuertTraceTesting
import Tracing

@testable import Queuert
@testable import QueuertOTel

/// Plays a history of chains, drawn from a seed, on a queue whose clock only it moves.
///
/// It does what workers, reapers and callers do, through the client and the database's statements, one step at a time: so
/// that the same seed gives the same history, in whichever mode it is traced.
final class HistoryPlayer<Adapter: StateAdapter> {
    /// An attempt that a worker has.
    struct Running: Sendable {
        let claimed: ClaimedJob
        let trace: any AttemptTrace

        var row: JobRow { claimed.row }
        /// The attempt's span.
        var spanID: SpanID? { trace.context.flatMap { TraceContext(traceparent: $0) }?.spanID }
    }
    /// The call of a handler that several attempts share.
    struct Batch: Hashable {
        /// The span of the attempt that the handler runs in.
        let leader: SpanID
        let size: Int
    }

    let recorder = TraceRecorder()
    let client: Client<Adapter>
    let clock: ManualClock
    let instrumentation: QueueInstrumentation
    /// Who tells the spans.
    let instrumented: Instrumented
    let observability: any ObservabilityAdapter
    let meters: MeterProvider
    let events = LogRecorder()
    let tracer: SpanTracer
    private let shelf: SpanShelf?
    var random: HistoryRandom
    var running: [Running] = []

    /// The chains that were started and committed.
    var chainIDs: [JobID] = []
    /// The chains of those that were deleted.
    var deleted: [JobID: StoredChain] = [:]
    /// What jobs waited for, where some of that was deleted.
    var formerBlockers: [JobID: [JobBlocker]] = [:]
    /// The chains of what recurs, by those that they have started to wait for the next occurrence.
    var occurrences: [JobID: JobID] = [:]
    /// The modes that calls gave, by the jobs that they created.
    var modes: [JobID: TraceMode] = [:]
    /// The spans that chains were started in, by the chains' first jobs; none for those started outside of all spans.
    var starters: [JobID: SpanID] = [:]
    /// The same of jobs that were completed without a worker.
    var completers: [JobID: SpanID] = [:]
    /// When jobs were redriven last.
    var redrivenAt: [JobID: [Timestamp]] = [:]
    /// The calls that attempts shared, by the attempts' spans.
    var batches: [SpanID: Batch] = [:]
    /// How often each phase came to what, by the attempts' spans.
    var phases: [SpanID: [Phase: Int]] = [:]
    /// How many spans tell of something that was undone, that exists already, and of a batch.
    var undoneCount = 0
    var existingCount = 0
    var batchCount = 0

    static var leaseDuration: Duration { .seconds(30) }
    static var typeNames: [String] { [Leaf.name, Branch.name, RecurrenceJob.name] }

    /// Makes a player.
    ///
    /// - Parameters:
    ///   - adapter: Where the chains are kept.
    ///   - clock: The adapter's clock.
    ///   - seed: Which history.
    ///   - mode: In which mode it is traced.
    ///   - instrumented: Who tells the spans.
    ///   - isKept: Whether transactions keep the spans of what they write, as with an outbox in the queue's database.
    ///   - sampler: Decides which spans are recorded.
    ///   - segmentSampling: How the first span of a new segment is sampled.
    init(
        on adapter: Adapter, _ clock: ManualClock, seed: UInt64, mode: TraceMode,
        by instrumented: Instrumented = .builtIn, isKept: Bool = false, sampler: any Sampler = AlwaysOnSampler(),
        segmentSampling: QueueInstrumentation.SegmentSampling = .followLink
    ) {
        self.clock = clock
        self.instrumented = instrumented
        shelf = isKept ? SpanShelf() : nil
        random = HistoryRandom(seed: seed)
        tracer = SpanTracer(
            processor: recorder, sampler: sampler, ids: SeededIDGenerator(seed: seed), clock: QueueSpanClock(clock))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        meters = MeterProvider(clock: QueueSpanClock(clock), logger: logger)
        instrumentation = QueueInstrumentation(
            tracer: tracer, meters: instrumented == .builtIn ? meters : nil, events: events,
            eventLimits: LogRecordLimits(),
            outbox: shelf?.transactions, configuration: .init(mode: mode, segmentSampling: segmentSampling),
            logger: logger)
        observability =
            instrumented == .builtIn
            ? instrumentation
            : DistributedTracingInstrumentation(
                tracer: tracer, meters: meters, events: events, clock: QueueSpanClock(clock),
                configuration: .init(mode: mode), logger: logger)
        client = Client(
            adapter: adapter, observability: observability, identifiers: CountingJobIDs(), clock: clock, logger: logger)
    }

    /// Plays some steps, and then lets all leases run out.
    func play(steps: Int) async throws {
        for _ in 0..<steps {
            // No two steps happen at one moment.
            clock.advance(by: .microseconds(1) + random.duration())
            try await step()
        }
        running = []
        clock.advance(by: Self.leaseDuration * 2)
        while try await reap() {}
        try await takeKeptSpans()
    }

    /// Has metrics tell how many jobs there are.
    func observeJobs() {
        instrumentation.observeJobs(of: client)
        (observability as? DistributedTracingInstrumentation)?.observeJobs(of: client)
    }

    /// Has the recorder see the spans that transactions have kept: those that were committed.
    private func takeKeptSpans() async throws {
        guard let shelf else { return }
        let kept = try await client.adapter.withReadConnection { [client] db in
            let outbox = client.adapter.operations(on: db) as? any TelemetryOutboxOperations
            return try outbox?.oldestTelemetry("traces", limit: .max) ?? []
        }
        for message in kept.map(\.message) {
            for span in shelf.spans(of: message) { tracer.processor.spanEnded(span) }
        }
    }

    /// All chains that there are or were, in the order of their starts.
    func storedChains() async throws -> [StoredChain] {
        let present = try await StoredChain.all(of: chainIDs.filter { deleted[$0] == nil }, in: client)
        return chainIDs.compactMap { id in
            guard var chain = deleted[id] ?? present[id] else { return nil }
            for index in chain.jobs.indices {
                if let blockers = formerBlockers[chain.jobs[index].row.id] { chain.jobs[index].blockers = blockers }
            }
            return chain
        }
    }

    private func step() async throws {
        switch random.number(0...99) {
        case 0..<20: try await start()
        case 20..<46: try await claim()
        case 46..<74: try await settle()
        case 74..<78: if !running.isEmpty { running.remove(at: random.number(0...running.count - 1)) }
        case 78..<82: _ = try await reap()
        case 82..<87: try await completeWithoutWorker()
        case 87..<90: try await cancel()
        case 90..<93: try await delete()
        case 93..<96: try await recur()
        default: try await redriveOrTrigger()
        }
    }

    // MARK: Starting

    /// Chains to be started by one call.
    struct Start: Sendable {
        var successors: [Successor]
        var isBatch: Bool
        var spanCount: Int { successors.count + (isBatch ? 1 : 0) }
    }

    private func start() async throws {
        let starts = try await drawStarts(1...2)
        let undone = random.chance(20) ? try await drawStarts(1...1) : []
        let failure = random.chance(15) ? Undone() : nil
        let (started, starter) = try await ambient("request") { [client] in
            do {
                return try await client.withTransaction { db in
                    let inserted = try Self.start(starts, client, on: db)
                    do {
                        try await client.withSavepoint(on: db) {
                            _ = try Self.start(undone, client, on: db)
                            if !undone.isEmpty { throw Undone() }
                        }
                    } catch is Undone {}
                    if let failure { throw failure }
                    return inserted
                }
            } catch is Undone {
                return []
            }
        }
        undoneCount += undone.map(\.spanCount).reduce(0, +)
        if failure == nil {
            note(started, of: starts, in: starter)
        } else {
            undoneCount += starts.map(\.spanCount).reduce(0, +)
        }
    }

    func drawStarts(_ counts: ClosedRange<Int>) async throws -> [Start] {
        var starts: [Start] = []
        for _ in 0..<random.number(counts) {
            var successors = [try await drawSuccessor()]
            let isBatch = random.chance(25)
            if isBatch { for _ in 0..<random.number(0...2) { successors.append(try await drawSuccessor()) } }
            starts.append(Start(successors: successors, isBatch: isBatch))
        }
        return starts
    }

    private func drawSuccessor() async throws -> Successor {
        let options = JobOptions(
            schedule: drawSchedule(),
            deduplication: random.chance(15) ? Deduplication(key: "key \(random.number(0...2))") : nil,
            trace: drawMode())
        if random.chance(35) {
            return Successor(Branch.self, input: 0, blockers: try await drawBlockers(), options: options)
        }
        return Successor(Leaf.self, input: 0, blockers: (), options: options)
    }

    func drawSchedule() -> Schedule { random.chance(25) ? .after(random.duration()) : .now }

    func drawMode() -> TraceMode? {
        guard random.chance(5) else { return nil }
        return random.one(of: [.single, .linked, .bounded(window: .seconds(60), jobs: 2)])
    }

    func drawBlockers() async throws -> [Chain<Leaf>] {
        var blockers: [Chain<Leaf>] = []
        for id in chainIDs.shuffled(using: &random).prefix(random.number(0...3)) {
            guard let ends = try await client.chain(id), ends.first.typeName == Leaf.name,
                ends.last.cancelledAt == nil
            else { continue }
            blockers.append(Chain(id: id))
        }
        return blockers
    }

    static func start(
        _ starts: [Start], _ client: Client<Adapter>, on db: isolated Adapter.Connection
    ) throws -> [InsertedJob] {
        try starts.flatMap { try client.start($0.successors, asBatch: $0.isBatch, on: db) }
    }

    /// Notes chains that were started, and the span that they were started in.
    func note(_ started: [InsertedJob], of starts: [Start], in starter: SpanID?) {
        batchCount += starts.filter(\.isBatch).count
        for (job, successor) in zip(started, starts.flatMap(\.successors)) {
            if job.isExisting {
                existingCount += 1
            } else {
                chainIDs.append(job.row.id)
                starters[job.row.id] = starter
                modes[job.row.id] = successor.options.trace
            }
        }
    }

    /// Runs a body inside of a span, or not.
    ///
    /// - Parameters:
    ///   - name: The span's name.
    ///   - body: What is run.
    /// - Returns: What the body returns, and the span.
    /// - Throws: What the body throws.
    func ambient<R>(_ name: String, _ body: () async throws -> R) async throws -> (result: R, span: SpanID?) {
        if random.chance(50) { return (try await body(), nil) }
        return try await tracer.withSpan(name, ofKind: .server) { span in
            let id = span.context.traceContext?.spanID
            return (try await body(), id)
        }
    }
}

extension HistoryPlayer where Adapter == MemoryStateAdapter {
    /// Makes a player on a queue in memory.
    convenience init(
        seed: UInt64, mode: TraceMode, by instrumented: Instrumented = .builtIn, isKept: Bool = false,
        sampler: any Sampler = AlwaysOnSampler(), segmentSampling: QueueInstrumentation.SegmentSampling = .followLink
    ) {
        let clock = ManualClock()
        self.init(
            on: MemoryStateAdapter(clock: clock), clock, seed: seed, mode: mode, by: instrumented, isKept: isKept,
            sampler: sampler, segmentSampling: segmentSampling)
    }
}

/// What a transaction is undone by.
struct Undone: Error {}

/// What became of a phase.
struct Phase: Hashable, Comparable, CustomStringConvertible {
    /// The name of its span.
    let name: String
    /// What it failed with.
    let errorType: String?

    var description: String { errorType.map { "\(name) (\($0))" } ?? name }

    static func < (left: Phase, right: Phase) -> Bool { left.description < right.description }
}
