import Dispatch
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A thread that runs the jobs of one actor, so that a C call that blocks never blocks Swift's cooperative threads.
///
/// The thread lives as long as the executor: a queued job keeps its actor alive, and the actor its executor.
package final class ThreadExecutor: SerialExecutor {
    private let loop: Loop

    @TaskLocal private static var refusesThreads = false

    /// Runs a body for which the system passes for one that refuses threads: for tests of what comes of that.
    package static func refusingThreads<R>(_ body: () async throws -> R) async rethrows -> R {
        try await $refusesThreads.withValue(true) { try await body() }
    }

    /// Starts the thread.
    ///
    /// - Parameter givesWay: Whether it goes to sleep after a job as soon as other threads want the processor. To be had where
    ///   another process is to do the work, as a database server on the same machine.
    /// - Throws: ``RefusedThreadError``.
    package init(givesWay: Bool = false) throws {
        loop = Loop(givesWay: givesWay)
        if Self.refusesThreads { throw RefusedThreadError(code: EAGAIN) }
        let executor = asUnownedSerialExecutor()
        // Not as a task executor's, too: no task asks for one, and each await would come back through the queue.
        try loop.start { job in job.runSynchronously(on: executor) }
    }

    deinit { loop.stop() }

    package func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(UnownedJob(job)) }

    /// Runs jobs that were held back, in their order.
    func enqueue(_ jobs: [UnownedJob]) { if !jobs.isEmpty { loop.enqueue(jobs) } }

    package func checkIsolated() {
        precondition(loop.isCurrentThread, "This is not the executor's thread.")
    }

    /// How many jobs, and pieces of work for idle times, have come so far.
    package var arrivalCount: UInt { loop.arrivalCount }

    /// Whether no job waits for the one that runs to end.
    package var hasNoWaitingJobs: Bool { loop.hasNoWaitingJobs }

    /// Runs a body on the thread as soon as no job waits, and none has come for some time; outside of any job.
    package func whenIdle(for quiet: Duration = .zero, _ body: @escaping @Sendable () -> Void) {
        loop.whenIdle(IdleWork(quiet: quiet, body: body))
    }
}

/// The system refused a new thread: there are as many as the process or its user may have, or no memory for its stack.
package struct RefusedThreadError: Error {
    /// The system's number of the error.
    package let code: Int32
}

/// What the thread does when nothing else is to be done.
private struct IdleWork: Sendable {
    /// How long no job has come by then.
    let quiet: Duration
    let body: @Sendable () -> Void
}

