internal import Dispatch
internal import Logging
internal import Synchronization

/// Says when a worker can't do what it is for, though nothing has failed: each condition once, until it is over.
final class Watchdog: Sendable {
    private struct State {
        /// Attempts that were cancelled and whose handlers run on, and whether that was said.
        var ignoring: [ObjectIdentifier: (attempt: Attempt, since: Duration, isReported: Bool)] = [:]
        /// When the claim that is under way began.
        var claimBegan: Duration?
        var isStallReported = false
    }
    private let clock: any QueueClock
    private let logger: Logger
    private let patience: Duration
    private let state = Mutex(State())

    /// Makes a watchdog.
    ///
    /// - Parameters:
    ///   - clock: What it measures time by.
    ///   - logger: What it says goes here.
    ///   - patience: How long a condition lasts before it is told.
    init(clock: any QueueClock, logger: Logger, patience: Duration) {
        self.clock = clock
        self.logger = logger
        self.patience = patience
    }

    // MARK: What the worker does

    func wasCancelled(_ attempt: Attempt) {
        let now = clock.elapsed
        state.withLock { $0.ignoring[ObjectIdentifier(attempt)] = (attempt, now, false) }
    }

    func hasReturned(_ attempt: Attempt) {
        let known = state.withLock { $0.ignoring.removeValue(forKey: ObjectIdentifier(attempt)) }
        if known?.isReported == true {
            logger.notice(
                "A handler has returned that ignored its cancellation.", metadata: attempt.row.logMetadata)
        }
    }

    func claimBegins() {
        let now = clock.elapsed
        state.withLock { $0.claimBegan = now }
    }

    func claimEnds() {
        let wasReported = state.withLock { state in
            state.claimBegan = nil
            defer { state.isStallReported = false }
            return state.isStallReported
        }
        if wasReported { logger.notice("Jobs are claimed again.") }
    }

    // MARK: Looking

    /// Looks at all conditions while a body runs.
    func watch(_ body: () async -> Void) async {
        let pool = ThreadPoolWatch(patience: patience, look: { [weak self] in self?.look() }) { [logger] duration in
            logger.error(
                "All of Swift's cooperative threads are blocked. Let no handler block one: use `await`, or a thread.",
                metadata: ["duration": "\(duration)"])
        }
        await pool.watch(body)
    }

    /// Tells of what has lasted too long, and was not told yet.
    func look() {
        let now = clock.elapsed
        let patience = patience
        let (ignoring, stalledFor) = state.withLock { state in
            var ignoring: [(Attempt, Duration)] = []
            for (key, entry) in state.ignoring where !entry.isReported && now - entry.since >= patience {
                state.ignoring[key]?.isReported = true
                ignoring.append((entry.attempt, now - entry.since))
            }
            var stalledFor: Duration?
            if !state.isStallReported, let began = state.claimBegan, now - began >= patience {
                state.isStallReported = true
                stalledFor = now - began
            }
            return (ignoring, stalledFor)
        }
        for (attempt, duration) in ignoring {
            logger.error(
                "A handler ignores that it was cancelled, and keeps its slot. Let it heed cancellation.",
                metadata: attempt.row.logMetadata.merging(["duration": "\(duration)"]) { $1 })
        }
        if let stalledFor {
            logger.error(
                "No jobs are claimed, because a claim does not end. Look for a transaction that holds the database.",
                metadata: ["duration": "\(stalledFor)"])
        }
    }
}

/// Notices when Swift's cooperative threads are all blocked: a task of theirs doesn't run for too long.
///
/// Looks from a thread that is not one of them.
final class ThreadPoolWatch: Sendable {
    private struct State {
        var beatStarted: ContinuousClock.Instant?
        var isReported = false
    }
    private let state = Mutex(State())
    private let patience: Duration
    private let alsoLook: @Sendable () -> Void
    private let report: @Sendable (_ blockedFor: Duration) -> Void

    /// Makes a watch.
    ///
    /// - Parameters:
    ///   - patience: How long a task may wait for a thread.
    ///   - look: Called each time the watch looks.
    ///   - report: Called when one has waited for longer, once until it has run.
    init(
        patience: Duration, look: @escaping @Sendable () -> Void = {},
        report: @escaping @Sendable (_ blockedFor: Duration) -> Void
    ) {
        self.patience = patience
        alsoLook = look
        self.report = report
    }

    /// Looks regularly while a body runs.
    func watch<R>(_ body: () async -> R) async -> R {
        // A queue of its own: Dispatch gives it a thread though all of the cooperative ones are busy.
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "queuert.watchdog"))
        // Each hour at least: a patience without end is no number of milliseconds.
        let quarter: Double = patience / .milliseconds(4)
        let interval = Int(min(max(1, quarter), 3_600_000))
        timer.schedule(deadline: .now() + .milliseconds(interval), repeating: .milliseconds(interval))
        timer.setEventHandler { [self] in
            if look(at: .now) { Task { beat() } }
            alsoLook()
        }
        timer.activate()
        defer { timer.cancel() }
        return await body()
    }

    /// Looks whether the last beat is overdue.
    ///
    /// - Returns: Whether a new beat is to be started.
    func look(at now: ContinuousClock.Instant) -> Bool {
        let (starts, overdue) = state.withLock { state -> (Bool, Duration?) in
            guard let started = state.beatStarted else {
                state.beatStarted = now
                return (true, nil)
            }
            guard !state.isReported, now - started >= patience else { return (false, nil) }
            state.isReported = true
            return (false, now - started)
        }
        if let overdue { report(overdue) }
        return starts
    }

    /// A task has run.
    func beat() {
        state.withLock { state in
            state.beatStarted = nil
            state.isReported = false
        }
    }
}
