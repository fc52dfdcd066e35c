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
}

/// What the thread and the executor share.
///
/// It outlives the executor until the thread has seen the stop.
private final class Loop: Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
    }
    private let state = Locked(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    func enqueue(_ job: UnownedJob) {
        let wasEmpty = state.withLock { state in
            defer { state.jobs.append(job) }
            return state.jobs.isEmpty
        }
        if wasEmpty { wakeUp.signal() }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        wakeUp.signal()
    }

    func start(_ run: @escaping @Sendable (UnownedJob) -> Void) {
        startThread { self.turn(run) }
    }

    private func turn(_ run: (UnownedJob) -> Void) {
        while true {
            wakeUp.wait()
            let (jobs, isStopped) = state.withLock { state in
                defer { state.jobs.removeAll(keepingCapacity: true) }
                return (state.jobs, state.isStopped)
            }
            for job in jobs { run(job) }
            if isStopped { return }
        }
    }
}

/// Runs a body on a new detached thread.
private func startThread(_ body: @escaping @Sendable () -> Void) {
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
