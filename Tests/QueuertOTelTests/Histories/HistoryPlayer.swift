import Logging
import QueuertTraceTesting
import Tracing

@testable import Queuert
@testable import QueuertOTel

/// Plays a history of chains, drawn from a seed, on a queue in memory whose clock only it moves.
///
/// It does what workers, reapers and callers do, through the client and the database's statements, one step at a time: so
/// that the same seed gives the same history, in whichever mode it is traced.
final class HistoryPlayer {
    /// An attempt that a worker has.
    private struct Running {
        let claimed: ClaimedJob
        let trace: any AttemptTrace
    }

    let recorder: TraceRecorder
    let client: Client<MemoryStateAdapter>
    let clock = ManualClock()
    let instrumentation: QueueInstrumentation
    /// Who tells the spans.
    let instrumented: Instrumented
    private let observability: any ObservabilityAdapter
    let meters: MeterProvider
    let events = LogRecorder()
    private let tracer: SpanTracer
    private let shelf: SpanShelf?
    private var random: HistoryRandom
    private var running: [Running] = []

    /// The chains that were started and committed.
    private(set) var chainIDs: [JobID] = []
    /// The modes that calls gave, by the jobs that they created.
    private(set) var modes: [JobID: TraceMode] = [:]
    /// When jobs were redriven last.
    private(set) var redrivenAt: [JobID: [Timestamp]] = [:]
    /// How many spans tell of something that was undone, that exists already, and of a batch.
    private(set) var undoneCount = 0
    private(set) var existingCount = 0
    private(set) var batchCount = 0

    private static let leaseDuration = Duration.seconds(30)

