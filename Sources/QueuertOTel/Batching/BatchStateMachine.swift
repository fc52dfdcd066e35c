/// Decides what a batch processor does, and does nothing itself: no threads, no clocks, no logs.
///
/// Its shell holds a lock during each call and carries out what it returns afterwards.
struct BatchStateMachine<Item: Sendable>: ~Copyable {
    /// Takes the result of a flush or a shutdown.
    typealias Completion = @Sendable (FlushResult) -> Void
    /// A completion that is due, and its result.
    typealias Completed = (completion: Completion, result: FlushResult)

    /// What became of an item that came.
    enum Offer: Hashable {
        case queued
        /// Queued, and the thread has to be woken.
        case due
        case droppedQueueFull(firstOfEpisode: Bool)
        case droppedAfterShutdown(first: Bool)
    }

    /// What the thread does next.
    enum Step {
        case wait(Duration)
        case export([Item], timeout: Duration)
        case finish([Completed])
    }

    /// A series of losses that began or ended, to be logged.
    enum Episode: Hashable {
        case queueHasRoomAgain(dropped: Int)
        case exportsFail(reason: String)
        case exportsWorkAgain(lost: Int)
    }

    private enum Phase {
        case running
        case draining(deadline: ContinuousClock.Instant)
        case finished
    }

    private struct Waiter {
        let id: Int
        /// How many items must be settled.
        let target: UInt64
        /// A shutdown waits for the thread's end as well.
        let isShutdown: Bool
        /// Whether the end of its time is that of all who wait for the end.
        let isDecisive: Bool
        var hasLost: Bool
        let completion: Completion
    }

    private let configuration: BatchConfiguration
    private var phase = Phase.running
    private var queue: BatchQueue<Item>
    private var inFlight = 0
    /// How many items were ever queued, and what became of how many is known; they are settled in order.
    private var queued: UInt64 = 0
    private var settled: UInt64 = 0
    private var waiters: [Waiter] = []
    private var lastWaiter = 0
    private var shutdownResult: FlushResult?
    /// When what waits is exported, however little it is.
    private var nextExport: ContinuousClock.Instant
    /// The thread was told to wake and hasn't yet: telling it again would cost a system call.
    private var isWaking = false
    private var droppedInEpisode = 0
    private var failedInEpisode: Int?
    private var failedBatchesInARow = 0
    private var counts = BatchStatistics()

    init(configuration: BatchConfiguration, now: ContinuousClock.Instant) {
        var configuration = configuration
        // Either may have been set after the other: no batch would ever be full that is larger than the queue.
        configuration.maximumBatchSize = min(configuration.maximumBatchSize, configuration.maximumQueueSize)
        self.configuration = configuration
        queue = BatchQueue(batchSize: configuration.maximumBatchSize)
        nextExport = now + configuration.scheduleDelay
    }

    var statistics: BatchStatistics {
        var statistics = counts
        statistics.pending = queue.count + inFlight
        statistics.exporting = inFlight
        return statistics
    }

    // MARK: Items come in

    mutating func offer(_ item: Item) -> Offer {
        guard case .running = phase else {
            counts.droppedAfterShutdown += 1
            return .droppedAfterShutdown(first: counts.droppedAfterShutdown == 1)
        }
        guard queue.count < configuration.maximumQueueSize else {
            counts.droppedQueueFull += 1
            droppedInEpisode += 1
            return .droppedQueueFull(firstOfEpisode: droppedInEpisode == 1)
        }
        queue.append(item)
        queued += 1
        guard isBatchDue, !isWaking else { return .queued }
        isWaking = true
        return .due
    }

    // MARK: The thread

    /// After a few batches that were lost, a receiver is only tried now and then, and not with each batch that is full.
    private var isProbing: Bool { failedBatchesInARow >= 3 }

    private var isBatchDue: Bool { queue.count >= configuration.maximumBatchSize && !isProbing }

    /// How long what waits has until it is exported, however little it is, or until the next try.
    private var delay: Duration {
        isProbing ? min(configuration.scheduleDelay, .seconds(5)) : configuration.scheduleDelay
    }

    mutating func next(now: ContinuousClock.Instant) -> Step {
        isWaking = false
        switch phase {
        case .running:
            if isBatchDue || waiters.contains(where: { $0.target > settled }) {
                return export(timeout: configuration.exportTimeout)
            }
            guard now >= nextExport else { return .wait(nextExport - now) }
            nextExport = now + delay
            return queue.isEmpty ? .wait(delay) : export(timeout: configuration.exportTimeout)
        case .draining(let deadline):
            if !queue.isEmpty, now < deadline {
                return export(timeout: min(configuration.exportTimeout, deadline - now))
            }
            return finish(isLate: !queue.isEmpty)
        case .finished:
            return .finish([])
        }
    }

    private mutating func export(timeout: Duration) -> Step {
        let batch = queue.takeBatch()
        inFlight = batch.count
        return .export(batch, timeout: timeout)
    }

