internal import QueuertOTel

/// Decides when an outbox sends what, and does nothing itself: no threads, no clocks, no files.
///
/// Its shell holds a lock during each call and carries out what it returns afterwards.
struct OutboxSchedule: ~Copyable {
    /// Takes the result of a flush or a shutdown.
    typealias Completion = @Sendable (FlushResult) -> Void
    /// A completion that is due, and its result.
    typealias Completed = (completion: Completion, result: FlushResult)

    /// How often is looked, and how long is waited after a failure.
    struct Pace: Hashable {
        /// How long until the file is looked at for what other processes have kept, and until another may take over.
        var poll: Duration = .seconds(1)
        /// The wait after the first failure; each further one doubles it.
        var firstDelay: Duration = .seconds(1)
        /// The longest wait.
        var maximumDelay: Duration = .seconds(30)
        /// The longest wait that a receiver may ask for.
        var maximumWish: Duration = .seconds(3600)
    }

    /// What the thread does next.
    enum Step {
        case wait(Duration)
        /// Sends what is kept of these signals, each until it fails.
        case send([OTLPSignal])
        /// Looks how much is kept, while there is nobody to send it to.
        case look
        case finish([Completed])
    }

    private enum Phase { case running, stopping, stopped }

    /// How it goes with a signal's receiver.
    private struct Receiver {
        var nextTry: ContinuousClock.Instant?
        var delay: Duration = .zero
    }

    private struct Waiter {
        let id: Int
        let isShutdown: Bool
        /// Whether the end of its time is that of all who wait.
        let isDecisive: Bool
        /// Whether what is sent now holds all that it waits for.
        var isServed = false
        var hasLost = false
        let completion: Completion
    }

    private let pace: Pace
    private var phase = Phase.running
    private var receivers: [OTLPSignal: Receiver] = [:]
    private var hasNew = true
    private var nextPoll: ContinuousClock.Instant?
    private var waiters: [Waiter] = []
    private var lastWaiter = 0
    private var lastResult = FlushResult.success
    private var shutdownResult: FlushResult?

    init(pace: Pace) { self.pace = pace }

    /// A signal has a receiver now.
    mutating func attached(_ signal: OTLPSignal) {
        receivers[signal] = Receiver()
        hasNew = true
    }

    /// Something was kept.
    mutating func kept() { hasNew = true }

    // MARK: The thread

    mutating func next(now: ContinuousClock.Instant) -> Step {
        switch phase {
        case .stopped: return .finish(completeAll())
        case .stopping: return serve()
        case .running where waiters.contains { !$0.isServed }: return serve()
        case .running:
            let isPollDue = nextPoll.map { now >= $0 } ?? true
            let due = receivers.filter { ($0.value.nextTry ?? now) <= now }.keys
            if (hasNew || isPollDue) && !due.isEmpty { return send(Array(due)) }
            hasNew = false
            if isPollDue && !receivers.isEmpty { return .look }
            if isPollDue { nextPoll = now + pace.poll }
            return .wait((nextPoll ?? now) - now)
        }
    }

    /// Sends everything without regard to waits, because somebody asks for it.
    private mutating func serve() -> Step {
        for index in waiters.indices { waiters[index].isServed = true }
        return send(Array(receivers.keys))
    }

    private mutating func send(_ signals: [OTLPSignal]) -> Step {
        hasNew = false
        return .send(signals.sorted { $0.rawValue < $1.rawValue })
    }

    /// Something is lost, of which those who wait are told at the end.
    ///
    /// Unlike what is left, it is not tried again, and so is no reason to wait.
    mutating func lost() {
        for index in waiters.indices { waiters[index].hasLost = true }
    }

    /// There was a look at how much is kept.
    mutating func looked(now: ContinuousClock.Instant) { nextPoll = now + pace.poll }

    /// What was to be sent was sent, or failed.
    ///
    /// - Parameters:
    ///   - sent: The signals of which nothing is left.
    ///   - failed: The others, with how long the receiver wants not to be asked again.
    ///   - now: The time.
    /// - Returns: Who waited for it.
    mutating func sent(
        _ sent: [OTLPSignal], failed: [OTLPSignal: Duration], now: ContinuousClock.Instant
    ) -> [Completed] {
        for signal in sent { receivers[signal] = Receiver() }
        for (signal, wish) in failed {
            let doubled = receivers[signal].map { min($0.delay * 2, pace.maximumDelay) } ?? .zero
            let delay = max(doubled, pace.firstDelay)
            receivers[signal] = Receiver(nextTry: now + max(delay, min(wish, pace.maximumWish)), delay: delay)
        }
        nextPoll = now + pace.poll
        lastResult = failed.isEmpty ? .success : .failure
        // Who asked while this was sent waits for more than this.
        if phase == .stopping, !waiters.contains(where: { !$0.isServed }) { phase = .stopped }
        var completed: [Completed] = []
        waiters.removeAll { [lastResult] waiter in
            // A shutdown has ended when the thread has.
            guard waiter.isServed, !waiter.isShutdown else { return false }
            completed.append((waiter.completion, waiter.hasLost ? .failure : lastResult))
            return true
        }
        return completed
    }

    private mutating func completeAll() -> [Completed] {
        let completed = waiters.map { waiter -> Completed in
            let result: FlushResult = waiter.hasLost ? .failure : lastResult
            // The first one's, which is gone only if its time was up.
            if waiter.isShutdown { shutdownResult = shutdownResult ?? result }
            return (waiter.completion, result)
        }
        waiters = []
        return completed
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
        return .waiting(id: addWaiter(isShutdown: false, completion))
    }

    /// A second call waits for what the first began, and can't make it shorter; it comes to what that came to.
    mutating func shutDown(completion: @escaping Completion) -> Request {
        if let shutdownResult { return .answered(shutdownResult) }
        let isFirst = phase == .running
        if isFirst { phase = .stopping }
        return .waiting(id: addWaiter(isShutdown: true, isDecisive: isFirst, completion))
    }

    private mutating func addWaiter(
        isShutdown: Bool, isDecisive: Bool = false, _ completion: @escaping Completion
    ) -> Int {
        lastWaiter += 1
        waiters.append(
            Waiter(id: lastWaiter, isShutdown: isShutdown, isDecisive: isDecisive, completion: completion))
        return lastWaiter
    }

    /// The time of a request is up.
    ///
    /// - Returns: Whom to tell, if it still waits, and whether to break off what is being sent.
    mutating func expire(id: Int) -> (completion: Completion, interrupts: Bool)? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        let waiter = waiters.remove(at: index)
        if waiter.isDecisive { shutdownResult = .timeout }
        return (waiter.completion, waiter.isDecisive)
    }
}
