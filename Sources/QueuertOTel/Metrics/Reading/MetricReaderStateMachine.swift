/// Decides when a metric reader collects, and does nothing itself: no threads, no clocks, no logs.
///
/// Its shell holds a lock during each call and carries out what it returns afterwards.
struct MetricReaderStateMachine: ~Copyable {
    /// Takes the result of a flush or a shutdown.
    typealias Completion = @Sendable (FlushResult) -> Void
    /// A completion that is due, and its result.
    typealias Completed = (completion: Completion, result: FlushResult)

    /// What the thread does next.
    enum Step {
        case wait(Duration)
        case collect(timeout: Duration)
        case finish([Completed])
    }

    /// What a request to flush or to shut down came to.
    enum Request: Hashable {
        /// There is nothing to wait for.
        case answered(FlushResult)
        /// The completion is called later; the thread has to be woken, and the request expires at its timeout.
        case waiting(id: Int)
    }

    /// A series of losses that began or ended, to be logged.
    enum Episode: Hashable {
        case collectionsTooSlow
        case collectionsInTimeAgain(tooSlow: Int)
        case exportsFail(reason: String)
        case exportsWorkAgain(lost: Int)
    }

    /// What the end of a request's time leads to.
    struct Expiry {
        var completed: [Completed] = []
        /// The export under way must be broken off.
        var interrupts = false
    }

    private enum Phase {
        case running
        case draining(deadline: ContinuousClock.Instant)
        case finished
    }

    private struct Waiter {
        let id: Int
        /// Which collection, counted from 1, must have ended: the first that begins after the request.
        let target: Int
        /// A shutdown waits for the thread's end as well.
        let isShutdown: Bool
        /// Whether the end of its time is that of all who wait for the end.
        let isDecisive: Bool
        let completion: Completion
    }

    private let interval: Duration
    private let timeout: Duration
    private var phase = Phase.running
    private var nextCollection: ContinuousClock.Instant
    private var started = 0
    private var ended = 0
    private var waiters: [Waiter] = []
    private var lastWaiter = 0
    private var shutdownResult: FlushResult?
    private var tooSlowInEpisode = 0
    private var failedInEpisode: Int?
    private var counts = PeriodicMetricReader.Statistics()

    init(interval: Duration, timeout: Duration, now: ContinuousClock.Instant) {
        let interval = max(PeriodicMetricReader.Configuration.leastInterval, interval)
        self.interval = interval
        self.timeout = timeout
        nextCollection = now + interval
    }

    var statistics: PeriodicMetricReader.Statistics { counts }

    mutating func next(now: ContinuousClock.Instant) -> Step {
        switch phase {
        case .running:
            if waiters.contains(where: { $0.target > ended }) { return collect(timeout: timeout) }
            guard now >= nextCollection else { return .wait(nextCollection - now) }
            // From when it was due, so that a slow export doesn't shift all that follow; what was missed is left out.
            nextCollection += interval
            if nextCollection <= now { nextCollection = now + interval }
            return collect(timeout: timeout)
        case .draining(let deadline):
            guard waiters.contains(where: { $0.target > ended }) else { return finish(.success) }
            guard now < deadline else { return finish(.timeout) }
            return collect(timeout: min(timeout, deadline - now))
        case .finished: return .finish([])
        }
    }

    private mutating func collect(timeout: Duration) -> Step {
        started += 1
        return .collect(timeout: timeout)
    }

    private mutating func finish(_ result: FlushResult) -> Step {
        phase = .finished
        let result = shutdownResult ?? result
        shutdownResult = result
        let completed = waiters.map { Completed($0.completion, result) }
        waiters = []
        return .finish(completed)
    }

    /// So many points are being exported.
    mutating func exporting(points: Int) { counts.exporting = points }

    /// What became of so many points; `nil` stands for a collection that was too slow.
    mutating func collected(
        _ result: ExportResult?, points: Int
    ) -> (completed: [Completed], episodes: [Episode]) {
        ended = started
        counts.collections += 1
        counts.exporting = 0
        var outcome = FlushResult.success
        var episodes: [Episode] = []
        if result != nil, tooSlowInEpisode > 0 {
            episodes.append(.collectionsInTimeAgain(tooSlow: tooSlowInEpisode))
            tooSlowInEpisode = 0
        }
        switch result {
        case .accepted(let rejected):
            // Nothing was sent without any points.
            if points > 0, let lost = failedInEpisode {
                failedInEpisode = nil
                episodes.append(.exportsWorkAgain(lost: lost))
            }
            let rejected = min(max(rejected, 0), points)
            counts.exported += points - rejected
            counts.rejected += rejected
            if rejected > 0 { outcome = .failure }
        case .refused(let reason, let cause), .unavailable(let reason, let cause):
            counts.failedByCause[cause, default: 0] += points
            outcome = .failure
            if failedInEpisode == nil { episodes.append(.exportsFail(reason: reason)) }
            failedInEpisode = (failedInEpisode ?? 0) + points
        case nil:
            counts.collectionsTooSlow += 1
            if tooSlowInEpisode == 0 { episodes.append(.collectionsTooSlow) }
            tooSlowInEpisode += 1
            // At the end it is the end's deadline that was too short.
            if case .draining = phase { outcome = .timeout } else { outcome = .failure }
        }
        var completed: [Completed] = []
        waiters.removeAll { [ended] waiter in
            guard waiter.target <= ended, !waiter.isShutdown else { return false }
            completed.append((waiter.completion, outcome))
            return true
        }
        // The thread's end completes a shutdown.
        if waiters.contains(where: { $0.isShutdown && $0.target <= ended }) {
            shutdownResult = shutdownResult ?? outcome
        }
        return (completed, episodes)
    }

    mutating func flush(completion: @escaping Completion) -> Request {
        if case .finished = phase { return .answered(shutdownResult ?? .success) }
        return .waiting(id: addWaiter(target: started + 1, completion))
    }

    /// A second call waits for what the first began, and can't make it shorter; it comes to what that came to.
    mutating func shutDown(deadline: ContinuousClock.Instant, completion: @escaping Completion) -> Request {
        // Known before the thread's end where the last collection has ended, or the time was up.
        if let shutdownResult { return .answered(shutdownResult) }
        switch phase {
        case .finished: return .answered(.success)
        case .draining:
            // What the first call waits for, though it may have begun: another one would be after the end.
            let target = waiters.first { $0.isDecisive }?.target ?? started
            return .waiting(id: addWaiter(target: target, isShutdown: true, completion))
        case .running:
            phase = .draining(deadline: deadline)
            return .waiting(id: addWaiter(target: started + 1, isShutdown: true, isDecisive: true, completion))
        }
    }

    private mutating func addWaiter(
        target: Int, isShutdown: Bool = false, isDecisive: Bool = false, _ completion: @escaping Completion
    ) -> Int {
        lastWaiter += 1
        waiters.append(
            Waiter(
                id: lastWaiter, target: target, isShutdown: isShutdown, isDecisive: isDecisive, completion: completion))
        return lastWaiter
    }

    mutating func expire(id: Int) -> Expiry {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return Expiry() }
        let waiter = waiters.remove(at: index)
        guard waiter.isDecisive else { return Expiry(completed: [(waiter.completion, .timeout)]) }
        shutdownResult = .timeout
        return Expiry(completed: [(waiter.completion, .timeout)], interrupts: true)
    }
}
