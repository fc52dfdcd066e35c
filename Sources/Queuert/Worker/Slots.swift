import Synchronization

/// What a worker has claimed: attempts that wait for a slot, that run, and whose results are being written.
///
/// A slot is a task that runs attempts while there are any, so that a short handler costs no task of its own. While one
/// slot starts no other does: a slot that found work starts the next.
final class Slots: Sendable {
    private struct State {
        var claimed: [ObjectIdentifier: Attempt] = [:]
        /// How many slots all that is claimed fills, and what of it waits: of a batch of ten, a job fills a tenth.
        var claimedLoad = 0.0
        var waitingLoad = 0.0
        /// Attempts that no slot has begun, in order from `next` on.
        var waiting: [Attempt] = []
        var next = 0
        var free: Int
        var isStarting = false
        var isClosed = false
        var pace: ClaimPace
        var promises: ClaimPromises
        /// Whether hints may be taken: the loop that claims looks as soon as it is woken.
        var isAccepting = true
        /// Whether the loop that claims wants to be woken as soon as there is room.
        var isAwaited = false
        var idleWaiter: Latch?

        var hasWaiting: Bool { next < waiting.count }
    }
    private let concurrency: Int
    private let state: Mutex<State>
    private let hasRoom: Signal
    /// The time, by which the pace is measured.
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Twice as many as there are slots, since those that share a commit end together: while one claim is under way there is to
    /// be work for all of them once.
    ///
    /// And where there are few slots, so many that a claim is made for several jobs.
    private let prefetchLimit: Int

    /// Makes slots.
    ///
    /// - Parameters:
    ///   - concurrency: How many there are.
    ///   - batchSizes: How many jobs of a type a slot runs at once at most; one of those that are not named.
    ///   - hasRoom: Raised when attempts may be claimed again.
    ///   - now: The time, by which the pace is measured.
    init(
        _ concurrency: Int, batchSizes: [String: Int], hasRoom: Signal,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.concurrency = concurrency
        self.hasRoom = hasRoom
        self.now = now
        prefetchLimit = max(8, 2 * concurrency)
        state = Mutex(
            State(
                free: concurrency, pace: ClaimPace(limit: prefetchLimit, at: now()),
                promises: ClaimPromises(batchSizes: batchSizes)))
    }

    // MARK: Claiming

    /// How many attempts to claim; zero if the signal is to be waited for, which is raised when there is room.
    ///
    /// Some are claimed ahead, so that slots need not wait for claims, and claims take several jobs; none if handlers take longer
    /// than a few milliseconds, so that other workers get the jobs: see ``ClaimPace``. Results that wait to be written count too.
    func room() -> Int {
        state.withLock { state in
            let room = room(state)
            state.isAwaited = room == 0
            if room > 0 {
                state.pace.claimBegins(at: now())
                state.promises.claimBegins(for: room)
            }
            return room
        }
    }

    private func room(_ state: State) -> Int {
        // Sums of fractions are not exact.
        let waiting = Int((state.waitingLoad - 0.000_1).rounded(.up))
        let claimed = Int((state.claimedLoad - 0.000_1).rounded(.up))
        let wanted = state.free + state.pace.ahead - waiting
        // A slot that is idle doesn't wait for company; attempts that are claimed ahead come together.
        if waiting >= state.free, wanted * 2 < state.pace.ahead { return 0 }
        return max(0, min(wanted, 2 * prefetchLimit - claimed))
    }

    /// Runs attempts that were claimed as soon as slots are free; none if the claim found nothing.
    ///
    /// - Parameters:
    ///   - attempts: The attempts.
    ///   - mayBeMore: Whether the claim took as many as it had room for.
    /// - Returns: Whether they were taken; false after ``close()``.
    func add(_ attempts: [Attempt], mayBeMore: Bool = false) -> Bool {
        let (isTaken, starts) = state.withLock { state in
            state.promises.claimSucceeded(mayBeMore: mayBeMore)
            if state.isClosed { return (false, false) }
            state.pace.claimEnds(at: now())
            for attempt in attempts {
                state.claimed[ObjectIdentifier(attempt)] = attempt
                state.claimedLoad += attempt.load
                state.waitingLoad += attempt.load
            }
            state.waiting.removeFirst(state.next)
            state.next = 0
            state.waiting.append(contentsOf: attempts)
            return (true, mayStart(&state))
        }
        if starts { start() }
        return isTaken
    }

    /// Lets no further attempt begin.
    ///
    /// - Returns: Those that had not begun.
    func close() -> [Attempt] {
        state.withLock { state in
            state.isClosed = true
            defer {
                state.waiting = []
                state.next = 0
                state.waitingLoad = 0
            }
            return Array(state.waiting[state.next...])
        }
    }

    /// The attempts that no slot has begun.
    var waiting: [Attempt] { state.withLock { Array($0.waiting[$0.next...]) } }

    /// Takes attempts back that no slot has begun, as when handlers take long: nothing is claimed ahead until some have ended.
    ///
    /// They stay claimed until they are removed.
    ///
    /// - Parameter isMeant: Whether an attempt is to be taken.
    /// - Returns: Those that were.
    func withdraw(_ isMeant: (Attempt) -> Bool) -> [Attempt] {
        state.withLock { state in
            var withdrawn: [Attempt] = []
            var kept: [Attempt] = []
            for attempt in state.waiting[state.next...] {
                if isMeant(attempt) { withdrawn.append(attempt) } else { kept.append(attempt) }
            }
            if withdrawn.isEmpty { return [] }
            state.pace.stop()
            state.waiting = kept
            state.next = 0
            state.waitingLoad = kept.reduce(0) { $0 + $1.load }
            return withdrawn
        }
    }

