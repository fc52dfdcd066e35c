import QueuertOTel
import Tracing

@testable import Queuert

/// What workers and reapers do.
extension HistoryPlayer {
    func claim() async throws {
        let request = ClaimRequest(
            typeNames: Self.typeNames, typesWithBlockers: [Branch.name], limit: random.number(1...3),
            worker: "worker", leaseDuration: Self.leaseDuration)
        let claimed = try await client.withTransaction { [client] db in
            try client.adapter.operations(on: db).claimJobs(request)
        }
        let isBatched = random.chance(40)
        var calls: [[Running]] = []
        for job in claimed.jobs {
            let attempt = Running(claimed: job, trace: observability.attempt(job))
            let call = calls.firstIndex { $0[0].row.typeName == job.row.typeName }
            if let call, isBatched, job.row.typeName != RecurrenceJob.name {
                calls[call].append(attempt)
            } else {
                calls.append([attempt])
            }
        }
        for call in calls { begin(call) }
    }

    private func begin(_ call: [Running]) {
        let traces = call.map(\.trace)
        for trace in traces { trace.started(in: traces) }
        running += call
        guard call.count > 1, let leader = call[0].spanID else { return }
        for id in call.compactMap(\.spanID) { batches[id] = Batch(leader: leader, size: call.count) }
    }

    // MARK: Preparing

    /// Plays a staged attempt's first phase.
    ///
    /// - Returns: Whether the worker still has the job.
    private func prepare(_ attempt: Running) async throws -> Bool {
        let starts = random.chance(30) ? try await drawStarts(1...1) : []
        let failure = random.chance(20) ? Undone() : nil
        let prepared = await attempt.trace.withCurrent { [client] in
            await Self.prepare(attempt, starts, failure, client)
        }
        switch prepared {
        case .success(let prepared):
            note(.prepare, of: attempt, errorType: nil)
            note(prepared.started, of: starts, in: prepared.phase)
            return true
        case .failure(let error):
            note(.prepare, of: attempt, errorType: try Self.errorType(of: error))
            undoneCount += starts.map(\.spanCount).reduce(0, +)
            return error is Undone
        }
    }

    /// What a first phase has done.
    private struct Prepared: Sendable {
        let started: [InsertedJob]
        /// The span that was the current one.
        let phase: SpanID?
    }

    private static func prepare(
        _ attempt: Running, _ starts: [Start], _ failure: Undone?, _ client: Client<Adapter>
    ) async -> Result<Prepared, any Error> {
        let lease = Lease(jobID: attempt.row.id, token: attempt.row.leaseToken)
        let phase = attempt.trace.phaseStarting(.prepare)
        do {
            let prepared = try await phase.withCurrent {
                let current = ServiceContext.current?.traceContext?.spanID
                return try await client.withTransaction { db in
                    let started = try start(starts, client, on: db)
                    let operations = client.adapter.operations(on: db)
                    if try operations.renewLeases([lease], for: leaseDuration).isEmpty {
                        throw LeaseLostError(jobID: lease.jobID)
                    }
                    if let failure { throw failure }
                    return Prepared(started: started, phase: current)
                }
            }
            phase.ended(nil)
            return .success(prepared)
        } catch {
            phase.ended(error)
            return .failure(error)
        }
    }

    private func note(_ phase: AttemptPhase, of attempt: Running, errorType: String?) {
        guard let id = attempt.spanID else { return }
        let phase = Phase(name: "\(phase.rawValue) \(attempt.row.typeName)", errorType: errorType)
        phases[id, default: [:]][phase, default: 0] += 1
    }

    /// What a phase says of one of the errors that end it here.
    private static func errorType(of error: any Error) throws -> String {
        switch error {
        case is Undone: "Undone"
        case is LeaseLostError: "lease_expired"
        default: throw error
        }
    }

    // MARK: Settling

    /// How an attempt ends.
    private enum Outcome: Sendable {
        case written(Settlement.Outcome, AttemptEnd.Result)
        case finish
        case leaf(Schedule, TraceMode?)
        case branch([Chain<Leaf>], Schedule, TraceMode?)
        /// Starts the chains of an occurrence, and the one that waits for the next.
        case occurrence

