/// What ended first while a handler ran.
private enum RunEnd: Sendable { case handler, cancellation }

/// One run of a job under one lease.
final class Attempt<Adapter: StateAdapter>: Sendable {
    /// Why a handler is cancelled.
    enum Cancellation: Sendable {
        /// Another attempt has the job by now.
        case leaseLost
        /// The worker stops, and has given the job back.
        case shutdown
    }
    /// How far the result is on its way into the database.
    enum Progress: Sendable {
        /// The handler has not decided, or its decision could not be written.
        case running
        /// The decision is being written: from now on the lease may be gone because the attempt is over.
        case settling
        /// The decision is committed; what the handler does now changes nothing.
        case settled
    }
    private struct State {
        var progress = Progress.running
        var cancellation: Cancellation?
        var phase: (any PhaseTrace)?
    }

    let client: Client<Adapter>
    let worker: String
    let claimed: ClaimedJob
    let trace: (any AttemptTrace)?
    let settler: Settler<Adapter>
    private let state = Locked(State())
    private let cancelled: Signal

    init(client: Client<Adapter>, worker: String, claimed: ClaimedJob, settler: Settler<Adapter>) {
        self.client = client
        self.worker = worker
        self.claimed = claimed
        self.settler = settler
        trace = client.observability?.attempt(claimed)
        cancelled = Signal(clock: client.clock)
    }

    var row: JobRow { claimed.row }
    var lease: Lease { Lease(jobID: row.id, token: row.leaseToken) }

    // MARK: Running

    /// Runs the handler as the current span, and cancels it when ``cancel(_:)`` is called.
    func run(_ processor: Processor<Adapter>) async throws {
        try await withThrowingTaskGroup(of: RunEnd.self) { group in
            group.addTask { [self] in
                if let trace {
                    try await trace.withCurrent { try await processor.run(self) }
                } else {
                    try await processor.run(self)
                }
                return .handler
            }
            group.addTask { [cancelled] in
                // Throws when the handler has ended, which cancels this wait.
                try? await cancelled.wait()
                return .cancellation
            }
            let first = try await group.next()
            group.cancelAll()
            if first == .cancellation { _ = try await group.next() }
        }
    }

    /// Cancels the handler, cooperatively.
    func cancel(_ reason: Cancellation) {
        state.withLock { if $0.cancellation == nil { $0.cancellation = reason } }
        cancelled.raise()
    }

    var cancellation: Cancellation? { state.withLock { $0.cancellation } }

    /// The job as the handler sees it.
    func job<Kind: JobType>(_: Kind.Type) throws -> Job<Kind> {
        let codec = client.codec
        var outputs = BlockerOutputs(claimed.blockers.map(\.output), codec: codec, jobID: row.id)
        return Job(
            id: row.id, chainID: row.chainID, chainIndex: row.chainIndex,
            input: try codec.decode(Kind.Input.self, from: row.input, as: .input, typeName: Kind.name, jobID: row.id),
            attempt: row.attempt, lastError: row.lastAttemptError,
            blockers: try Kind.Blockers.decode(from: &outputs))
    }

    // MARK: Phases

    func startPhase(_ phase: AttemptPhase) {
        guard let trace else { return }
        let started = trace.phaseStarting(phase)
        state.withLock { $0.phase = started }
    }

    func endPhase(_ error: (any Error)?) {
        let phase = state.withLock { state in
            defer { state.phase = nil }
            return state.phase
        }
        phase?.ended(error)
    }

    func inPhase<R>(_ phase: AttemptPhase, _ body: () async throws -> R) async throws -> R {
        guard let started = trace?.phaseStarting(phase) else { return try await body() }
        do {
            let value = try await started.withCurrent(body)
            started.ended(nil)
            return value
        } catch {
            started.ended(error)
            throw error
        }
    }

    // MARK: Settling

    var progress: Progress {
        get { state.withLock { $0.progress } }
        set { state.withLock { $0.progress = newValue } }
    }

    /// Runs the transaction that writes the attempt's end.
    func settling<R>(_ transaction: () async throws -> R) async throws -> R {
        do {
            let value = try await transaction()
            progress = .settled
            return value
        } catch {
            progress = .running
            throw error
        }
    }

    /// Writes a decision as part of the handler's transaction.
    func settle<Kind: JobType>(_ decision: Decision<Kind>, on connection: isolated Adapter.Connection) throws {
        let settling = try settling(decision)
        progress = .settling
        do {
            guard try client.settle([settling], on: connection) == [true] else { throw LeaseLostError(jobID: row.id) }
        } catch {
            settling.successor?.rolledBack()
            throw error
        }
    }

    /// What is to be written for a decision.
    func settling<Kind: JobType>(_ decision: Decision<Kind>) throws -> Settling {
        try client.settling(decision, of: row, worker: worker, trace: trace)
    }

    func settling(_ outcome: Settlement.Outcome, _ result: AttemptEnd.Result) -> Settling {
        Settling(outcome, result, row: row, worker: worker, trace: trace)
    }

    func renewLease(on connection: isolated Adapter.Connection) throws {
        let renewed = try client.adapter.operations(on: connection).renewLeases([lease], for: settler.leaseDuration)
        guard renewed.contains(lease) else { throw LeaseLostError(jobID: row.id) }
    }
}
