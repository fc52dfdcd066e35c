import Dispatch

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
package final class ThreadExecutor: SerialExecutor, TaskExecutor {
    private let loop: Loop

    /// Starts the thread.
    package init() {
        loop = Loop()
        let serial = asUnownedSerialExecutor()
        let task = asUnownedTaskExecutor()
        loop.start { job in job.runSynchronously(isolatedTo: serial, taskExecutor: task) }
    }

    deinit { loop.stop() }

    package func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(UnownedJob(job)) }

    package func checkIsolated() {
        precondition(loop.isCurrentThread, "This is not the executor's thread.")
    }

    /// Whether no job waits for the one that runs to end.
    package var hasNoWaitingJobs: Bool { loop.hasNoWaitingJobs }

    /// Runs a body on the thread as soon as no job waits; before it sleeps, and outside of any job.
    package func whenIdle(_ body: @escaping @Sendable () -> Void) { loop.whenIdle(body) }
}

/// What the thread and the executor share.
///
/// It outlives the executor until the thread has seen the stop.
private final class Loop: Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        /// The next of the jobs to run: those before it have been run, and are removed all at once.
        var next = 0
        var idleWork: [@Sendable () -> Void] = []
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
        case idleWork([@Sendable () -> Void])
        case sleep, stop
    }
    private let state = Locked(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    func enqueue(_ job: UnownedJob) { wake { $0.jobs.append(job) } }

    func whenIdle(_ body: @escaping @Sendable () -> Void) { wake { $0.idleWork.append(body) } }

    func stop() { wake { $0.isStopped = true } }

    var hasNoWaitingJobs: Bool { state.withLock { $0.jobs.isEmpty } }

    var isCurrentThread: Bool {
        state.withLock { $0.thread } == currentThread()
    }

    private func wake(_ change: (inout State) -> Void) {
        let wasSleeping = state.withLock { state in
            change(&state)
            defer { state.isSleeping = false }
            return state.isSleeping
        }
        // One signal for each sleep, so that a busy thread costs no system call.
        if wasSleeping { wakeUp.signal() }
    }

    func start(_ run: @escaping @Sendable (UnownedJob) -> Void) {
        startThread {
            self.state.withLock { $0.thread = currentThread() }
            self.turn(run)
        }
    }

    private func turn(_ run: (UnownedJob) -> Void) {
        while true {
            let step = state.withLock { state -> Step in
                if let job = state.takeJob() { return .job(job) }
                if !state.idleWork.isEmpty {
                    defer { state.idleWork = [] }
                    return .idleWork(state.idleWork)
                }
                if state.isStopped { return .stop }
                state.isSleeping = true
                return .sleep
            }
            switch step {
            case .job(let job): run(job)
            case .idleWork(let bodies): for body in bodies { body() }
            case .sleep: wakeUp.wait()
            case .stop: return
            }
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
private func startThread(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(ThreadBody(body))
    #if canImport(Darwin)
    /// The thread that runs the jobs, as a number.
    var thread: UInt?
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
    precondition(code == 0, "The system refused a new thread (error \(code)). Raise this process's limit of threads.")
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