        var continues: Bool {
            switch self {
            case .written, .finish, .occurrence: false
            case .leaf, .branch: true
            }
        }
        /// The mode of the job that follows, if the call gives one.
        var mode: TraceMode? {
            switch self {
            case .written, .finish, .occurrence: nil
            case .leaf(_, let mode), .branch(_, _, let mode): mode
            }
        }
        /// What the phase fails with that writes it.
        var errorType: String? {
            switch self {
            case .written(_, .failed): "Boom"
            case .written, .finish, .leaf, .branch, .occurrence: nil
            }
        }
        /// Whether the handler decides it, in a phase of its own.
        var isDecision: Bool { if case .written = self { false } else { true } }
    }

    /// An attempt that is about to end.
    private struct Ending: Sendable {
        let attempt: Running
        let outcome: Outcome
        let hasPhase: Bool
    }

    /// What came of the transaction that was to end attempts.
    private struct Settled: Sendable {
        var error: (any Error)?
        /// For each attempt, whether its end was written, if it came to that.
        var isWritten: [Bool] = []
        var started: [InsertedJob] = []
        /// For each attempt, the job that follows.
        var successors: [JobID?] = []
        /// What became of an occurrence.
        var occurrence: RecurrenceJob.Output?

        /// How many spans tell of the occurrence's chains, and of the one that waits for the next.
        var occurrenceSpanCount: Int { occurrence.map { $0.runs.count + ($0.runs.count > 1 ? 1 : 0) + 1 } ?? 0 }
    }

    func settle() async throws {
        guard !running.isEmpty else { return }
        let attempt = running.remove(at: random.number(0...running.count - 1))
        if random.chance(20) {
            guard try await prepare(attempt) else { return }
        }
        var attempts = [attempt]
        if random.chance(50), let batch = attempt.spanID.flatMap({ batches[$0] }) {
            attempts += running.filter { $0.spanID.flatMap { batches[$0] } == batch }
            running.removeAll { $0.spanID.flatMap { batches[$0] } == batch }
        }
        var endings: [Ending] = []
        for attempt in attempts {
            let outcome = try await drawOutcome(of: attempt.row)
            // A handler that throws begins no phase, unless that fails.
            let hasPhase = outcome.isDecision || random.chance(50)
            endings.append(Ending(attempt: attempt, outcome: outcome, hasPhase: hasPhase))
        }
        let starts = random.chance(20) ? try await drawStarts(1...1) : []
        let failure = random.chance(10) ? Undone() : nil
        let work = random.chance(30)
        let settled = await attempt.trace.withCurrent { [client, tracer, endings] in
            if work { tracer.withSpan("work", ofKind: .client) { _ in } }
            return await Self.settle(endings, starts, failure, client)
        }
        try await note(settled, of: endings, starts)
    }

    private func note(_ settled: Settled, of endings: [Ending], _ starts: [Start]) async throws {
        let errorType = try settled.error.map(Self.errorType)
        for ending in endings where ending.hasPhase {
            note(.complete, of: ending.attempt, errorType: errorType ?? ending.outcome.errorType)
        }
        if let error = settled.error {
            undoneCount += starts.map(\.spanCount).reduce(0, +) + endings.count { $0.outcome.continues }
            undoneCount += settled.occurrenceSpanCount
            // The worker tries again; one whose lease is lost has no further say.
            for (index, ending) in endings.enumerated()
            where error is Undone || settled.isWritten.indices.contains(index) && settled.isWritten[index] {
                running.append(ending.attempt)
            }
            return
        }
        note(settled.started, of: starts, in: endings[0].attempt.spanID)
        for (ending, successor) in zip(endings, settled.successors) {
            if let successor, let mode = ending.outcome.mode { modes[successor] = mode }
        }
        if let occurrence = settled.occurrence { try await note(occurrence, of: endings[0].attempt) }
    }

    private func note(_ occurrence: RecurrenceJob.Output, of attempt: Running) async throws {
        let row = attempt.row
        let mode = try client.codec.decodeInput(of: RecurrenceJob.self, from: row).definition.trace?.mode
        for id in occurrence.runs {
            if chainIDs.contains(id) {
                existingCount += 1
            } else {
                chainIDs.append(id)
                starters[id] = attempt.spanID
                modes[id] = mode
            }
        }
        if occurrence.runs.count > 1 { batchCount += 1 }
        try await noteRecurrence(mode, in: attempt.spanID, after: row.chainID)
    }