    // MARK: Hints

    /// Takes jobs that a hint tells of for the slots that are free, so that no other worker is woken for them.
    ///
    /// If all slots are busy, there is a claim as soon as one is free.
    ///
    /// - Parameter take: Takes jobs by type, at most as many as there are places for in what it is given.
    /// - Returns: Whether the loop that claims is to be woken.
    func accept(_ take: (ClaimSlots) -> [String: Int]) -> Bool {
        state.withLock { state in
            if state.isClosed || !state.isAccepting { return false }
            // Without room there is no claim, even if a slot is free: results wait to be written.
            let free = min(state.free - (state.waiting.count - state.next), room(state))
            switch state.promises.accept(for: free, take) {
            case .taken: return true
            case .left: return false
            case .full:
                state.isAwaited = true
                return false
            }
        }
    }

    func setAccepting(_ isAccepting: Bool) { state.withLock { $0.isAccepting = isAccepting } }

    /// What was taken, and no claim has succeeded since.
    func takePromises() -> [String: Int] { state.withLock { $0.promises.takeAll() } }

    // MARK: Running

    private func mayStart(_ state: inout State) -> Bool {
        guard !state.isStarting, state.free > 0, state.hasWaiting else { return false }
        state.isStarting = true
        state.free -= 1
        return true
    }

    private func start() {
        Slot.start { [self] slot in
            var count = 0
            var next = begin()
            while let work = next {
                let goesOn = await work[0].worker.execute(work, in: slot)
                // A batch is one handler: what is claimed ahead is counted in slots, too.
                next = self.next(goesOn: goesOn, hasEnded: 1)
                count += 1
                // Handlers that never wait must not keep a thread to themselves.
                if count % 16 == 0 { await Task.yield() }
            }
        }
    }

    private func begin() -> [Attempt]? {
        state.withLock { $0.isStarting = false }
        return next(goesOn: true, hasEnded: 0)
    }

    /// The next attempts of a slot, to be run together; `nil` ends it.
    private func next(goesOn: Bool, hasEnded: Int) -> [Attempt]? {
        let (work, starts, wakes, idle) = state.withLock { state in
            state.pace.handlersEnded(hasEnded)
            let work = goesOn ? take(&state) : nil
            if work == nil { state.free += 1 }
            let starts = mayStart(&state)
            return (work, starts, wake(&state), takeIdleWaiter(&state))
        }
        if starts { start() }
        if wakes { hasRoom.raise() }
        idle?.open()
        return work
    }

    private func take(_ state: inout State) -> [Attempt]? {
        guard state.hasWaiting else { return nil }
        let first = state.waiting[state.next]
        state.next += 1
        var work = [first]
        let limit = first.batchLimit
        if limit > 1, !first.isRetry {
            var others: [Attempt] = []
            var end = state.next
            while end < state.waiting.count, work.count < limit {
                let attempt = state.waiting[end]
                if attempt.row.typeName == first.row.typeName, !attempt.isRetry {
                    work.append(attempt)
                } else {
                    others.append(attempt)
                }
                end += 1
            }
            // Those that were passed over close up to what follows: nothing behind has to be moved.
            state.next = end - others.count
            state.waiting.replaceSubrange(state.next..<end, with: others)
        }
        state.waitingLoad -= first.load * Double(work.count)
        if !state.hasWaiting {
            state.waiting.removeAll(keepingCapacity: true)
            state.next = 0
            state.waitingLoad = 0
        }
        return work
    }

    private func wake(_ state: inout State) -> Bool {
        guard state.isAwaited, room(state) > 0 else { return false }
        state.isAwaited = false
        return true
    }

    // MARK: Ending

    /// The attempts that are not over, whether they have begun or not.
    var claimed: [Attempt] { state.withLock { Array($0.claimed.values) } }

    /// How many attempts are not over, by the names of their jobs' types.
    var running: [String: Int] {
        state.withLock { $0.claimed.values.reduce(into: [:]) { $0[$1.row.typeName, default: 0] += 1 } }
    }

    /// Whether a job that was claimed now would begin at once.
    var hasFree: Bool { state.withLock { !$0.isClosed && $0.free > 0 && !$0.hasWaiting } }

    /// Attempts are over: their leases need not be prolonged.
    func remove(_ attempts: [Attempt]) {
        let (wakes, idle) = state.withLock { state in
            for attempt in attempts where state.claimed.removeValue(forKey: ObjectIdentifier(attempt)) != nil {
                state.claimedLoad -= attempt.load
            }
            if state.claimed.isEmpty { state.claimedLoad = 0 }
            return (wake(&state), takeIdleWaiter(&state))
        }
        if wakes { hasRoom.raise() }
        idle?.open()
    }

    private func takeIdleWaiter(_ state: inout State) -> Latch? {
        guard state.idleWaiter != nil, state.free == concurrency, state.claimed.isEmpty else { return nil }
        defer { state.idleWaiter = nil }
        return state.idleWaiter
    }

    /// Waits until no attempt is claimed and no handler runs, or the task is cancelled; one task at a time.
    func untilIdle() async {
        let latch = Latch()
        let idle = state.withLock { state in
            state.idleWaiter = latch
            return takeIdleWaiter(&state)
        }
        idle?.open()
        _ = await latch.wait()
    }
}
