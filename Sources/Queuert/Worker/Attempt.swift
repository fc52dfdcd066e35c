internal import Synchronization

/// One run of a job under one lease.
final class Attempt: Sendable {
    /// Why a handler is cancelled.
    enum Cancellation: Sendable {
        /// Another attempt has the job by now.
        case leaseLost
        /// The worker stops, and has given the job back.
        case shutdown
        /// It took longer than its processor allows, and has failed.
        case timeout
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
        /// Whether the database said that another attempt has the job.
        var isLeaseLost = false
        /// Whether somebody has told of that, or is about to.
        var isLossTold = false
        /// The task that runs the handler, while it does.
        var slot: Slot?
    }

    let worker: any AttemptOwner
    let claimed: ClaimedJob
    let trace: (any AttemptTrace)?
    /// How long the attempt may take, from the start of its handler.
    let timeout: Duration?
    /// How many jobs of the type run together at most.
    let batchLimit: Int
    /// Which part of a slot the job fills.
    let load: Double
    /// Whether the job's last attempt failed, so that this one gets no company.
    let isRetry: Bool
    private let state = Mutex(State())

    init<Adapter: StateAdapter>(
        _ claimed: ClaimedJob, of worker: Worker<Adapter>, for processor: Processor<Adapter>, isRetry: Bool
    ) {
        self.worker = worker
        var claimed = claimed
        claimed.maximumAttempts = processor.settings.maximumAttempts ?? worker.configuration.maximumAttempts
        self.claimed = claimed
        trace = worker.client.observability?.attempt(claimed)
        timeout = processor.settings.timeout
        batchLimit = processor.batchLimit
        load = processor.load
        self.isRetry = isRetry
    }

    var row: JobRow { claimed.row }
    var lease: Lease { Lease(jobID: claimed.row.id, token: claimed.row.leaseToken) }

    // MARK: Running

    /// Has the attempt's handler run in a slot, so that the slot is cancelled with it.
    ///
    /// - Returns: Whether it may run; false if it was cancelled before.
    func enter(_ slot: Slot) -> Bool {
        state.withLock { state in
            state.slot = slot
            return state.cancellation == nil
        }
    }

    /// Runs a handler with the attempt as the current span.
    func withCurrent<R>(_ body: () async throws -> R) async throws -> R {
        if let trace { return try await trace.withCurrent(body) }
        return try await body()
    }

    /// The handler has returned, and what follows it is done: from now on its slot is another attempt's.
    ///
    /// - Returns: Whether the slot can go on; a task that was cancelled stays so.
    func leave() -> Bool {
        let isCancelled = state.withLock { state in
            state.slot = nil
            return state.cancellation != nil
        }
        if isCancelled { worker.watchdog?.hasReturned(self) }
        return !isCancelled
    }

    /// Cancels the handler, cooperatively.
    func cancel(_ reason: Cancellation) {
        let slot = state.withLock { state -> Slot? in
            if state.cancellation != nil { return nil }
            state.cancellation = reason
            if state.slot != nil { worker.watchdog?.wasCancelled(self) }
            return state.slot
        }
        slot?.cancelAttempt()
    }

    /// Cancels the handler, unless its result is on its way already.
    ///
    /// - Returns: Whether the attempt's time is up: from now on nothing that the handler does is written.
    func timeOut() -> Bool {
        let (isOver, slot) = state.withLock { state -> (Bool, Slot?) in
            guard state.cancellation == nil, state.progress == .running, state.slot != nil else { return (false, nil) }
            state.cancellation = .timeout
            worker.watchdog?.wasCancelled(self)
            return (true, state.slot)
        }
        slot?.cancelAttempt()
        return isOver
    }

    /// The result is on its way into the database from now on, unless the attempt's time is up.
    func beginSettling() throws {
        let isOver = state.withLock { state in
            if state.cancellation == .timeout { return true }
            state.progress = .settling
            return false
        }
        if isOver { throw timeoutError }
    }

    /// Refuses to write anything, or to begin a phase, once the attempt's time is up.
    func checkTime() throws {
        // Most attempts may take as long as they like.
        if timeout != nil, cancellation == .timeout { throw timeoutError }
    }

    /// What an attempt fails with whose time is up.
    var timeoutError: JobTimeoutError { JobTimeoutError(jobID: row.id, timeout: timeout ?? .zero) }

    var cancellation: Cancellation? { state.withLock { $0.cancellation } }

    /// The job as the handler sees it.
    func job<Kind: JobType>(_: Kind.Type) throws -> Job<Kind> {
        let codec = worker.codec
        return Job(
            id: row.id, chainID: row.chainID, chainIndex: row.chainIndex,
            input: try codec.decodeInput(of: Kind.self, from: row),
            attempt: row.attempt, lastError: row.lastError,
            blockers: try BlockerOutputs.all(of: Kind.self, claimed, codec: codec))
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
        phase?.ended(asFault(error))
    }

    func inPhase<R>(_ phase: AttemptPhase, _ body: () async throws -> R) async throws -> R {
        try checkTime()
        guard let started = trace?.phaseStarting(phase) else { return try await body() }
        do {
            let value = try await started.withCurrent(body)
            started.ended(nil)
            return value
        } catch {
            started.ended(asFault(error))
            throw error
        }
    }

    /// What a phase has failed with: that a handler asks to be called again, or ends because its worker stops, is no
    /// fault, as it is none of the attempt's.
    private func asFault(_ error: (any Error)?) -> (any Error)? {
        guard let error, !(error is RescheduleJob) else { return nil }
        return error is CancellationError && cancellation == .shutdown ? nil : error
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

    /// What is to be written for a decision.
    func settling<Kind: JobType>(_ decision: Decision<Kind>) throws -> Settling {
        try worker.settling(decision, of: self)
    }

    func settling(_ outcome: Settlement.Outcome, _ result: AttemptEnd.Result) -> Settling {
        Settling(outcome, result, row: row, worker: worker.id, trace: trace)
    }

    /// The error of a write that the database refused, because the job is another attempt's.
    func leaseLost() -> LeaseLostError {
        state.withLock { $0.isLeaseLost = true }
        return LeaseLostError(jobID: row.id)
    }

    /// Takes it on to tell that the lease is lost: a write that is refused and a renewal may find it out at the same time.
    ///
    /// - Returns: Whether nobody has before.
    func takeLoss() -> Bool {
        state.withLock { state in
            defer { state.isLossTold = true }
            return !state.isLossTold
        }
    }

    /// Whether the database refused a write of the attempt's, because the job is another attempt's.
    var isWriteRefused: Bool { state.withLock { $0.isLeaseLost } }

    /// Whether the lease is known to be lost: a handler may throw ``LeaseLostError`` by itself.
    var isLeaseLost: Bool { state.withLock { $0.isLeaseLost || $0.cancellation == .leaseLost } }
}