/// What the thread and the executor share.
///
/// It outlives the executor until the thread has seen the stop.
private final class Loop: Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        /// The next of the jobs to run: those before it have been run, and are removed all at once.
        var next = 0
        var idleWork: [IdleWork] = []
        var isSleeping = false
        var isStopped = false
        /// The thread that runs the jobs, as a number.
        var thread: UInt?

        mutating func takeJob() -> UnownedJob? {
            if next == jobs.count { return nil }
            defer {
                next += 1
                if next == jobs.count {
                    jobs.removeAll(keepingCapacity: true)
                    next = 0
                }
            }
            return jobs[next]
        }
    }
    private enum Step {
        case job(UnownedJob)
        case idleWork([IdleWork])
        /// For some time, or until there are more arrivals than these.
        case stayAwake(UInt, Duration)
        /// For some time at most, or until there is something to do.
        case sleep(Duration?)
        case stop
    }
    private let givesWay: Bool
    private let state = Locked(State())
    private let wakeUp = DispatchSemaphore(value: 0)
    /// How often something has come to do: what a thread that stays awake looks at, which costs no lock.
    private let arrivals = Atomic<UInt>(0)

    /// How long the thread stays awake after a job.
    ///
    /// To put it to sleep and wake it costs about as much, and who runs one statement after the other is back by then.
    private static var wakefulness: Duration { .microseconds(50) }

    /// Letting others go first takes a fraction of a microsecond if there are none: after so long, somebody else has run.
    private static var waitForOthers: Duration { .microseconds(5) }

    init(givesWay: Bool) { self.givesWay = givesWay }

    func enqueue(_ job: UnownedJob) { wake { $0.jobs.append(job) } }

    func enqueue(_ jobs: [UnownedJob]) { wake { $0.jobs.append(contentsOf: jobs) } }

    func whenIdle(_ work: IdleWork) { wake { $0.idleWork.append(work) } }

    func stop() { wake { $0.isStopped = true } }

    var arrivalCount: UInt { arrivals.load(ordering: .relaxed) }

    var hasNoWaitingJobs: Bool { state.withLock { $0.jobs.isEmpty } }

    var isCurrentThread: Bool {
        state.withLock { $0.thread } == currentThread()
    }

    private func wake(_ change: (inout State) -> Void) {
        let wasSleeping = state.withLock { state in
            change(&state)
            arrivals.add(1, ordering: .relaxed)
            defer { state.isSleeping = false }
            return state.isSleeping
        }
        // One signal for each sleep, so that a busy thread costs no system call.
        if wasSleeping { wakeUp.signal() }
    }

    func start(_ run: @escaping @Sendable (UnownedJob) -> Void) throws {
        try startThread {
            self.state.withLock { $0.thread = currentThread() }
            self.turn(run)
        }
    }

    private func turn(_ run: (UnownedJob) -> Void) {
        // Whether the thread has slept as long as the work for idle times asks for, and no job came.
        var isQuiet = false
        // Whether a job has just been run.
        var isBusy = false
        while true {
            let step = state.withLock { state -> Step in
                if let job = state.takeJob() { return .job(job) }
                if !state.idleWork.isEmpty {
                    let quiet = state.idleWork.reduce(.zero) { max($0, $1.quiet) }
                    if isQuiet || quiet <= .zero {
                        defer { state.idleWork = [] }
                        return .idleWork(state.idleWork)
                    }
                    if isBusy { return .stayAwake(arrivals.load(ordering: .relaxed), min(quiet, Self.wakefulness)) }
                    state.isSleeping = true
                    return .sleep(quiet)
                }
                if state.isStopped { return .stop }
                if isBusy { return .stayAwake(arrivals.load(ordering: .relaxed), Self.wakefulness) }
                state.isSleeping = true
                return .sleep(nil)
            }
            isQuiet = false
            isBusy = false
            switch step {
            case .job(let job):
                run(job)
                isBusy = true
            case .idleWork(let works): for work in works { work.body() }
            case .stayAwake(let seen, let limit): stayAwake(whileArrivalsAre: seen, for: limit)
            case .sleep(.some(let limit)):
                let nanoseconds = Int(limit / .nanoseconds(1))
                // A signal that comes just after the time was up ends the next sleep at once, which does no harm.
                isQuiet = wakeUp.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .timedOut
            case .sleep(nil): wakeUp.wait()
            case .stop: return
            }
        }
    }

    /// Waits without sleeping, and lets other threads go first.
    private func stayAwake(whileArrivalsAre seen: UInt, for limit: Duration) {
        var now = ContinuousClock.now
        let end = now + limit
        while arrivals.load(ordering: .relaxed) == seen, now < end {
            sched_yield()
            let before = now
            now = .now
            if givesWay, now - before > Self.waitForOthers { return }
        }
    }
}

/// The running thread, as a number.
package func currentThread() -> UInt {
    #if canImport(Glibc)
    UInt(pthread_self())
    #else
    UInt(bitPattern: pthread_self())
    #endif
}

/// Runs a body on a new detached thread.
private func startThread(_ body: @escaping @Sendable () -> Void) throws {
    let box = Unmanaged.passRetained(ThreadBody(body))
    #if canImport(Darwin)
    var thread: pthread_t?
    #else
    var thread = pthread_t()
    #endif
    let code = pthread_create(
        &thread, nil,
        { context in
            #if canImport(Darwin)
            let pointer = context
            #else
            // pthread_create hands over the pointer that it was given below, which is never null.
            guard let pointer = context else { return nil }
            #endif
            Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    guard code == 0 else {
        box.release()
        throw RefusedThreadError(code: code)
    }
    #if canImport(Darwin)
    if let thread { pthread_detach(thread) }
    #else
    pthread_detach(thread)
    #endif
}

private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