    private mutating func finish(isLate: Bool) -> Step {
        abandonQueue()
        phase = .finished
        let completed = waiters.map { waiter -> Completed in
            let result: FlushResult = isLate && waiter.isShutdown ? .timeout : waiter.hasLost ? .failure : .success
            guard waiter.isShutdown else { return (waiter.completion, result) }
            // All shutdowns come to what the first did, which is known already if its time was up.
            let shared = shutdownResult ?? result
            shutdownResult = shared
            return (waiter.completion, shared)
        }
        waiters = []
        return .finish(completed)
    }

    mutating func exported(
        _ result: ExportResult, now: ContinuousClock.Instant
    ) -> (completed: [Completed], episodes: [Episode]) {
        var episodes: [Episode] = []
        switch result {
        case .accepted(let rejected):
            let rejected = min(max(rejected, 0), inFlight)
            counts.exported += inFlight - rejected
            counts.rejected += rejected
            failedBatchesInARow = 0
            if rejected > 0 { markLoss(after: settled) }
            if let lost = failedInEpisode {
                failedInEpisode = nil
                episodes.append(.exportsWorkAgain(lost: lost))
            }
        case .refused(let reason, let cause), .unavailable(let reason, let cause):
            counts.failedByCause[cause, default: 0] += inFlight
            failedBatchesInARow += 1
            markLoss(after: settled)
            if failedInEpisode == nil { episodes.append(.exportsFail(reason: reason)) }
            failedInEpisode = (failedInEpisode ?? 0) + inFlight
        }
        settled += UInt64(inFlight)
        inFlight = 0
        nextExport = now + delay
        // Half, so that a queue that is full all the time is one episode and not one a batch.
        if droppedInEpisode > 0, queue.count <= configuration.maximumQueueSize / 2 {
            episodes.append(.queueHasRoomAgain(dropped: droppedInEpisode))
            droppedInEpisode = 0
        }
        return (completeFlushes(), episodes)
    }

    /// Tells those who wait for more than so many items that some of them are lost.
    private mutating func markLoss(after count: UInt64) {
        for index in waiters.indices where waiters[index].target > count { waiters[index].hasLost = true }
    }

    private mutating func completeFlushes() -> [Completed] {
        var completed: [Completed] = []
        waiters.removeAll { [settled] waiter in
            guard waiter.target <= settled, !waiter.isShutdown else { return false }
            completed.append((waiter.completion, waiter.hasLost ? .failure : .success))
            return true
        }
        return completed
    }

    /// Drops what waits, because nobody will export it.
    ///
    /// The thread's end completes whoever waits for that.
    private mutating func abandonQueue() {
        markLoss(after: settled + UInt64(inFlight))
        counts.droppedAtDeadline += queue.count
        queue.removeAll()
    }

    // MARK: Flush and shutdown

    /// What a request to flush or to shut down came to.
    enum Request: Hashable {
        /// There is nothing to wait for.
        case answered(FlushResult)
        /// The completion is called later; the thread has to be woken, and the request expires at its timeout.
        case waiting(id: Int)
    }

    mutating func flush(completion: @escaping Completion) -> Request {
        if let shutdownResult { return .answered(shutdownResult) }
        guard queued > settled else { return .answered(.success) }
        return .waiting(id: addWaiter(completion))
    }

    /// A second call waits for what the first began, and can't make it shorter; it comes to what that came to.
    mutating func shutDown(deadline: ContinuousClock.Instant, completion: @escaping Completion) -> Request {
        // Known before the thread's end where the time was up: what was queued is dropped.
        if let shutdownResult { return .answered(shutdownResult) }
        switch phase {
        case .finished: return .answered(.success)
        case .draining:
            // What was lost since the first call is lost for the second as well.
            let hasLost = waiters.contains { $0.isDecisive && $0.hasLost }
            return .waiting(id: addWaiter(isShutdown: true, hasLost: hasLost, completion))
        case .running:
            phase = .draining(deadline: deadline)
            return .waiting(id: addWaiter(isShutdown: true, isDecisive: true, completion))
        }
    }

    private mutating func addWaiter(
        isShutdown: Bool = false, isDecisive: Bool = false, hasLost: Bool = false, _ completion: @escaping Completion
    ) -> Int {
        lastWaiter += 1
        waiters.append(
            Waiter(
                id: lastWaiter, target: queued, isShutdown: isShutdown, isDecisive: isDecisive, hasLost: hasLost,
                completion: completion))
        return lastWaiter
    }

    /// What the end of a request's time leads to.
    struct Expiry {
        var completed: [Completed] = []
        /// The export under way must be broken off.
        var interrupts = false
    }

    mutating func expire(id: Int) -> Expiry {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return Expiry() }
        let waiter = waiters.remove(at: index)
        guard waiter.isDecisive else { return Expiry(completed: [(waiter.completion, .timeout)]) }
        shutdownResult = .timeout
        abandonQueue()
        return Expiry(completed: [(waiter.completion, .timeout)], interrupts: true)
    }
}