    /// Makes a player.
    ///
    /// - Parameters:
    ///   - seed: Which history.
    ///   - mode: In which mode it is traced.
    ///   - instrumented: Who tells the spans.
    ///   - isKept: Whether transactions keep the spans of what they write, as with an outbox in the queue's database.
    init(seed: UInt64, mode: TraceMode, by instrumented: Instrumented = .builtIn, isKept: Bool = false) {
        self.instrumented = instrumented
        shelf = isKept ? SpanShelf() : nil
        random = HistoryRandom(seed: seed)
        recorder = TraceRecorder(ids: SeededIDGenerator(seed: seed), clock: QueueSpanClock(clock))
        tracer = recorder.tracer
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        meters = MeterProvider(clock: QueueSpanClock(clock), logger: logger)
        instrumentation = QueueInstrumentation(
            tracer: tracer, meters: meters, events: events, eventLimits: LogRecordLimits(),
            outbox: shelf?.transactions, configuration: .init(mode: mode), logger: logger)
        observability =
            instrumented == .builtIn
            ? instrumentation
            : DistributedTracingInstrumentation(
                tracer: tracer, clock: QueueSpanClock(clock), configuration: .init(mode: mode), logger: logger)
        client = Client(
            adapter: MemoryStateAdapter(clock: clock), observability: observability, identifiers: CountingJobIDs(),
            clock: clock, logger: logger)
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

    /// Has the recorder see the spans that transactions have kept: those that were committed.
    private func takeKeptSpans() async throws {
        guard let shelf else { return }
        let kept = try await client.adapter.withReadConnection { [client] db in
            try client.adapter.operations(on: db).oldestTelemetry("traces", limit: .max)
        }
        for message in kept.map(\.message) {
            for span in shelf.spans(of: message) { tracer.processor.spanEnded(span) }
        }
    }

    private func step() async throws {
        switch random.number(0...99) {
        case 0..<22: try await start()
        case 22..<50: try await claim()
        case 50..<78: try await settle()
        case 78..<82: if !running.isEmpty { running.remove(at: random.number(0...running.count - 1)) }
        case 82..<86: _ = try await reap()
        case 86..<91: try await completeWithoutWorker()
        case 91..<94: try await cancel()
        default: try await redriveOrTrigger()
        }
    }

    // MARK: Starting

    /// Chains to be started by one call.
    private struct Start: Sendable {
        var successors: [Successor]
        var isBatch: Bool
        var spanCount: Int { successors.count + (isBatch ? 1 : 0) }
    }

    private func start() async throws {
        let starts = try await drawStarts(1...2)
        let undone = random.chance(20) ? try await drawStarts(1...1) : []
        let failure = random.chance(15) ? Undone() : nil
        let started = try await ambient("request") { [client] in
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
        if failure == nil { note(started, of: starts) } else { undoneCount += starts.map(\.spanCount).reduce(0, +) }
    }

    private func drawStarts(_ counts: ClosedRange<Int>) async throws -> [Start] {
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

    private func drawSchedule() -> Schedule { random.chance(25) ? .after(random.duration()) : .now }

    private func drawMode() -> TraceMode? {
        guard random.chance(5) else { return nil }
        return random.one(of: [.single, .linked, .bounded(window: .seconds(60), jobs: 2)])
    }

    private func drawBlockers() async throws -> [Chain<Leaf>] {
        var blockers: [Chain<Leaf>] = []
        for id in chainIDs.shuffled(using: &random).prefix(random.number(0...3)) {
            guard let ends = try await client.chain(id), ends.first.typeName == Leaf.name,
                ends.last.cancelledAt == nil
            else { continue }
            blockers.append(Chain(id: id))
        }
        return blockers
    }

    private static func start(
        _ starts: [Start], _ client: Client<MemoryStateAdapter>, on db: isolated MemoryConnection
    ) throws -> [InsertedJob] {
        try starts.flatMap { try client.start($0.successors, asBatch: $0.isBatch, on: db) }
    }

    private func note(_ started: [InsertedJob], of starts: [Start]) {
        batchCount += starts.filter(\.isBatch).count
        for (job, successor) in zip(started, starts.flatMap(\.successors)) {
            if job.isExisting {
                existingCount += 1
            } else {
                chainIDs.append(job.row.id)
                modes[job.row.id] = successor.options.trace
            }
        }
    }

    /// Runs a body inside of a span, or not.
    private func ambient<R>(_ name: String, _ body: () async throws -> R) async throws -> R {
        if random.chance(50) { return try await body() }
        return try await tracer.withSpan(name, ofKind: .server) { _ in try await body() }
    }

    // MARK: Attempts

    private func claim() async throws {
        let request = ClaimRequest(
            typeNames: [Leaf.name, Branch.name], typesWithBlockers: [Branch.name], limit: random.number(1...3),
            worker: "worker", leaseDuration: Self.leaseDuration,
            attemptContexts: observability.makeAttemptContexts(3))
        let claimed = try await client.withTransaction { [client] db in
            try client.adapter.operations(on: db).claimJobs(request)
        }
        for job in claimed.jobs {
            let trace = observability.attempt(job)
            trace.started(in: [trace])
            running.append(Running(claimed: job, trace: trace))
        }
    }

    /// How an attempt ends.
    private enum Outcome: Sendable {
        case written(Settlement.Outcome, AttemptEnd.Result)
        case finish
        case leaf(Schedule, TraceMode?)
        case branch([Chain<Leaf>], Schedule, TraceMode?)

        var continues: Bool {
            switch self {
            case .written, .finish: false
            case .leaf, .branch: true
            }
        }
    }

    private func settle() async throws {
        guard !running.isEmpty else { return }
        let attempt = running.remove(at: random.number(0...running.count - 1))
        let (row, trace) = (attempt.claimed.row, attempt.trace)
        let outcome = try await drawOutcome(of: row)
        let starts = random.chance(20) ? try await drawStarts(1...1) : []
        let failure = random.chance(10) ? Undone() : nil
        let work = random.chance(30)
        let result = await trace.withCurrent { [client, tracer] in
            if work { tracer.withSpan("work", ofKind: .client) { _ in } }
            return await Self.settle(row, trace, outcome, starts, failure, client)
        }
        switch result {
        case .settled(let successor, let started):
            note(started, of: starts)
            if let successor, case .leaf(_, let mode?) = outcome { modes[successor] = mode }
            if let successor, case .branch(_, _, let mode?) = outcome { modes[successor] = mode }
        case .undone, .leaseLost:
            undoneCount += starts.map(\.spanCount).reduce(0, +) + (outcome.continues ? 1 : 0)
            // The worker tries again; one whose lease is lost has no further say.
            if case .undone = result { running.append(attempt) }
        }
    }

    private enum SettleResult: Sendable {
        case settled(successor: JobID?, started: [InsertedJob])
        case undone
        case leaseLost
    }

    private static func settle(
        _ row: JobRow, _ trace: any AttemptTrace, _ outcome: Outcome, _ starts: [Start], _ failure: Undone?,
        _ client: Client<MemoryStateAdapter>
    ) async -> SettleResult {
        let phase = trace.phaseStarting(.complete)
        do {
            return try await client.withTransaction { db in
                let started = try start(starts, client, on: db)
                let settling = try settling(outcome, row, trace, client)
                guard try client.settle([settling], on: db) == [true] else {
                    settling.successor?.rolledBack()
                    throw LeaseLostError(jobID: row.id)
                }
                if let failure { throw failure }
                guard case .continued(let id, _) = settling.result else {
                    return .settled(successor: nil, started: started)
                }
                return .settled(successor: id, started: started)
            }
        } catch {
            phase.ended(error)
            return error is Undone ? .undone : .leaseLost
        }
    }

    private static func settling(
        _ outcome: Outcome, _ row: JobRow, _ trace: any AttemptTrace, _ client: Client<MemoryStateAdapter>
    ) throws -> Settling {
        switch outcome {
        case .written(let written, let result):
            return Settling(written, result, row: row, worker: "worker", trace: trace)
        case .finish:
            if row.typeName == Leaf.name {
                return try client.settling(Decision<Leaf>.finish(0), of: row, worker: "worker", trace: trace)
            }
            return try client.settling(Decision<Branch>.finish(0), of: row, worker: "worker", trace: trace)
        case .leaf(let schedule, let mode):
            if row.typeName == Leaf.name {
                let decision = Decision<Leaf>.continueWith(\.leaf, input: 0, schedule: schedule, trace: mode)
                return try client.settling(decision, of: row, worker: "worker", trace: trace)
            }
            let decision = Decision<Branch>.continueWith(\.leaf, input: 0, schedule: schedule, trace: mode)
            return try client.settling(decision, of: row, worker: "worker", trace: trace)
        case .branch(let blockers, let schedule, let mode):
            let decision = Decision<Branch>.continueWith(
                \.branch, input: 0, blockers: blockers, schedule: schedule, trace: mode)
            return try client.settling(decision, of: row, worker: "worker", trace: trace)
        }
    }

    private func drawOutcome(of row: JobRow) async throws -> Outcome {
        switch random.number(0...99) {
        case 0..<35: return .finish
        case 35..<65:
            if row.typeName == Branch.name, random.chance(50) {
                return .branch(try await drawBlockers(), drawSchedule(), drawMode())
            }
            return .leaf(drawSchedule(), drawMode())
        case 65..<80:
            return .written(.retried(.after(random.duration()), error: "Boom", .failed), .failed(Boom()))
        case 80..<86: return .written(.failed(error: "Boom", .failed), .failed(Boom()))
        case 86..<93:
            return .written(.retried(.after(random.duration()), error: nil, .rescheduled), .rescheduled)
        default: return .written(.released, .released)
        }
    }

    /// Takes jobs back whose leases are over.
    private func reap() async throws -> Bool {
        let isLast = random.chance(20)
        let lost = try await client.withTransaction { [client] db in
            try client.adapter.operations(on: db).expiredLeases(typeNames: [Leaf.name, Branch.name], limit: 10)
        }
        let settling = lost.map { job in
            let outcome =
                isLast
                ? Settlement.Outcome.failed(error: "worker_lost", .lost)
                : .retried(.after(.seconds(1)), error: "worker_lost", .lost)
            return Settling(outcome, .lost, row: job.row, worker: "reaper", trace: observability.attempt(job))
        }
        _ = try await client.withTransaction { [client] db in try client.settle(settling, on: db) }
        return !lost.isEmpty
    }

    // MARK: From outside

    private func completeWithoutWorker() async throws {
        guard let id = random.one(of: chainIDs), let last = try await client.chain(id)?.last else { return }
        let status = last.status(at: clock.now)
        guard [.ready, .scheduled, .running, .failed].contains(status) else { return }
        let continues = random.chance(40)
        let failure = random.chance(20) ? Undone() : nil
        let isLeaf = last.typeName == Leaf.name
        try await ambient("approve") { [client] in
            do {
                try await client.withTransaction { db in
                    if isLeaf {
                        try await client.completeJob(Leaf.self, of: Chain<Leaf>(id: id), on: db) { _ in
                            continues ? .continueWith(\.leaf, input: 0) : .finish(0)
                        }
                    } else {
                        try await client.completeJob(Branch.self, of: Chain<Branch>(id: id), on: db) { _ in
                            continues ? .continueWith(\.leaf, input: 0) : .finish(0)
                        }
                    }
                    if let failure { throw failure }
                }
            } catch is Undone {}
        }
        if failure != nil { undoneCount += continues ? 2 : 1 }
    }

    private func cancel() async throws {
        guard let id = random.one(of: chainIDs) else { return }
        _ = try await client.cancelJobChains([id])
    }

    private func redriveOrTrigger() async throws {
        let now = clock.now
        for id in chainIDs.shuffled(using: &random) {
            guard let last = try await client.chain(id)?.last else { continue }
            switch last.status(at: now) {
            case .failed:
                redrivenAt[last.id, default: []].append(now)
                return try await client.redriveJobs([last.id])
            case .scheduled: return try await client.triggerJobs([last.id])
            default: continue
            }
        }
    }
}

/// What a transaction is undone by.
struct Undone: Error {}