    private static func settle(
        _ endings: [Ending], _ starts: [Start], _ failure: Undone?, _ client: Client<Adapter>
    ) async -> Settled {
        let phases = endings.filter(\.hasPhase).map { $0.attempt.trace.phaseStarting(.complete) }
        let settled = Locked(Settled())
        do {
            try await client.withTransaction { db in
                let started = try start(starts, client, on: db)
                var settling: [Settling] = []
                for ending in endings {
                    settling.append(try Self.settling(ending, settled, client, on: db))
                }
                let isWritten = try client.settle(settling, on: db)
                for (item, isWritten) in zip(settling, isWritten) where !isWritten { item.successor?.rolledBack() }
                let successors = settling.map { item -> JobID? in
                    if case .continued(let id, _) = item.result { id } else { nil }
                }
                settled.withLock { settled in
                    settled.started = started
                    settled.isWritten = isWritten
                    settled.successors = successors
                }
                if isWritten.contains(false) { throw LeaseLostError(jobID: endings[0].attempt.row.id) }
                if let failure { throw failure }
            }
        } catch {
            for phase in phases { phase.ended(error) }
            settled.withLock { $0.error = error }
        }
        return settled.withLock { $0 }
    }

    private static func settling(
        _ ending: Ending, _ settled: Locked<Settled>, _ client: Client<Adapter>,
        on db: isolated Adapter.Connection
    ) throws -> Settling {
        let (row, trace) = (ending.attempt.row, ending.attempt.trace)
        func settling<Kind: JobType>(_ decision: Decision<Kind>) throws -> Settling {
            try client.settling(decision, of: row, worker: "worker", trace: trace)
        }
        switch ending.outcome {
        case .written(let written, let result):
            return Settling(written, result, row: row, worker: "worker", trace: trace)
        case .finish:
            if row.typeName == Leaf.name { return try settling(Decision<Leaf>.finish(0)) }
            return try settling(Decision<Branch>.finish(0))
        case .leaf(let schedule, let mode):
            if row.typeName == Leaf.name {
                return try settling(
                    Decision<Leaf>.continueWith(\.leaf, input: 0, schedule: schedule, trace: mode))
            }
            return try settling(Decision<Branch>.continueWith(\.leaf, input: 0, schedule: schedule, trace: mode))
        case .branch(let blockers, let schedule, let mode):
            return try settling(
                Decision<Branch>.continueWith(
                    \.branch, input: 0, blockers: blockers, schedule: schedule, trace: mode))
        case .occurrence:
            let job = Job<RecurrenceJob>(
                id: row.id, chainID: row.chainID, chainIndex: row.chainIndex,
                input: try client.codec.decodeInput(of: RecurrenceJob.self, from: row), attempt: row.attempt,
                lastError: row.lastError, blockers: ())
            let output = try client.run(job, on: db)
            settled.withLock { $0.occurrence = output }
            return try settling(Decision<RecurrenceJob>.finish(output))
        }
    }

    private func drawOutcome(of row: JobRow) async throws -> Outcome {
        switch random.number(0...99) {
        case 0..<65 where row.typeName == RecurrenceJob.name:
            // A worker that knows that its lease is lost starts nothing.
            let stored = try await client.job(row.id)
            let hasLease = stored?.leaseToken == row.leaseToken && stored?.leasedUntil != nil
            return hasLease ? .occurrence : .written(.released, .released)
        case 0..<35: return .finish
        case 35..<65:
            if row.typeName == Branch.name, random.chance(50) {
                return .branch(try await drawBlockers(), drawSchedule(), drawMode())
            }
            return .leaf(drawSchedule(), drawMode())
        case 65..<80:
            return .written(.retried(.after(random.duration()), error: "Boom", .failed), .failed(Boom()))
        case 80..<86: return .written(.failed(error: "Boom", .failed), .failed(Boom()))
        case let number where number < 93:
            let reason = number < 90 ? AttemptText.reason("not yet") : nil
            return .written(.retried(.after(random.duration()), error: reason, .rescheduled), .rescheduled)
        default: return .written(.released, .released)
        }
    }

    /// Takes jobs back whose leases are over.
    func reap() async throws -> Bool {
        let isLast = random.chance(20)
        let lost = try await client.withTransaction { [client] db in
            try client.adapter.operations(on: db).expiredLeases(typeNames: Self.typeNames, limit: 10)
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
}
